/** Reads what the day has left in the database. */
import type { Database } from '../postgres/database.js';
import { fit, heading, painted, type Style } from './side-by-side.js';

interface HistoryRow {
  readonly table_name: string;
  readonly key: number;
  readonly version: number;
  readonly state: string;
  readonly finalized: boolean;
  readonly added_by: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const textOf = (value: unknown): string => {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Returns the records of one patient, as the tablet finalized them. */
export const historyOfOne = async (db: Database, style: Style, device: string): Promise<string> => {
  const rows = await db.query<HistoryRow>(
    `with first as (select * from history where table_name = 'patient' and key = 1 and device = $1 order by id limit 1)
     select h.* from history h, first where h.device = first.device and h.finalized_at = first.finalized_at order by h.id`,
    [device],
  );
  const cells = (table: string, key: string, version: string, state: string, by: string, values: string): string =>
    fit(
      `${table.padEnd(15)}${key.padEnd(5)}${version.padEnd(9)}${state.padEnd(24)}${by.padEnd(8)}${values}`,
      style.width,
    );
  const lines = rows.map(({ table_name, key, version, state, finalized, added_by, values }) => {
    const sent = Object.entries(values).filter(([name, value]) => value !== null && !/^(id|_.*|when_.*)$/.test(name));
    const now = `${state}${finalized ? ', finalized' : ''}`;
    const all = sent.map(([name, value]) => `${name}=${textOf(value)}`).join(' ');
    return cells(table_name, String(key), String(version), now, added_by, all);
  });
  const title = heading(style, 'The history of one patient, whose keys the tablet has given to another since');
  return [title, painted(style, 'dim', cells('table', 'key', 'version', 'state', 'by', 'values')), ...lines].join('\n');
};

/** Returns the PHQ-9 of two patients who had the same key on one tablet, one after the other: each under its own patient. */
export const bothPatients = async (db: Database, style: Style, device: string): Promise<string> => {
  const select = 'select * from camcops.phq9 where device = $1 and id = 1 order by era limit 2';
  const [first = {}, second = {}] = await db.query<Readonly<Record<string, unknown>>>(select, [device]);
  const half = Math.floor((style.width - 20) / 2);
  const lines = Object.keys(first).map((name) => {
    const cells = [first[name], second[name]].map((value) => fit(textOf(value), half - 1).padEnd(half));
    return `${name.padEnd(20)}${cells.join('')}`.trimEnd();
  });
  const title = heading(style, 'Two patients, one after the other, had key 1: the PHQ-9 of each');
  return [title, painted(style, 'dim', `${select};`), ...lines].join('\n');
};
