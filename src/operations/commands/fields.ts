/** The fields of a form, read in one pass by name, and the tables, columns and keys that several operations name in them. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
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

/** Each field's text, or why it cannot be used. */
export type ReadFields = ReadonlyMap<string, E.Either<UserError, string>>;

/** What a command is read from. */
export interface Source {
  readonly tables: UploadTables;
  readonly client: HasClientVersion;
  readonly fields: ReadFields;
}

/** Reads one operation's command. */
export type Reader<C> = (source: Source) => E.Either<UserError, C>;

/** Reads all fields. If they cannot be read (a getter that throws), nothing counts as sent. */
export const readFields = (fields: Fields): ReadFields => {
  const read = new Map<string, E.Either<UserError, string>>();
  try {
    const pairs: Iterable<unknown> = Symbol.iterator in fields ? fields : Object.entries(fields);
    for (const pair of pairs) {
      if (!isJsonList(pair)) continue;
      const name = pair[0];
      if (typeof name !== 'string') continue;
      const text = typeof pair[1] === 'string' ? E.right(pair[1]) : E.left(invalidField(name, textRule));
      read.set(name, read.has(name) ? E.left(duplicateField(name)) : text);
    }
    return read;
  } catch {
    return new Map();
  }
};

const blank = E.right('');

/** Returns the text of a field; an empty one if the field was not sent. */
export const textOf = ({ fields }: Source, name: string): E.Either<UserError, string> => fields.get(name) ?? blank;

/** Returns the text of a field that the operation needs. A blank field counts as absent: `missing-field`. */
export const neededText = (source: Source, name: string): E.Either<UserError, string> => {
  const text = textOf(source, name);
  return E.isLeft(text) || text.right !== '' ? text : E.left(missingField(name));
};

/** Returns the whole number in a field that the operation needs: `[-]digits`, else `invalid-number`. */
export const neededInteger = (source: Source, name: string): E.Either<UserError, number> =>
  pipe(
    neededText(source, name),
    E.filterOrElse(isWhole, (text): UserError => notInteger(name, text)),
    E.map(Number),
  );

/** Returns what a field in JSON that the operation needs says, by a parser; else `bad-json`. */
export const neededJson = <J>(
  source: Source,
  name: string,
  parse: (text: string) => Option<J>,
): E.Either<UserError, J> =>
  pipe(
    neededText(source, name),
    E.chain((text) =>
      pipe(
        parse(text),
        E.fromOption((): UserError => badJson(name)),
      ),
    ),
  );

/** A table that was named, and what the host knows of it. */
export interface NamedTable extends UploadTable {
  readonly name: string;
}

/** Returns the table of a name, if the client may use it. */
export const namedTable = ({ tables, client }: Source, name: string): E.Either<UserError, NamedTable> =>
  E.map(({ columns, minClientVersion }: UploadTable) => ({ name, columns, minClientVersion }))(
    usableTable(tables, client, name),
  );

/** Returns the table that the field `table` names. */
export const readTable: Reader<NamedTable> = (source) =>
  pipe(
    neededText(source, 'table'),
    E.chain((name) => namedTable(source, name)),
  );

/** Checks that a name is that of a table's primary key, which is always `id`. */
export const checkPrimaryKey =
  ({ name, columns }: NamedTable) =>
  (primaryKey: string): E.Either<UserError, string> =>
    pipe(
      checkColumn(name, columns)(primaryKey),
      E.filterOrElse(
        (column) => column === 'id',
        (): UserError => wrongPrimaryKey(name),
      ),
    );

/** Checks that the field `pkname` names a table's primary key. */
export const readPrimaryKey = (source: Source, table: NamedTable): E.Either<UserError, string> =>
  pipe(neededText(source, 'pkname'), E.chain(checkPrimaryKey(table)));

/** Returns the table that the field `table` names, if `pkname` names its primary key. */
export const readTableAndKey: Reader<NamedTable> = (source) =>
  pipe(
    readTable(source),
    E.chainFirst((table) => readPrimaryKey(source, table)),
  );

/** Returns the columns that the field `fields` names, in their order: each one of the table's (`checkColumn`), none twice. */
export const readColumns = (source: Source, { name, columns }: NamedTable): E.Either<UserError, readonly string[]> => {
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
