/**
 * `npm run serve -- PORT`. Settings, all optional: DATABASE_URL (a Postgres server; else Postgres is embedded),
 * DATA_FOLDER (where the embedded one keeps its data; else in memory), HOST, CAMCOPS_USER and CAMCOPS_PASSWORD (a user
 * to add, if it is not there), GRACE_SECONDS (how long a stop waits for what is under way).
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Username } from 'camcops-tablet-session';

import { startDatabase, type Database } from './database.js';
import { saveUser } from './ports.js';
import { referenceServer } from './server.js';

/** Adds the user; without a password only if there is none at all, with one that it makes up. */
const firstUser = async (db: Database): Promise<string> => {
  const { CAMCOPS_USER: name = 'nurse', CAMCOPS_PASSWORD: given } = process.env;
  if (!Username.is(name)) return 'CAMCOPS_USER must be 1 to 191 letters, digits or any of , _ - { }';
  const there = await db.query('select 1 from users where username = $1 or $2 limit 1', [name, given === undefined]);
  if (there.length > 0) return 'Users as before.';
  const password = given ?? randomBytes(9).toString('base64url');
  await saveUser(db, name, password, 'clinic');
  return `User ${name}, password ${given === undefined ? password : 'as given'}, group clinic.`;
};

const { DATABASE_URL: url, DATA_FOLDER: folder, HOST: host = '127.0.0.1', GRACE_SECONDS: grace = '30' } = process.env;
const db = await startDatabase({ url, folder }, console.log);
console.log(await firstUser(db));
const server = referenceServer({ db }).listen(Number(process.argv[2] ?? 8080), host);
await once(server, 'listening');
console.log(`Listening at ${JSON.stringify(server.address())}. There is no TLS: put it behind a proxy that has it.`);

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
console.log('Finishing what is under way...');
server.close();
// A client that stops in the middle of its body would hold the process for ever.
setTimeout(server.closeAllConnections.bind(server), Number(grace) * 1000).unref();
await once(server, 'close');
await db.close();
console.log('Done.');
