/** `npm run admin -- COMMAND`: runs a command of an administrator on the database of DATABASE_URL or DATA_FOLDER. */
import { text } from 'node:stream/consumers';

import type { Database } from '../postgres/database.js';
import { administer } from './admin/administer.js';
import { openDatabase } from './database.js';
import { must, settingsOf, wordsOf } from './settings.js';

const input = async (what: string): Promise<string> => {
  if (process.stdin.isTTY) console.error(`${what}, then Ctrl-D:`);
  // A password may end with spaces.
  return (await text(process.stdin)).replace(/\r?\n$/, '');
};

let opened: Database | undefined;
const open = async (): Promise<Database> => {
  const settings = settingsOf(process.env, []);
  const isKept = settings.url !== undefined || settings.folder !== undefined;
  must(isKept, 'Set DATABASE_URL or DATA_FOLDER, as for the server: a database in memory would end with this command');
  return (opened = await openDatabase(settings));
};

try {
  const words = await administer(open, input, process.argv.slice(2));
  if (words !== '') console.log(words);
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
}
await opened?.close();
