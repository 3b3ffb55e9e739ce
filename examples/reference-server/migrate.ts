/** `npm run migrate`: creates and changes the tables and views as the role that owns them, if the server's role may not. */
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database } from '../postgres/database.js';
import { keepViews } from '../postgres/views.js';
import { openDatabase } from './database.js';
import { must, settingsOf, wordsOf } from './settings.js';

let opened: Database | undefined;
try {
  const { url } = settingsOf(process.env, []);
  must(url !== undefined, 'Set DATABASE_URL to the database, with the role that owns its tables');
  opened = await openDatabase({ url, folder: undefined });
  await opened.transaction((query) => keepViews(query, camcopsTables));
  console.log('The tables and views are as this version needs them.');
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
}
await opened?.close();
