/** The fields `table`, `fields` and `pkname`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { duplicateColumn, wrongPrimaryKey } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal, usableTable, type UploadTable, type UploadTables } from '../tables.js';
import { trimmed } from '../wire/characters.js';
import { neededText, type ReadFields } from './fields.js';

/** A table that was named, and what the host knows of it. */
export interface NamedTable extends UploadTable {
  readonly name: string;
}

/** The table that the field `table` names. */
export const readTable = (
  tables: UploadTables,
  client: HasClientVersion,
  fields: ReadFields,
): Either<UserError, NamedTable> => {
  const name = neededText(fields, 'table');
  if (isLeft(name)) return name;
  const table = usableTable(tables, client, name.right);
  return isLeft(table) ? table : right({ ...table.right, name: name.right });
};

const noColumns: ReadonlySet<string> = new Set();

/** The columns that the field `fields` names, in their order. `more` are columns that this client may send too. */
export const readColumns = (
  { name, columns }: NamedTable,
  fields: ReadFields,
  more: ReadonlySet<string> = noColumns,
): Either<UserError, readonly string[]> => {
  const list = neededText(fields, 'fields');
  if (isLeft(list)) return list;
  const known = { has: (column: string) => columns.has(column) || more.has(column) };
  const read = new Set<string>();
  const own = new Map([...columns].map((column) => [column, column]));
  // One more than can all be known and different: whatever comes after, one of these is refused.
  for (const piece of list.right.split(',', columns.size + more.size + 1)) {
    const column = trimmed(piece);
    const refusal = columnRefusal(name, known, column);
    if (refusal !== undefined) return left(refusal);
    if (read.has(column)) return left(duplicateColumn(name, column));
    read.add(own.get(column) ?? column);
  }
  return right([...read]);
};

/** Why a name is not that of the table's primary key, which is always `id`. */
export const primaryKeyRefusal = ({ name, columns }: NamedTable, primaryKey: string): UserError | undefined =>
  columnRefusal(name, columns, primaryKey) ?? (primaryKey === 'id' ? undefined : wrongPrimaryKey(name));

/** Checks the field `pkname`. */
export const checkPrimaryKey = (table: NamedTable, fields: ReadFields): Either<UserError, 'id'> => {
  const name = neededText(fields, 'pkname');
  if (isLeft(name)) return name;
  const refusal = primaryKeyRefusal(table, name.right);
  return refusal === undefined ? right('id') : left(refusal);
};
