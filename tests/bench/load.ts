/**
 * `npm run load`: tablets that do their days, many at once, against `npm run serve` in processes of its own; and what a large
 * upload costs, of questionnaires in one step and of photographs in many. On the embedded database, and on PostgreSQL: that of DATABASE_URL,
 * or the one at 127.0.0.1:5432. Fails unless all is stored.
 */
import { parseArgs } from 'node:util';

import { savePassword } from '../../examples/reference-server/accounts.js';
import type { Database } from '../../examples/postgres/database.js';
import { username } from '../support/fixtures.js';
import { serverProcess } from '../support/server-process.js';
import { nth } from './forms.js';
import { databaseKinds, interruption, made, unmakeAll, type Place } from './load-databases.js';
import { differences, doDay, historyOf, tabletsOf, type Account, type Done, type Tablet } from './load-tablets.js';
import { medians } from './measure.js';
import { oneStepTimes } from './one-step.js';
import { photographTimes, type PhotographTimes } from './photograph-times.js';
import { oneStepRows, oneStepSection, photographRows, photographSection } from './sections.js';
import { tableOf, type Row } from './table.js';

const defaults = { tablets: 200, 'at-once': 20, users: 10, records: 10_000, rounds: 5, photographs: 50 };
type Numbers = Readonly<typeof defaults>;

const numbersOf = (args: readonly string[]): Numbers => {
  const type = 'string' as const;
  const options = {
    ...{ tablets: { type }, 'at-once': { type }, users: { type } },
    ...{ records: { type }, rounds: { type }, photographs: { type } },
  };
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

/** The p99 of all requests other than sign-ins stays below so many milliseconds, with the numbers of tablets that are the defaults. */
const mostMs = 150;

const photographBytes = 3_000_000;
const photographRounds = 3;

const headers = { 'content-type': 'application/x-www-form-urlencoded' };

interface Loaded {
  readonly rows: readonly Row[];
  readonly stored: number;
  /** Requests that were sent again. */
  readonly repeats: number;
  /** What is not as it should be, a line each. */
  readonly wrong: readonly string[];
}

const load = async (name: string, place: Place, { tablets, users, 'at-once': atOnce }: Numbers): Promise<Loaded> => {
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
  let [turn, repeats] = [0, 0];
  // As the client does: if the connection breaks before there is a reply, the same again, three times at most.
  const send = async (url: string, body: string, left = 3): Promise<string> => {
    const response = await fetch(url, { method: 'POST', headers, body }).catch((error: unknown) => {
      if (left === 0) throw new Error('no reply to a request that was sent four times', { cause: error });
    });
    if (response !== undefined) return response.text();
    repeats += 1;
    return send(url, body, left - 1);
  };
  const post = async (body: string): Promise<string> => {
    const { url } = nth(servers, (turn += 1));
    const started = performance.now();
    const reply = await send(url, body);
    times[body.includes('session_id=') ? 'others' : 'signing in'].push(performance.now() - started);
    return reply;
  };
  const all = tabletsOf(tablets + 1, accounts);
  const done: Done[] = [];
  const doDays = async (of: Iterable<Tablet>): Promise<void> => {
    for (const tablet of of) done.push(await doDay(post, tablet));
  };
  // One alone, which is not counted: what a server does only once.
  await doDays(all.slice(0, 1));
  for (const list of Object.values(times)) list.length = 0;
  // So many at once take the next from one queue.
  const queue = all.slice(1).values();
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, () => doDays(queue)));
  const seconds = (performance.now() - started) / 1000;

  for (const server of servers) await server.end('SIGTERM');
  const history = await inDatabase(place, historyOf);
  const percentile = (list: readonly number[], percent: number): number =>
    [...list].sort((a, b) => a - b)[Math.ceil((list.length * percent) / 100) - 1] ?? NaN;
  const row = (what: string, list: readonly number[]): Row => {
    const times = [50, 99].map((percent) => `${percentile(list, percent).toFixed(0)} ms`);
    return { name: what, cells: [String(list.length), (list.length / seconds).toFixed(0), ...times] };
  };
  const target = { target: `< ${String(mostMs)} ms`, isReached: percentile(times.others, 99) < mostMs };
  return {
    rows: [
      row(`${name}, servers: ${String(place.servers)}`, [...times['signing in'], ...times.others]),
      row('  signing in', times['signing in']),
      { ...row('  others', times.others), ...target },
    ],
    ...{ stored: history.length, repeats },
    wrong: [...done.flatMap(({ refusals }) => refusals), ...differences(done, history)],
  };
};

const run = async (numbers: Numbers): Promise<void> => {
  const kinds = await databaseKinds();
  const columns = ['requests', 'a second', 'p50', 'p99'];
  for (const { name, place } of kinds) {
    const { rows, stored, repeats, wrong } = await load(name, await place(), numbers);
    await unmakeAll();
    console.log(
      tableOf([{ name: `${String(numbers.tablets)} tablets, ${String(numbers['at-once'])} at once`, columns, rows }]),
    );
    const counts = { 'requests sent again': repeats, 'versions stored': stored, 'things wrong': wrong.length };
    for (const [what, count] of Object.entries(counts)) console.log(`  ${what}: ${String(count)}`);
    for (const line of wrong.slice(0, 10)) console.log(line);
    if (wrong.length > 0) process.exitCode = 1;
  }
  for (const { name, database } of kinds) {
    const times = await oneStepTimes(await database(), numbers.records, numbers.rounds);
    await unmakeAll();
    const section = oneStepSection(numbers.records, oneStepRows(name, times));
    console.log(`${tableOf([section])}\n`);
  }
  for (const { name, database } of kinds) {
    const turns: PhotographTimes[] = [];
    for (let round = 0; round < photographRounds; round += 1) {
      turns.push(await photographTimes(await database(), numbers.photographs, photographBytes));
      await unmakeAll();
    }
    const times = medians(['steps', 'end', 'bare inserts'], turns);
    console.log(`${tableOf([photographSection(numbers.photographs, photographRows(name, times))])}\n`);
  }
};

try {
  await run(numbersOf(process.argv.slice(2)));
} catch (error) {
  if (!interruption.signal.aborted) console.error(error);
  process.exitCode = 1;
} finally {
  await unmakeAll();
}
