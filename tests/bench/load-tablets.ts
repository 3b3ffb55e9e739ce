/** Tablets that do the real client's days, each under a name and with dates of its own; and what must be stored of them in the end. */
import { fileURLToPath } from 'node:url';

import type { Database } from '../../examples/postgres/database.js';
import { modelDay, type ModelStep, type ModelVersion } from '../proof/operations/day-model.js';
import { clientDaysOf, modelText, ofUpload } from '../support/client-days.js';
import { readReply, tablesBeside, versionText } from '../support/replay.js';
import { nth } from './forms.js';

const file = fileURLToPath(new URL('../vectors/client-days/days.jsonl.gz', import.meta.url));
const tables = new Map(Object.entries(tablesBeside(file)));

export interface Account {
  readonly username: string;
  readonly password: string;
  readonly group: string;
}

/** A tablet, and the bodies that it sends on its day. */
export interface Tablet {
  readonly device: string;
  readonly account: Account;
  readonly bodies: readonly string[];
}

/** Days of one tablet of a clinic, on which nothing was refused. */
const days = clientDaysOf(file)
  .map(({ steps }) => steps)
  .filter(
    (steps) =>
      steps.every(({ operation, expect }) => expect === 'success' && operation !== 'register_patient') &&
      new Set(steps.map(({ body }) => new URLSearchParams(body).get('device'))).size === 1,
  );

/** A body with other values in the fields that it has. */
const replaced = (body: string, values: Readonly<Record<string, string | undefined>>): string =>
  body.replace(/(?<=^|&)(\w+)=[^&]*/g, (field, name: string) => {
    const value = values[name];
    return value === undefined ? field : `${name}=${encodeURIComponent(value)}`;
  });

/** Each day in turn, and each account in turn. A date in all records of a tablet is of no other: so none can pass for another's. */
export const tabletsOf = (count: number, accounts: readonly Account[]): readonly Tablet[] =>
  Array.from({ length: count }, (_, index) => {
    const [device, account] = [`tablet-${String(index + 1)}`, nth(accounts, index)];
    const date = new Date(Date.UTC(2001, 0, 1 + index)).toISOString().slice(0, 10);
    const bodies = nth(days, index).map(({ body }) => {
      // A client names the tables that the server takes; that of the recordings took more.
      const named = new URLSearchParams(body).get('tables')?.split(',');
      const own = { device, user: account.username, password: account.password };
      return replaced(body, { ...own, tables: named?.filter((name) => tables.has(name)).join(',') }).replaceAll(
        '2026-11-24',
        date,
      );
    });
    return { device, account, bodies };
  });

/** What a tablet was told is done, and what it was refused, a line each. */
export interface Done {
  readonly tablet: Tablet;
  readonly steps: readonly ModelStep[];
  readonly refusals: readonly string[];
}

/** Sends a day's requests, one after the other. As the client does, it repeats the session of the latest reply. */
export const doDay = async (post: (body: string) => Promise<string>, tablet: Tablet): Promise<Done> => {
  const [steps, refusals]: [ModelStep[], string[]] = [[], []];
  let reply: ReadonlyMap<string, string> = new Map();
  for (const body of tablet.bodies) {
    const sent = replaced(body, { session_id: reply.get('session_id'), session_token: reply.get('session_token') });
    reply = readReply(await post(sent));
    const fields = [...new URLSearchParams(sent)];
    const { operation = '', user = '', camcops_version: clientVersion = '' } = Object.fromEntries(fields);
    const isDone = reply.get('success') === '1';
    if (!isDone) refusals.push(`${tablet.device}: ${operation} is refused: ${reply.get('error') ?? 'no reply'}`);
    if (!isDone || !ofUpload.test(operation)) continue;
    steps.push({
      device: tablet.device,
      user,
      session: Number(reply.get('session_id')),
      clientVersion,
      operation,
      fields,
    });
  }
  return { tablet, steps, refusals };
};

/** A version in the history of the reference server, its values as JSON. */
export interface HistoryRow extends Pick<ModelVersion, 'key' | 'state' | 'finalized' | 'values'> {
  readonly id: number;
  readonly device: string;
  readonly table_name: string;
  readonly supersedes: number | null;
  readonly added_by: string;
  readonly group_name: string;
}

export const historyOf = (db: Database): Promise<readonly HistoryRow[]> =>
  db.query<HistoryRow>('select * from history order by id');

const versionsMeant = ({ tablet: { device, account }, steps }: Done): readonly string[] =>
  modelDay({ tables }, steps).after.map(
    (version) => `${device}, ${account.username}, ${account.group}, ${version.table}: ${modelText(version)}`,
  );

const versionsStored = (rows: readonly HistoryRow[]): readonly string[] => {
  const texts = new Map<number, string>();
  return rows.map((row) => {
    const before = row.supersedes === null ? '' : (texts.get(row.supersedes) ?? '?');
    const text = versionText(row, Object.entries(row.values), before);
    texts.set(row.id, text);
    return `${row.device}, ${row.added_by}, ${row.group_name}, ${row.table_name}: ${text}`;
  });
};

/** What differs between the history and what an independent model makes of the same bodies, a line each. */
export const differences = (done: readonly Done[], rows: readonly HistoryRow[]): readonly string[] => {
  const excess = new Map<string, number>();
  const count = (text: string, by: number): unknown => excess.set(text, (excess.get(text) ?? 0) + by);
  for (const text of versionsStored(rows)) count(text, 1);
  for (const text of done.flatMap(versionsMeant)) count(text, -1);
  return [...excess].flatMap(([text, times]) => {
    if (times === 0) return [];
    return [`${times > 0 ? `${String(times)} too many` : `${String(-times)} missing`}: ${text.slice(0, 160)}`];
  });
};
