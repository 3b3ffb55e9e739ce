/** The columns of tablets' tables: their types, and the three that every table has. */

/** A type as the client's SQLite declares it. Booleans are the integers 0 and 1; dates, times and versions are text. */
export type ColumnType = 'integer' | 'real' | 'text' | 'blob';

export const columnTypes: readonly ColumnType[] = ['integer', 'real', 'text', 'blob'];

/** The first columns of every table, in the client's order: the record's key, its mark and its date. */
export const commonColumns: ReadonlyMap<string, ColumnType> = new Map([
  ['id', 'integer'],
  ['_move_off_tablet', 'integer'],
  ['when_last_modified', 'text'],
]);
