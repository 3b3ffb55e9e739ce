/** Tablets that upload and remember what they were told, and what a database lacks of it. */
import { toNullable } from 'fp-ts/lib/Option.js';

import type { Database } from '../../examples/postgres/database.js';
import { tablet, type Post } from '../../examples/tablets-day/tablet.js';
import { cell } from '../../src/operations/index.js';
import { versionsIn } from './history.js';

export const password = 'Pass-Word 1';
const columns = ['id', 'comment', 'when_last_modified', '_move_off_tablet'];

/** An upload: its value is in all its records, and in no others. */
export interface Upload {
  readonly value: string;
  readonly isAcknowledged: boolean;
}

export const postTo =
  (url: string): Post =>
  async (body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };

/** A device that may be told of anything but success, or of nothing. */
export const deviceAt = (url: string, device: string) => {
  const { ask } = tablet(postTo(url), { camcops_version: '2.4.24', device, user: 'nurse', password });
  return (operation: string, fields = {}): Promise<boolean> =>
    ask(operation, fields).then(
      ({ reply }) => reply.body.includes('success:1\n'),
      () => false,
    );
};

/** One upload of so many records, by the method of its number. Undefined: the device could not even register. */
export const uploadOnce = async (
  url: string,
  device: string,
  count: number,
  records: number,
): Promise<Upload | undefined> => {
  const ask = deviceAt(url, device);
  if (!(await ask('register'))) return undefined;
  const value = `${device} ${String(Date.now())} ${String(count)}`;
  const now = `'${new Date().toISOString()}'`;
  const rows = Array.from({ length: records }, (_, at) => [String(at), `'${value}'`, now, String(count % 2)]);
  if (count % 3 === 0) {
    const bmi = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
    const fields = { finalizing: '0', pknameinfo: '{"bmi":"id"}', dbdata: JSON.stringify({ bmi }) };
    return { value, isAcknowledged: await ask('upload_entire_database', fields) };
  }
  const about = { table: 'bmi', pkname: 'id', fields: columns.join() };
  const most = Object.fromEntries(rows.slice(1).map((row, at) => [`record${String(at)}`, row.join()]));
  const isAcknowledged =
    (await ask('start_upload')) &&
    (await ask('upload_table', { ...about, nrecords: String(records - 1), ...most })) &&
    (await ask('upload_record', { ...about, values: rows[0]?.join() })) &&
    (await ask('end_upload'));
  return { value, isAcknowledged };
};

/** What is wrong with what is stored, a line each. */
export const losses = async (db: Database, uploads: readonly Upload[], records: number): Promise<readonly string[]> => {
  const stored = new Map<string, number>();
  for (const { row } of await versionsIn(db)) {
    const value = String(toNullable(cell('comment')(row)));
    stored.set(value, (stored.get(value) ?? 0) + 1);
  }
  // The first and the last statement of what must be one transaction.
  const [counts] = await db.query<{ uploads: number; audited: number }>(
    `select (select count(*)::integer from uploads) as uploads, count(*)::integer as audited from audit where event = 'upload'`,
  );
  return [
    ...uploads.flatMap(({ value, isAcknowledged }) => {
      const count = stored.get(value) ?? 0;
      if (isAcknowledged && count < records) return [`lost: ${String(records - count)} records of ${value}`];
      return count === 0 || count === records ? [] : [`half done: ${String(count)} records of ${value}`];
    }),
    ...(counts?.uploads === counts?.audited ? [] : [`half done: ${JSON.stringify(counts)}`]),
  ];
};
