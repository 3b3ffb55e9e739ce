/** The fields of a form, by name, read in one pass: there may be as many as records. Those that operations share: tables, keys, columns. */
import { isLeft, left, map, right, type Either } from 'fp-ts/lib/Either.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { duplicateField, invalidField, missingField } from '../../refusals/form.js';
import { badJson } from '../../refusals/records.js';
import { duplicateColumn, notInteger, wrongPrimaryKey } from '../../refusals/tables.js';
import type { Fields } from '../../tablet-form.js';
import { textRule } from '../../tablet-request.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal, usableTable, type UploadTable, type UploadTables } from '../tables.js';
import { isWhole, trimmed } from '../wire/characters.js';
import { isRead, jsonOf, type Json } from '../wire/json.js';

/** Each field's text, or why it cannot be used. */
export type ReadFields = ReadonlyMap<string, Either<UserError, string>>;

/** What a command is read from. */
export interface Source {
  readonly tables: UploadTables;
  readonly client: HasClientVersion;
  readonly fields: ReadFields;
}

/** Reads one operation's command. */
export type Reader<C> = (source: Source) => Either<UserError, C>;

const isArray = (input: unknown): input is readonly unknown[] => Array.isArray(input);

/** Reads all fields. If they cannot be read (a getter that throws), nothing counts as sent. */
export const readFields = (fields: Fields): ReadFields => {
  const read = new Map<string, Either<UserError, string>>();
  try {
    const pairs: Iterable<unknown> = Symbol.iterator in fields ? fields : Object.entries(fields);
    for (const pair of pairs) {
      if (!isArray(pair)) continue;
      const name = pair[0];
      // Stryker disable next-line ConditionalExpression: no other name is looked for; TypeScript needs it.
      if (typeof name !== 'string') continue;
      const text = typeof pair[1] === 'string' ? right(pair[1]) : left(invalidField(name, textRule));
      read.set(name, read.has(name) ? left(duplicateField(name)) : text);
    }
    return read;
  } catch {
    return new Map();
  }
};

const blank = right('');

/** The text of a field; empty if it was not sent. */
export const textOf = ({ fields }: Source, name: string): Either<UserError, string> => fields.get(name) ?? blank;

/** The text of a field that the operation needs. A blank field counts as absent. */
export const neededText = (source: Source, name: string): Either<UserError, string> => {
  const text = textOf(source, name);
  return isLeft(text) || text.right !== '' ? text : left(missingField(name));
};

/** The whole number in a field that the operation needs: `[-]digits`. */
export const neededInteger = (source: Source, name: string): Either<UserError, number> => {
  const text = neededText(source, name);
  if (isLeft(text)) return text;
  return isWhole(text.right) ? right(Number(text.right)) : left(notInteger(name, text.right));
};

/** Reads a field in JSON that the operation needs. That it is not JSON comes before any other refusal. */
export const readJson = (
  source: Source,
  field: string,
  read: (json: Json) => UserError | undefined,
): UserError | undefined => {
  const text = neededText(source, field);
  if (isLeft(text)) return text.left;
  const json = jsonOf(text.right);
  const refusal = read(json);
  return isRead(json) ? refusal : badJson(field);
};

/** A table that was named, and what the host knows of it. */
export interface NamedTable extends UploadTable {
  readonly name: string;
}

/** The table of a name, if the client may use it. */
export const namedTable = ({ tables, client }: Source, name: string): Either<UserError, NamedTable> =>
  map((table: UploadTable) => ({ ...table, name }))(usableTable(tables, client, name));

/** The table that the field `table` names. */
export const readTable: Reader<NamedTable> = (source) => {
  const name = neededText(source, 'table');
  return isLeft(name) ? name : namedTable(source, name.right);
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

/** The columns that the field `fields` names, in their order. */
export const readColumns = ({ name, columns }: NamedTable, source: Source): Either<UserError, readonly string[]> => {
  const list = neededText(source, 'fields');
  if (isLeft(list)) return list;
  const read = new Set<string>();
  // One more than can all be known and different: whatever comes after, one of these is refused.
  for (const piece of list.right.split(',', columns.size + 1)) {
    const column = trimmed(piece);
    const refusal =
      columnRefusal(name, columns, column) ?? (read.has(column) ? duplicateColumn(name, column) : undefined);
    if (refusal !== undefined) return left(refusal);
    read.add(column);
  }
  return right([...read]);
};
