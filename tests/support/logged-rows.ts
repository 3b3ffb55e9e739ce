/** PostgreSQL's own log while uploads fail: it holds no value of a row, if the database is made as docs/running.md says. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { postgresDatabase } from '../../examples/postgres/database.js';
import { savePassword } from '../../examples/reference-server/accounts.js';
import { referenceServer } from '../../examples/reference-server/server.js';
import { username } from './fixtures.js';
import { listening } from './listening.js';
import { runToEnd } from './server-process.js';
import { namesOnPage, roleSql, runAt, urlAt } from './two-roles.js';
import { password, uploadOnce } from './uploading.js';
import { ownCluster } from './victims.js';

/** Of a cluster whose administrator wants to know all: each statement, with its parameters. */
const settings = {
  log_min_duration_statement: '0',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
};

const slow = `create function take_long() returns trigger language plpgsql as
  $$ begin perform pg_sleep(5); return new; end $$`;

/** What makes an upload fail, how that ends, and what the log then says of it. */
const failures = [
  {
    make: 'alter table records add constraint refusing check (key < 0) not valid',
    end: 'alter table records drop constraint refusing',
    says: 'violates check constraint',
  },
  {
    make: `do $$ begin execute format('create unique index refusing on records ((values ->> ''comment'')) where id > %s',
      (select max(id) from records)); end $$`,
    end: 'drop index refusing',
    says: 'violates unique constraint',
  },
  {
    make: `${slow}; create trigger refusing before insert on records for each row execute function take_long()`,
    end: 'drop function take_long() cascade',
    says: 'canceling statement due to statement timeout',
  },
  {
    make: `${slow}; create trigger refusing before insert on staged_rows for each row execute function take_long()`,
    end: 'drop function take_long() cascade',
    says: 'canceling statement due to statement timeout',
  },
];

const records = 5;
const passwordCost = { memoryCost: 8, timeCost: 1 };

/** Uploads by either method while each failure is there: the values that were sent, and what is wrong. */
const failEach = async (url: string, owner: string, said: () => Promise<string>) => {
  const opened = await postgresDatabase(url, { statement_timeout: 500 });
  // Statements that move a whole upload may take half an hour. Here they may not.
  const db: typeof opened = {
    ...opened,
    transaction: (work) => opened.transaction((query) => work((sql, values) => query(sql, values))),
  };
  await savePassword(db, username('nurse'), password, 'clinic', passwordCost);
  const server = await listening(referenceServer({ db, passwordCost, log: () => undefined }));
  const values: string[] = [];
  const wrong: string[] = [];
  const upload = async (count: number): Promise<boolean> => {
    const one = await uploadOnce(server.url, 'tablet-1', count, records);
    if (one !== undefined) values.push(one.value);
    return one?.isAcknowledged ?? false;
  };
  for (const { make, end, says } of failures) {
    const before = (await said()).length;
    await runAt(owner, make);
    const done = [await upload(0), await upload(1)];
    await runAt(owner, end);
    if (done.every((isDone) => isDone)) wrong.push(`no upload fails by: ${make}`);
    if (!(await said()).slice(before).includes(says)) wrong.push(`the log does not say: ${says}`);
    if (!(await upload(0))) wrong.push(`no upload works after: ${end}`);
  }
  await server.stop();
  await db.close();
  return { values, wrong };
};

export interface LogReport {
  /** How many values were sent, and how many of them stand in the log. */
  readonly sent: number;
  readonly logged: number;
  /** How many of the next ones stand there once the page's setting is taken back. */
  readonly loggedWithout: number;
  readonly wrong: readonly string[];
}

export const loggedRowsTrial = async (programs: string): Promise<LogReport> => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const log = join(folder, 'postgresql.log');
  const cluster = await ownCluster(programs, { log, settings });
  const said = (): Promise<string> => readFile(log, 'utf8');
  try {
    const { DATABASE_URL: any = '' } = cluster.settings;
    const { before, within, after } = roleSql(namesOnPage);
    const [root, owner, server] = [undefined, 'camcops_owner', 'camcops_server'].map((user) =>
      urlAt(any, 'camcops', user),
    ) as [string, string, string];
    await runAt(any, before);
    await runAt(root, within);
    await runToEnd('migrate', [], { DATABASE_URL: owner });
    await runAt(owner, after);
    const asRole = await failEach(server, owner, said);
    const logged = await said();
    await runAt(root, 'alter database camcops reset log_error_verbosity');
    const without = await failEach(server, owner, said);
    const loggedLater = await said();
    const loggedIn = (text: string, values: readonly string[]): number =>
      values.filter((value) => text.includes(value)).length;
    const leaks = loggedIn(logged, asRole.values);
    const others = loggedIn(loggedLater, without.values);
    return {
      ...{ sent: asRole.values.length, logged: leaks, loggedWithout: others },
      wrong: [
        ...asRole.wrong,
        ...without.wrong,
        ...(leaks > 0 ? [`${String(leaks)} values stand in the log`] : []),
        ...(others === 0 ? ['without the setting, no value stands in the log either'] : []),
      ],
    };
  } finally {
    await cluster.end();
    await rm(folder, { recursive: true, force: true });
  }
};
