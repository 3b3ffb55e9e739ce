/** The PostgreSQL host's history of records, as a test compares it. */
import { fromNullable, type Option } from 'fp-ts/lib/Option.js';

import { RowFromJson, type Row } from '../../src/operations/index.js';
import type { Database } from '../../examples/postgres/database.js';
import { decoded } from './decoded.js';

interface HistoryRow {
  readonly id: number;
  readonly device: string;
  readonly table_name: string;
  readonly key: number;
  readonly version: number;
  readonly values: unknown;
  readonly supersedes: number | null;
  readonly state: 'current' | 'superseded' | 'deleted';
  readonly finalized: boolean;
  readonly finalized_in: number | null;
  readonly added_by: string;
  readonly group_name: string;
}

export interface Version extends Omit<HistoryRow, 'values' | 'finalized_in'> {
  readonly row: Row;
  readonly finalizedIn: Option<number>;
}

/** All versions ever stored, in order; or those of one device in one table. */
export const versionsIn = async (db: Database, device?: string, table?: string): Promise<readonly Version[]> => {
  const rows = await db.query<HistoryRow>(
    `select * from history where device = coalesce($1, device) and table_name = coalesce($2, table_name) order by id`,
    [device ?? null, table ?? null],
  );
  return rows.map(({ values, finalized_in, ...version }) => {
    return { ...version, row: decoded(RowFromJson, values), finalizedIn: fromNullable(finalized_in) };
  });
};
