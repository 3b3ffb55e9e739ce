/** The check of `npm run load` finds what it is there to find. */
import { beforeAll, expect, it } from 'vitest';

import { embeddedDatabase } from '../../examples/postgres/database.js';

import { addUsers, password, serving } from '../support/reference-server.js';
import { nth } from './forms.js';
import { differences, doDay, historyOf, tabletsOf, type Done, type HistoryRow } from './load-tablets.js';

const accounts = [
  { username: 'alice', group: 'clinic', password },
  { username: 'carol', group: 'ward', password },
];

let [done, rows]: [readonly Done[], readonly HistoryRow[]] = [[], []];

beforeAll(async () => {
  const db = await embeddedDatabase();
  await addUsers(db, { alice: 'clinic', carol: 'ward' });
  await db.query(`insert into id_number_types (which, description, short_description) values (1, 'Number', 'No')`);
  const { post, stop } = await serving({ db });
  const send = async (body: string): Promise<string> => (await post(body)).body;
  done = await Promise.all(tabletsOf(5, accounts).map((tablet) => doDay(send, tablet)));
  rows = await historyOf(db);
  await stop();
  await db.close();
});

it('all is well: each version is stored once, and nothing was refused', () => {
  expect(rows.length).toBeGreaterThan(30);
  expect(done.flatMap(({ refusals }) => refusals)).toEqual([]);
  expect(differences(done, rows)).toEqual([]);
});

it.each<[what: string, change: Partial<HistoryRow>]>([
  ['of another device', { device: 'tablet-16' }],
  ['of another user', { added_by: 'bob' }],
  ['of another group', { group_name: 'elsewhere' }],
  ['in another table', { table_name: 'elsewhere' }],
  ['of another key', { key: 1000 }],
  ['with other values', { values: {} }],
  ['in another place of the history', { supersedes: -1 }],
])('a version is found %s', (_, change) => {
  const changed = rows.map((row, at) => (at === rows.length - 1 ? { ...row, ...change } : row));
  expect(differences(done, changed).map((line) => line.replace(/:.*/s, ''))).toEqual(['1 too many', '1 missing']);
});

it('a version is found to be lost, or there twice', () => {
  expect(differences(done, rows.slice(0, -1))).toEqual([expect.stringMatching(/^1 missing: tablet-/)]);
  expect(differences(done, [...rows, ...rows.slice(-1)])).toEqual([expect.stringMatching(/^1 too many: tablet-/)]);
});

it('what is refused is told', async () => {
  const refuse = (): Promise<string> => Promise.resolve('success:0\nerror:no\n');
  const { refusals, steps } = await doDay(refuse, nth(tabletsOf(1, accounts), 0));
  expect([refusals[0], steps]).toEqual(['tablet-1: register is refused: no', []]);
});
