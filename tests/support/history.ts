/** The reference server's history of records, as a test compares it. */
import { TableChangeJson, type ChangeJson, type Value } from '../../src/operations/index.js';
import type { Database } from '../../examples/postgres/database.js';
import { decoded } from './decoded.js';

interface HistoryRow {
  readonly id: number;
  readonly device: string;
  readonly table_name: string;
  readonly key: number;
  readonly version: number;
  readonly values: Readonly<Record<string, ChangeJson['records'][number]['values'][number][1]>>;
  readonly supersedes: number | null;
  readonly state: 'current' | 'superseded' | 'deleted';
  readonly finalized: boolean;
  readonly added_by: string;
  readonly group_name: string;
}

export interface Version extends Omit<HistoryRow, 'values'> {
  readonly values: ReadonlyMap<string, Value>;
}

const valuesOf = (values: HistoryRow['values']): ReadonlyMap<string, Value> => {
  const record = { key: 0, whenLastModified: null, moveOffTablet: false, values: Object.entries(values) };
  const change = { table: 'any', records: [record], keep: 'all', finalize: [] };
  return decoded(TableChangeJson, change).records[0]?.values ?? new Map<string, Value>();
};

/** All versions ever stored, in order; or those of one device in one table. */
export const versionsIn = async (db: Database, device?: string, table?: string): Promise<readonly Version[]> => {
  const rows = await db.query<HistoryRow>(
    `select * from history where device = coalesce($1, device) and table_name = coalesce($2, table_name) order by id`,
    [device ?? null, table ?? null],
  );
  return rows.map(({ values, ...row }) => ({ ...row, values: valuesOf(values) }));
};
