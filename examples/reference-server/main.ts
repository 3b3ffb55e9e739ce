/** `npm run serve -- PORT`: starts the server; `settings.ts` has its settings, docs/running.md says more. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database } from '../postgres/database.js';
import { deleteStale } from '../postgres/stale.js';
import { keepViews } from '../postgres/views.js';
import { savePassword } from './accounts.js';
import { openDatabase } from './database.js';
import { referenceServer } from './server.js';
import { settingsOf, wordsOf } from './settings.js';

const hour = 60 * 60 * 1_000;

type Settings = ReturnType<typeof settingsOf>;

/** Adds the user; without a password only if there is none at all, with one that it makes up. */
const firstUser = async (db: Database, { user, password: given }: Settings): Promise<string> => {
  const there = await db.query('select 1 from users where username = $1 or $2 limit 1', [user, given === undefined]);
  if (there.length > 0) return 'Users as before.';
  const password = given ?? randomBytes(12).toString('base64url');
  await savePassword(db, user, password, 'clinic');
  // Not where the log goes.
  if (given === undefined) console.error(`The password of ${user} is ${password}`);
  return `Added the user ${user}, in the group clinic.`;
};

const serve = async (settings: Settings): Promise<void> => {
  const { host, url: database } = settings;
  // So that nobody thinks it hangs.
  console.log(database === undefined ? 'Starting embedded PostgreSQL: some seconds...' : 'Connecting to PostgreSQL...');
  const db = await openDatabase(settings);
  const tidy = () =>
    deleteStale(db).catch((error: unknown) => {
      console.error(wordsOf(error));
    });
  await db.transaction((query) => keepViews(query, camcopsTables));
  await tidy();
  setInterval(() => void tidy(), hour).unref();
  console.log(await firstUser(db, settings));
  const server = referenceServer({ db, ...settings }).listen(settings.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}/`;
  console.log(`Listening at ${url} without TLS: put it behind a proxy that has it. Try:`);
  console.log(`  curl -d 'camcops_version=2.4.24&device=tablet-1&operation=check_device_registered' ${url}`);

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  console.log('Finishing what is under way...');
  server.close();
  // A client that stops in the middle of its body would hold the process for ever.
  setTimeout(server.closeAllConnections.bind(server), settings.graceMs).unref();
  await once(server, 'close');
  await db.close();
  console.log('Done.');
};

try {
  await serve(settingsOf(process.env, process.argv.slice(2)));
} catch (error) {
  console.error(wordsOf(error));
  process.exit(1);
}
