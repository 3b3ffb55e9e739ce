/** Exports a table as CSV or JSON lines. */
import { stringify } from 'csv-stringify/sync';

import type { Database } from '../postgres/database.js';

export interface ExportOptions {
  /** `csv` is RFC 4180 with a header row; `jsonl` has one object per line. */
  readonly format: 'csv' | 'jsonl';
  /** Exports every version of every record instead of current records under their patients. */
  readonly allVersions: boolean;
}

/** Turns the texts of numeric cells into numbers, so that `-5` is not taken for a formula. */
const cellOf: Readonly<Record<string, (text: string) => bigint | number>> = { int8: BigInt, float8: Number };

/** What csv-stringify writes otherwise: -0 as 0, and no apostrophe before LF, after which a formula may come. */
const cast = {
  number: (real: number) => (Object.is(real, -0) ? '-0' : String(real)),
  string: (text: string) => text.replace(/^\n/, "'\n"),
};

/**
 * Writes a table as the views show it, some rows at a time; throws if the table has no view. In CSV, a text that a spreadsheet would take
 * for a formula, such as `=1+1`, begins with an apostrophe. JSON lines hold each text as it is.
 */
export const exportTable = (
  db: Database,
  table: string,
  { format, allVersions }: ExportOptions,
  write: (text: string) => Promise<void> | void,
): Promise<void> =>
  db.transaction(async (query) => {
    const schema = allVersions ? 'camcops_history' : 'camcops';
    const columns = await query<Readonly<Record<'name' | 'type' | 'cell' | 'view', string>>>(
      `select a.attname as name, t.typname as type, format('v.%I::text', a.attname) as cell, c.oid::regclass::text as view
       from pg_attribute a join pg_type t on t.oid = a.atttypid join pg_class c on c.oid = a.attrelid
       where c.relnamespace = to_regnamespace($1) and c.relname = $2 and c.relkind = 'v' order by a.attnum`,
      [schema, table],
    );
    const [first] = columns;
    if (first === undefined) throw new Error(`There is no table ${table}`);
    const csv = (rows: readonly unknown[]) =>
      stringify([...rows], { escape_formulas: true, quoted_string: true, record_delimiter: 'windows', cast });
    const cells = columns.map(({ cell }) => cell).join();
    const line = format === 'csv' ? `to_json(array[${cells}])` : 'row_to_json(v)::text';
    // Every row will be fetched, and the reader may be slow.
    await query('set local cursor_tuple_fraction = 1');
    await query('set local idle_in_transaction_session_timeout = 0');
    await query(`declare exported no scroll cursor for select ${line} as line from ${first.view} v`);
    // One at a time, because a photograph may have 20 MB.
    const atOnce = columns.some(({ type }) => type === 'bytea') ? 1 : 100;

    if (format === 'csv') await write(csv([columns.map(({ name }) => name)]));
    for (;;) {
      const rows = await query<{ line: string | readonly (string | null)[] }>(`fetch ${String(atOnce)} from exported`);
      if (rows.length === 0) return;
      const texts = rows.map(({ line: read }) => {
        if (typeof read === 'string') return `${read}\n`;
        return read.map((text, at) => (text === null ? null : (cellOf[columns[at]?.type ?? '']?.(text) ?? text)));
      });
      await write(format === 'csv' ? csv(texts) : texts.join(''));
    }
  });
