/**
 * `npm run serve -- PORT`. Settings, all optional: DATABASE_URL (a Postgres server; else Postgres is embedded), DATA_FOLDER
 * (where the embedded one keeps its data; else in memory), HOST, CAMCOPS_USER and CAMCOPS_PASSWORD (a user to add).
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { isLeft } from 'fp-ts/lib/Either.js';
import { Username } from 'camcops-tablet-session';

import { startDatabase, type Database } from './database.js';
import { saveUser } from './ports.js';
import { referenceServer } from './server.js';

const firstUser = async (db: Database): Promise<string> => {
  const { CAMCOPS_USER: name = 'nurse', CAMCOPS_PASSWORD: given } = process.env;
  const username = Username.decode(name);
  if (isLeft(username)) return `CAMCOPS_USER ${username.left.map(({ message }) => message).join()}`;
  const [user] = await db.query<{ id: number }>('select id from users limit 1');
  if (user !== undefined && given === undefined) return 'Users as before.';
  const password = given ?? randomBytes(9).toString('base64url');
  await saveUser(db, username.right, password, 'clinic');
  return `User ${name}, password ${given === undefined ? password : 'as given'}, group clinic.`;
};

const main = async (): Promise<void> => {
  const { DATABASE_URL: url, DATA_FOLDER: folder } = process.env;
  const db = await startDatabase({ url, folder }, console.log);
  console.log(await firstUser(db));
  const server = referenceServer({ db });
  server.listen(Number(process.argv[2] ?? 8080), process.env['HOST'] ?? '127.0.0.1');
  await once(server, 'listening');
  console.log(`Listening at ${JSON.stringify(server.address())}. There is no TLS: put it behind a proxy that has it.`);

  const stop = (): void => {
    console.log('Finishing what is under way...');
    // A connection that is kept alive would hold the process for seconds after its last reply.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
    }, 100);
    server.close(() => {
      clearInterval(sweep);
      void db.close().then(() => {
        console.log('Done.');
      });
    });
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
};

await main();
