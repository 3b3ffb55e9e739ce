/** The fields of a form, read in one pass by name, and the tables, columns and keys that several operations name in them. */
import * as E from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { duplicateField, invalidField, missingField } from '../../refusals/form.js';
import { badJson } from '../../refusals/records.js';
import { duplicateColumn, notInteger, wrongPrimaryKey } from '../../refusals/tables.js';
import type { Fields } from '../../tablet-form.js';
import { textRule } from '../../tablet-request.js';
import type { UserError } from '../../user-error.js';
import { checkColumn, usableTable, type UploadTable, type UploadTables } from '../tables.js';
import { isWhole, trimmed } from '../wire/values.js';
import { isJsonList } from '../wire/json.js';

/** The value that was read, or the first refusal. */
export type Read<A> = E.Either<UserError, A>;

/** Each field's text, or why it cannot be used. */
export type ReadFields = ReadonlyMap<string, Read<string>>;

/** The source of a command. */
export interface Source {
  readonly tables: UploadTables;
  readonly client: HasClientVersion;
  readonly fields: ReadFields;
}

/** Reads one operation's command. */
export type Reader<C> = (source: Source) => Read<C>;

/** Reads all fields. Fields that cannot be read (a getter that throws) count as not sent. */
export const readFields = (fields: Fields): ReadFields => {
  const read = new Map<string, Read<string>>();
  try {
    const pairs: Iterable<unknown> = Symbol.iterator in fields ? fields : Object.entries(fields);
    for (const pair of pairs) {
      const [name, value] = isJsonList(pair) ? pair : [];
      if (typeof name !== 'string') continue;
      const text = typeof value === 'string' ? E.right(value) : E.left(invalidField(name, textRule));
      read.set(name, read.has(name) ? E.left(duplicateField(name)) : text);
    }
    return read;
  } catch {
    return new Map();
  }
};

const blank = E.right('');

/** Returns the text of a field; an empty one if the field was not sent. */
export const textOf = ({ fields }: Source, name: string): Read<string> => fields.get(name) ?? blank;

/** Returns the text of a field that the operation needs. A blank field counts as absent: `missing-field`. */
export const neededText = (source: Source, name: string): Read<string> => {
  const text = textOf(source, name);
  return E.isLeft(text) || text.right !== '' ? text : E.left(missingField(name));
};

/** Returns the whole number in a field that the operation needs: `[-]digits`, else `invalid-number`. */
export const neededInteger = (source: Source, name: string): Read<number> => {
  const text = neededText(source, name);
  if (E.isLeft(text)) return text;
  return isWhole(text.right) ? E.right(Number(text.right)) : E.left(notInteger(name, text.right));
};

/** Parses the JSON in a field that the operation needs; else `bad-json`. */
export const neededJson = <J>(source: Source, name: string, parse: (text: string) => Option<J>): Read<J> => {
  const text = neededText(source, name);
  return E.isLeft(text) ? text : E.fromOption((): UserError => badJson(name))(parse(text.right));
};

/** A named table, and what the host knows of it. */
export interface NamedTable extends UploadTable {
  readonly name: string;
}

/** Returns the table of a name, if the client may use it. */
export const namedTable = ({ tables, client }: Source, name: string): Read<NamedTable> =>
  E.map(({ columns, minClientVersion }: UploadTable) => ({ name, columns, minClientVersion }))(
    usableTable(tables, client, name),
  );

/** Returns the table that the field `table` names. */
export const readTable: Reader<NamedTable> = (source) => {
  const name = neededText(source, 'table');
  return E.isLeft(name) ? name : namedTable(source, name.right);
};

/** Checks that a name is that of a table's primary key, which is always `id`. */
export const checkPrimaryKey = ({ name, columns }: NamedTable, primaryKey: string): Read<string> => {
  const column = checkColumn(name, columns)(primaryKey);
  return E.isLeft(column) || column.right === 'id' ? column : E.left(wrongPrimaryKey(name));
};

/** Checks that the field `pkname` names a table's primary key. */
export const readPrimaryKey = (source: Source, table: NamedTable): Read<string> => {
  const name = neededText(source, 'pkname');
  return E.isLeft(name) ? name : checkPrimaryKey(table, name.right);
};

/** Returns the table that the field `table` names, if `pkname` names its primary key. */
export const readTableAndKey: Reader<NamedTable> = (source) =>
  E.chainFirst((table: NamedTable) => readPrimaryKey(source, table))(readTable(source));

/** Returns the columns that the field `fields` names, in their order: each one of the table's (`checkColumn`), none twice. */
export const readColumns = (source: Source, { name, columns }: NamedTable): Read<readonly string[]> => {
  const list = neededText(source, 'fields');
  if (E.isLeft(list)) return list;
  const check = checkColumn(name, columns);
  const read = new Set<string>();
  // At most `columns.size` names can be valid and distinct, so one more always contains a refusal.
  for (const piece of list.right.split(',', columns.size + 1)) {
    const column = check(trimmed(piece));
    if (E.isLeft(column)) return column;
    if (read.has(column.right)) return E.left(duplicateColumn(name, column.right));
    read.add(column.right);
  }
  return E.right([...read]);
};
