/** `npm run admin -- COMMAND`: runs a command of an administrator on the database of DATABASE_URL or DATA_FOLDER. */
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

import type { Database } from '../postgres/database.js';
import { administer } from './admin/administer.js';
import { openDatabase } from './database.js';
import { must, settingsOf, wordsOf } from './settings.js';

const input = async (what: string): Promise<string> => {
  if (process.stdin.isTTY && what === 'The password') {
    // An interface without an output does not show what is typed.
    const terminal = createInterface({ input: process.stdin, terminal: true });
    console.error('The password, which is not shown, then Enter:');
    for await (const typed of terminal) {
      terminal.close();
      return typed;
    }
    return '';
  }
  if (process.stdin.isTTY) console.error(`${what}, then Ctrl-D:`);
  // A password may end with spaces.
  return (await text(process.stdin)).replace(/\r?\n$/, '');
};

let opened: Database | undefined;
const open = async (): Promise<Database> => {
  const settings = settingsOf(process.env, []);
  const isKept = settings.url !== undefined || settings.folder !== undefined;
  must(isKept, 'Set DATABASE_URL or DATA_FOLDER, as for the server: a database in memory would end with this command');
  return (opened = await openDatabase(settings, true));
};

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // The reader of a pipe, such as `head`, may need no more.
  if (code !== 'EPIPE') console.error(message);
  process.exit(code === 'EPIPE' ? 0 : 1);
});
try {
  const words = await administer(open, input, process.argv.slice(2));
  if (words !== '') console.log(words);
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
}
await opened?.close();
