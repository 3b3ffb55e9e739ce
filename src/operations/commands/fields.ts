/** What several readers have in common: fields by name; tables and columns; the keys, dates and marks of records. */
import * as E from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { duplicateField, invalidField, missingField } from '../../refusals/form.js';
import { missingColumn, notInteger } from '../../refusals/uploads.js';
import type { Fields } from '../../tablet-form.js';
import { textRule } from '../../tablet-request.js';
import type { UserError } from '../../user-error.js';
import { checkColumn, usableTable, type NamedTable, type UploadTables } from '../tables.js';
import { valueIn, type Row, type TableChange, type UploadedRecord } from '../uploads/upload-step.js';
import { readLiteral, type LiteralReader } from '../wire/sql-literals.js';
import { instantOf, isJsonList, isWhole, trimmed, type Value } from '../wire/values.js';

/** The value that was read, or the first refusal. */
export type Read<A> = E.Either<UserError, A>;

/** The source of a command. */
export interface Source {
  readonly tables: UploadTables;
  readonly client: HasClientVersion;
  /** Each field's text, or why it cannot be used. */
  readonly fields: ReadonlyMap<string, Read<string>>;
}

/** Reads one operation's command. */
export type Reader<C> = (source: Source) => Read<C>;

/** Refuses, unless what was read is as it must be. */
export const ensure = (isRight: boolean, refusal: UserError): Read<void> =>
  isRight ? E.right(undefined) : E.left(refusal);

// Fields

/** Reads all fields in one pass. Fields that cannot be read (a getter that throws) count as not sent. */
export const readFields = (fields: Fields): Source['fields'] => {
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

/** Reads the text of a field that the operation needs. */
export const needed = <A>(source: Source, name: string, read: (text: string) => Read<A>): Read<A> =>
  E.chain(read)(neededText(source, name));

/** Returns the whole number in a field that the operation needs: `[-]digits`, else `invalid-number`. */
export const neededInteger = (source: Source, name: string): Read<number> =>
  needed(source, name, (text) => (isWhole(text) ? E.right(Number(text)) : E.left(notInteger(name, text))));

/** Parses the JSON in a field that the operation needs; else `bad-json`. */
export const neededJson = <J>(source: Source, name: string, parse: (text: string) => Option<J>): Read<J> =>
  needed(source, name, (text) => E.fromOption((): UserError => ({ code: 'bad-json', field: name }))(parse(text)));

// Tables and columns

/** Returns the table that the field `table` names. */
export const readTable: Reader<NamedTable> = (source) =>
  needed(source, 'table', (name) => usableTable(source.tables, source.client, name));

/** Checks that a name is that of a table's primary key, which is always `id`. */
export const checkPrimaryKey = (table: NamedTable, primaryKey: string): Read<string> => {
  const column = checkColumn(table)(primaryKey);
  return E.isLeft(column) || column.right === 'id' ? column : E.left({ code: 'wrong-primary-key', table: table.name });
};

/** Checks that the field `pkname` names a table's primary key. */
export const readPrimaryKey = (source: Source, table: NamedTable): Read<string> =>
  needed(source, 'pkname', (name) => checkPrimaryKey(table, name));

/** Returns the table that the field `table` names, if `pkname` names its primary key. */
export const readTableAndKey: Reader<NamedTable> = (source) =>
  E.chainFirst((table: NamedTable) => readPrimaryKey(source, table))(readTable(source));

/** Returns the columns that the field `fields` names, in their order: each one of the table's (`checkColumn`), none twice. */
export const readColumns = (source: Source, table: NamedTable): Read<readonly string[]> => {
  const list = neededText(source, 'fields');
  if (E.isLeft(list)) return list;
  const check = checkColumn(table);
  const read = new Set<string>();
  // At most `columns.size` names can be valid and distinct, so one more always contains a refusal.
  for (const piece of list.right.split(',', table.columns.size + 1)) {
    const column = check(trimmed(piece));
    if (E.isLeft(column)) return column;
    if (read.has(column.right)) return E.left({ code: 'duplicate-column', table: table.name, column: column.right });
    read.add(column.right);
  }
  return E.right([...read]);
};

// Records

/** The most keys, records or patients in one request. More would keep all other clients waiting. */
export const maxListed = 200_000;

const notKey = E.left(`must be a whole number from 0 to ${String(Number.MAX_SAFE_INTEGER)}`);

/** Reads a client's key, which is written in digits alone. */
export const readKey: LiteralReader<number> = (text, from, to) => {
  const key = readLiteral(text, from, to);
  if (E.isLeft(key)) return key;
  // Larger whole numbers are bigints.
  return typeof key.right === 'number' && /^[0-9]+$/.test(trimmed(text, from, to)) ? E.right(key.right) : notKey;
};

/** Returns the date in a value, if the value is an instant in ISO 8601. */
export const dateOf = (value: Value): Option<string> =>
  typeof value === 'string' && instantOf(value) !== undefined ? some(value) : none;

/** Returns whether a mark is set. True are all numbers except 0, and all texts and bytes except empty ones. NULL is false. */
export const isTrue = (value: Value): boolean => {
  if (value === null) return false;
  return typeof value === 'string' || typeof value === 'object' ? value.length > 0 : value !== 0;
};

/** Checks that columns are those of a record: `missing-column` if one is missing that every record must have. */
export const checkNeeded = (columns: readonly string[]): Read<readonly string[]> => {
  const missing = ['id', 'when_last_modified', '_move_off_tablet'].find((column) => !columns.includes(column));
  return missing === undefined ? E.right(columns) : E.left(missingColumn(missing));
};

/** Makes the refusal of a value in a record, which is counted from 0. */
export type Refuse = (record: number, column: string, rule: string) => UserError;

/** Adds a record to those that were read before, unless one of them has its key. Returns whether it did. */
export const addRecord = (records: Map<number, UploadedRecord>, row: Row): boolean => {
  const key = Number(valueIn('id', row));
  if (records.has(key)) return false;
  const whenLastModified = dateOf(valueIn('when_last_modified', row));
  records.set(key, { key, whenLastModified, moveOffTablet: isTrue(valueIn('_move_off_tablet', row)), row });
  return true;
};

/** The rule of a key that `addRecord` did not add. */
export const ownKeyRule = 'must not be that of another record';

/** Returns a change without the stored records to finalize, which are decided later. */
export const changeOf = (
  table: string,
  records: readonly UploadedRecord[],
  keep: TableChange['keep'] = 'sent',
): TableChange => ({ table, records, keep, finalize: new Set() });
