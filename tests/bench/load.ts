/**
 * `npm run load`: tablets that all do their days at once, against `npm run serve` in processes of its own; and what one large upload
 * costs. On the embedded database, and on PostgreSQL: that of DATABASE_URL, or the one at 127.0.0.1:5432. Fails unless all is stored.
 */
import { parseArgs } from 'node:util';

import { savePassword } from '../../examples/reference-server/accounts.js';
import type { Database } from '../../examples/reference-server/database.js';
import { username } from '../support/fixtures.js';
import { serverProcess } from '../support/server-process.js';
import { nth } from './forms.js';
import { databaseKinds, interruption, made, unmakeAll, type Place } from './load-databases.js';
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

const inDatabase = async <A>({ open }: Place, work: (db: Database) => Promise<A>): Promise<A> => {
  const db = await open();
  return work(db).finally(() => db.close());
};

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
  const [first, ...rest] = tabletsOf(tablets + 1, accounts).map((tablet) => () => doDay(post, tablet));
  // Alone, and not counted: what a server does only once.
  const alone = first === undefined ? [] : [await first()];
  for (const list of Object.values(times)) list.length = 0;
  const started = performance.now();
  const done = [...alone, ...(await Promise.all(rest.map((day) => day())))];
  const seconds = (performance.now() - started) / 1000;

  for (const server of servers) await server.end('SIGTERM');
  const history = await inDatabase(place, historyOf);
  const percentile = (list: readonly number[], percent: number): string =>
    `${([...list].sort((a, b) => a - b)[Math.ceil((list.length * percent) / 100) - 1] ?? NaN).toFixed(0)} ms`;
  const row = (what: string, list: readonly number[]): Row => ({
    name: what,
    cells: [String(list.length), (list.length / seconds).toFixed(0), percentile(list, 50), percentile(list, 99)],
  });
  return {
    rows: [
      row(`${name}, servers: ${String(place.servers)}`, [...times['signing in'], ...times.others]),
      ...Object.entries(times).map(([what, list]) => row(`  ${what}`, list)),
    ],
    stored: history.length,
    wrong: [...done.flatMap(({ refusals }) => refusals), ...differences(done, history)],
  };
};

const run = async (numbers: Numbers): Promise<void> => {
  const kinds = await databaseKinds();
  const columns = ['requests', 'a second', 'p50', 'p99'];
  for (const { name, place } of kinds) {
    const { rows, stored, wrong } = await load(name, await place(), numbers);
    await unmakeAll();
    console.log(tableOf([{ name: `${String(numbers.tablets)} tablets at once`, columns, rows }]));
    console.log(`  versions of records stored: ${String(stored)}; wrong: ${String(wrong.length)}\n`);
    for (const line of wrong.slice(0, 10)) console.log(line);
    if (wrong.length > 0) process.exitCode = 1;
  }
  for (const { name, database } of kinds) {
    const times = await oneStepTimes(await database(), numbers.records, numbers.rounds);
    await unmakeAll();
    console.log(`${tableOf([oneStepSection(name, numbers.records, times)])}\n`);
  }
};

try {
  await run(numbersOf(process.argv.slice(2)));
} catch (error) {
  if (!interruption.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await unmakeAll();
}
