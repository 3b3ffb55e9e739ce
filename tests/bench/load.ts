/**
 * `npm run load`: tablets that all do their days at once, against `npm run serve` in processes of its own; and what one large upload
 * costs. On the embedded database, and on PostgreSQL: that of DATABASE_URL, or the one at 127.0.0.1:5432. Fails unless all is stored.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';

import { savePassword } from '../../examples/reference-server/accounts.js';
import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/reference-server/database.js';
import { username } from '../support/fixtures.js';
import { conformanceDatabase } from '../support/server-conformance.js';
import { serverProcess, type Settings } from '../support/server-process.js';
import { nth } from './forms.js';
import { differences, doDay, historyOf, tabletsOf, type Account } from './load-tablets.js';
import { oneStepSection, oneStepTimes } from './one-step.js';
import { tableOf, type Row } from './table.js';

const defaults = { tablets: 200, users: 10, records: 10_000, rounds: 5 };
type Numbers = Readonly<typeof defaults>;

const numbersOf = (args: readonly string[]): Numbers => {
  const type = 'string' as const;
  const options = { tablets: { type }, users: { type }, records: { type }, rounds: { type } };
  const given = Object.entries(parseArgs({ args: [...args], options }).values).map(([name, text]) => {
    if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`--${name} must be a whole number from 1 to 999999`);
    return [name, Number(text)] as const;
  });
  return { ...defaults, ...Object.fromEntries(given) };
};

// What a run makes is unmade whatever happens: the last first

const ends: (() => Promise<unknown>)[] = [];
const interruption = new AbortController();

const made = <A>(make: () => Promise<A>, unmake: (it: A) => Promise<unknown>): Promise<A> => {
  interruption.signal.throwIfAborted();
  const making = make();
  // Also if the run is interrupted while it is being made.
  ends.push(() => making.then(unmake, () => undefined));
  return making;
};

const unmakeAll = async (): Promise<void> => {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end().catch(console.error);
};

// Databases

const postgres = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const ask = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: postgres, connectionTimeoutMillis: 10_000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

/** A new and empty database: how servers are told of it, and how many there are to be. */
interface Place {
  readonly settings: Settings;
  readonly servers: number;
  readonly open: () => Promise<Database>;
}

const embeddedPlace = async (): Promise<Place> => {
  const folder = await made(
    () => mkdtemp(join(tmpdir(), 'load-')),
    (name) => rm(name, { recursive: true, force: true }),
  );
  return { settings: { DATA_FOLDER: folder }, servers: 1, open: () => embeddedDatabase(folder) };
};

const postgresPlace = async (): Promise<Place> => {
  const name = `camcops_load_${randomBytes(8).toString('hex')}`;
  await made(
    () => ask(`create database ${name}`),
    () => ask(`drop database if exists ${name} with (force)`),
  );
  const { href } = Object.assign(new URL(postgres), { pathname: name });
  return { settings: { DATABASE_URL: href }, servers: 2, open: () => postgresDatabase(href) };
};

const inDatabase = async <A>({ open }: Place, work: (db: Database) => Promise<A>): Promise<A> => {
  const db = await open();
  return work(db).finally(() => db.close());
};

// The load

const seed =
  (accounts: readonly Account[]) =>
  async (db: Database): Promise<void> => {
    for (const { username: name, password, group } of accounts) await savePassword(db, username(name), password, group);
    await db.query(`insert into id_number_types (which, description, short_description) values (1, 'Number', 'No')`);
  };

interface Loaded {
  readonly rows: readonly Row[];
  readonly stored: number;
  /** What is not as it should be, a line each. */
  readonly wrong: readonly string[];
}

const load = async (name: string, place: Place, { tablets, users }: Numbers): Promise<Loaded> => {
  const accounts = Array.from({ length: users }, (_, index): Account => {
    const number = String(index + 1);
    return { username: `nurse-${number}`, password: `Pass-Word ${number} & %`, group: `ward-${String(index % 3)}` };
  });
  await inDatabase(place, seed(accounts));
  const servers = await Promise.all(
    Array.from({ length: place.servers }, () =>
      made(
        () => serverProcess(place.settings),
        (server) => server.end('SIGTERM'),
      ),
    ),
  );

  const times: Record<'signing in' | 'others', number[]> = { 'signing in': [], others: [] };
  let turn = 0;
  const post = async (body: string): Promise<string> => {
    const { url } = nth(servers, (turn += 1));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const started = performance.now();
    const reply = await (await fetch(url, { method: 'POST', headers, body })).text();
    times[body.includes('session_id=') ? 'others' : 'signing in'].push(performance.now() - started);
    return reply;
  };
  const [first, ...others] = tabletsOf(tablets + 1, accounts).map((tablet) => () => doDay(post, tablet));
  // Alone, and not counted: what a server does only once.
  const alone = first === undefined ? [] : [await first()];
  for (const of of Object.values(times)) of.length = 0;
  const started = performance.now();
  const done = [...alone, ...(await Promise.all(others.map((day) => day())))];
  const seconds = (performance.now() - started) / 1000;

  for (const server of servers) await server.end('SIGTERM');
  const history = await inDatabase(place, historyOf);
  const percentile = (of: readonly number[], percent: number): string =>
    `${([...of].sort((a, b) => a - b)[Math.ceil((of.length * percent) / 100) - 1] ?? NaN).toFixed(0)} ms`;
  const row = (what: string, of: readonly number[]): Row => ({
    name: what,
    cells: [String(of.length), (of.length / seconds).toFixed(0), percentile(of, 50), percentile(of, 99)],
  });
  return {
    rows: [
      row(`${name}, servers: ${String(place.servers)}`, [...times['signing in'], ...times.others]),
      ...Object.entries(times).map(([what, of]) => row(`  ${what}`, of)),
    ],
    stored: history.length,
    wrong: [...done.flatMap(({ refusals }) => refusals), ...differences(done, history)],
  };
};

const hasPostgres = async (): Promise<boolean> => {
  const failure: unknown = await ask('select 1').catch((error: unknown) => error);
  if (failure === undefined) return true;
  const words = `No PostgreSQL server answers at ${new URL(postgres).host}`;
  if (process.env['DATABASE_URL'] !== undefined) throw new Error(words, { cause: failure });
  console.log(`${words}: it is left out.`);
  return false;
};

const run = async (numbers: Numbers): Promise<void> => {
  const databases = [
    { name: 'PGlite', place: embeddedPlace, url: undefined },
    ...((await hasPostgres()) ? [{ name: 'PostgreSQL', place: postgresPlace, url: postgres }] : []),
  ];
  const columns = ['requests', 'a second', 'p50', 'p99'];
  for (const { name, place } of databases) {
    const { rows, stored, wrong } = await load(name, await place(), numbers);
    await unmakeAll();
    console.log(tableOf([{ name: `${String(numbers.tablets)} tablets at once`, columns, rows }]));
    console.log(`  ${String(stored)} versions of records are stored; ${String(wrong.length)} things are wrong\n`);
    for (const line of wrong.slice(0, 10)) console.log(line);
    if (wrong.length > 0) process.exitCode = 1;
  }
  for (const { name, url } of databases) {
    const db = await made(
      () => conformanceDatabase(url),
      (opened) => opened.close(),
    );
    console.log(
      tableOf([oneStepSection(name, numbers.records, await oneStepTimes(db, numbers.records, numbers.rounds))]),
      '\n',
    );
    await unmakeAll();
  }
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
    void unmakeAll().then(() => process.exit(1));
  });
}
try {
  await run(numbersOf(process.argv.slice(2)));
} catch (error) {
  if (!interruption.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await unmakeAll();
}
