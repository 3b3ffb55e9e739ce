/**
 * `npm run serve -- PORT`: starts the server. docs/running.md describes it and its settings. All words go to standard error, because
 * standard output is the log.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database, Query } from '../postgres/database.js';
import { keepViews } from '../postgres/views.js';
import { savePassword } from './accounts.js';
import { openDatabase } from './database.js';
import { referenceServer } from './server.js';
import { settingsOf, wordsOf } from './settings.js';
import { deleteStale } from '../postgres/ports.js';

type Settings = ReturnType<typeof settingsOf>;

/** Adds a first group, and the type of ID number that its policies require, to an empty database. */
const firstGroup = (query: Query) =>
  query(
    `with first as (insert into groups (name) select 'clinic' where not exists (select from groups) returning id)
     insert into id_number_types select 1, 'Hospital number', 'Hosp. no.', null from first on conflict do nothing`,
  );

/**
 * Adds the user of the settings. Without a password in the settings, adds them only to a database without users, and returns a password
 * that it makes up.
 */
const firstUser = async (db: Database, { user, password: given }: Settings): Promise<string | undefined> => {
  const password = given ?? randomBytes(12).toString('base64url');
  const added = await db.transaction(async (query) => {
    // Another server that starts, or an administrator, might add the same user meanwhile.
    await query('lock table groups, users in share row exclusive mode');
    await firstGroup(query);
    const [group] = await query<{ name: string }>(
      `select name from groups where not exists (select from users where username = $1 or $2) order by id limit 1`,
      [user, given === undefined],
    );
    if (group) await savePassword({ ...db, transaction: (work) => work(query) }, user, password, group.name);
    return group;
  });
  console.error(added ? `Added the user ${user}, in the group ${added.name}.` : 'Users as before.');
  return added && given === undefined ? password : undefined;
};

/** Tells tablets the title, if it has changed. */
const keepTitle = (query: Query, title: string) =>
  query(
    `update server_information set title = $1, changes = changes + case when title is null then 0 else 1 end
     where title is distinct from $1`,
    [title],
  );

/** Describes what patients must have, one line per policy. */
const policies = (query: Query) =>
  query<{ line: string }>(
    `(select format('A patient of the group %s must have %s, and to leave the tablet %s.', name, upload_policy, finalize_policy) as line
      from groups order by id)
     union all (select format('ID number %s is the %s.', which, description) from id_number_types order by which)`,
  );

const serve = async (settings: Settings): Promise<void> => {
  const { host, url: database, user } = settings;
  // It would seem to hang otherwise.
  console.error(database === undefined ? 'Starting PostgreSQL: some seconds...' : 'Connecting to PostgreSQL...');
  const db = await openDatabase(settings);
  const tidy = () =>
    deleteStale(db).catch((error: unknown) => {
      console.error(wordsOf(error));
    });
  await db.transaction((query) => keepViews(query, camcopsTables));
  await tidy();
  setInterval(() => void tidy(), 60 * 60 * 1_000).unref();
  await keepTitle(db.query, settings.title);
  const made = await firstUser(db, settings);
  for (const { line } of await policies(db.query)) console.error(line);
  const server = referenceServer({ db, ...settings }).listen(settings.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}/`;
  console.error(`Listening at ${url} without TLS: put it behind a proxy that has it. On a tablet, in Settings, enter`);
  console.error("the proxy's name and port, the path camcops/database, and the name of a user.");
  const fields = `camcops_version=2.4.24&device=tablet-1&operation=register&user=${user}&password=${String(made)}`;
  if (made !== undefined)
    console.error(`The password of ${user} is ${made}\nTry:\n  curl -d '${fields}' ${url}camcops/database`);

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  console.error('Finishing what is under way...');
  server.close();
  // A client that stops in the middle of its body would keep the process from ending.
  setTimeout(server.closeAllConnections.bind(server), settings.graceMs).unref();
  await once(server, 'close');
  await db.close();
  console.error('Done.');
};

try {
  await serve(settingsOf(process.env, process.argv.slice(2)));
} catch (error) {
  console.error(wordsOf(error));
  process.exit(1);
}
