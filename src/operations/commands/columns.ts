/** The fields `table`, `fields` and `pkname`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { duplicateColumn, wrongPrimaryKey } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal, usableTable, type UploadTable } from '../tables.js';
import { trimmed } from '../wire/characters.js';
import { neededText, type Reader, type Source } from './fields.js';

/** A table that was named, and what the host knows of it. */
export interface NamedTable extends UploadTable {
  readonly name: string;
}

/** The table that the field `table` names. */
export const readTable: Reader<NamedTable> = (source) => {
  const name = neededText(source, 'table');
  if (isLeft(name)) return name;
  const table = usableTable(source.tables, source.client, name.right);
  return isLeft(table) ? table : right({ ...table.right, name: name.right });
};

/** Why a name is not that of the table's primary key, which is always `id`. */
export const primaryKeyRefusal = ({ name, columns }: NamedTable, primaryKey: string): UserError | undefined =>
  columnRefusal(name, columns, primaryKey) ?? (primaryKey === 'id' ? undefined : wrongPrimaryKey(name));

/** A table whose primary key the field `pkname` names. */
export const checkPrimaryKey = (table: NamedTable, source: Source): Either<UserError, NamedTable> => {
  const name = neededText(source, 'pkname');
  if (isLeft(name)) return name;
  const refusal = primaryKeyRefusal(table, name.right);
  return refusal === undefined ? right(table) : left(refusal);
};

/** The table that `table` names, its primary key named by `pkname`. */
export const readTableAndKey: Reader<NamedTable> = (source) => {
  const table = readTable(source);
  return isLeft(table) ? table : checkPrimaryKey(table.right, source);
};

/** The columns that the field `fields` names, in their order. `more` are columns that the client may send too. */
export const readColumns = (
  { name, columns }: NamedTable,
  source: Source,
  more: ReadonlySet<string> = new Set(),
): Either<UserError, readonly string[]> => {
  const list = neededText(source, 'fields');
  if (isLeft(list)) return list;
  const known = { has: (column: string) => columns.has(column) || more.has(column) };
  const read = new Set<string>();
  // One more than can all be known and different: whatever comes after, one of these is refused.
  for (const piece of list.right.split(',', columns.size + more.size + 1)) {
    const column = trimmed(piece);
    const refusal =
      columnRefusal(name, known, column) ?? (read.has(column) ? duplicateColumn(name, column) : undefined);
    if (refusal !== undefined) return left(refusal);
    read.add(column);
  }
  return right([...read]);
};
