/** `upload_entire_database` of CamCOPS's client API: tables in JSON, whose records are objects; each member is one SQL literal. */
import {
  bind,
  bindTo,
  chain,
  chainFirst,
  filterOrElse,
  isLeft,
  left,
  map,
  right,
  type Either,
} from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import { invalidValue, tableNamesDiffer, tooMany, wrongJson } from '../../refusals/records.js';
import { hasNameForm } from '../../refusals/table-names.js';
import { missingPrimaryKey } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { checkColumn } from '../tables.js';
import type { TableChange, UploadedRecord } from '../uploads/upload-step.js';
import { isJsonList, isJsonObject, parseJson, type JsonObject } from '../wire/json.js';
import { literalEnd, readLiteral } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import type { Commands } from './commands.js';
import {
  checkPrimaryKey,
  namedTable,
  neededInteger,
  neededJson,
  type NamedTable,
  type Reader,
  type Source,
} from './fields.js';
import { changeOf, layoutOf, maxListed, readKey, recordList, type Layout, type Refuse } from './records.js';

const notCell = left('must be a string that holds one SQL literal');

const readCell = (isKey: boolean, cell: unknown): Either<string, Value> => {
  if (typeof cell !== 'string') return notCell;
  const value = (isKey ? readKey : readLiteral)(cell, 0, cell.length);
  return isLeft(value) && literalEnd(cell, 0) < cell.length ? notCell : value;
};

/** Whether two lists of columns are the same, in the same order. */
const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((column, at) => column === other[at]);

/** Checks a record's columns: those of the record before it, mostly. */
const layoutAfter = (
  table: NamedTable,
  before: Layout | undefined,
  columns: readonly string[],
): Either<UserError, Layout> => {
  if (before !== undefined && areSame(before.columns, columns)) return right(before);
  const check = checkColumn(table.name, table.columns);
  for (const column of columns) {
    const checked = check(column);
    if (isLeft(checked)) return checked;
  }
  return layoutOf(columns);
};

/** Reads the records of a table. */
const readRows = (table: NamedTable, rows: readonly unknown[]): Either<UserError, readonly UploadedRecord[]> => {
  const inRecord = (record: number): string => `table ${table.name}, record ${String(record)}`;
  const refuse: Refuse = (record, column, rule) =>
    invalidValue('dbdata', `${inRecord(record)}, column ${column}`, rule);
  const { records, add } = recordList(refuse);
  let layout: Layout | undefined;
  for (const row of rows) {
    if (!isJsonObject(row)) return left(invalidValue('dbdata', inRecord(records.length), 'must be an object'));
    const next = layoutAfter(table, layout, Object.keys(row));
    if (isLeft(next)) return next;
    layout = next.right;
    const { columns } = layout;
    const cells = Object.values(row);
    const values = new Array<Value>(columns.length);
    for (let at = 0; at < values.length; at += 1) {
      const value = readCell(at === layout.key, cells[at]);
      if (isLeft(value)) return left(refuse(records.length, String(columns[at]), value.left));
      values[at] = value.right;
    }
    const added = add(layout, values);
    if (isLeft(added)) return added;
  }
  return right(records);
};

const place = (table: string): string => (hasNameForm(table) ? `table ${table}` : 'a table');

/** Checks the name of a table's primary key in `pknameinfo`. Only a table with records needs one. */
const checkKeyName =
  (keyName: unknown) =>
  (table: NamedTable): Either<UserError, string> => {
    if (keyName === '') return left(missingPrimaryKey(table.name));
    if (typeof keyName === 'string') return checkPrimaryKey(table)(keyName);
    return left(invalidValue('pknameinfo', place(table.name), 'must be a string'));
  };

/** Reads all tables. A client names all that it has: one that the server does not take from it is ignored if it has no records. */
const readTables = (
  source: Source,
  data: JsonObject,
  keyNames: JsonObject,
): Either<UserError, readonly TableChange[]> => {
  const changes: TableChange[] = [];
  let count = 0;
  for (const name of Object.keys(data)) {
    const rows = data[name];
    if (!isJsonList(rows)) return left(invalidValue('dbdata', place(name), 'must be a list of records'));
    count += rows.length;
    if (count > maxListed) return left(tooMany('dbdata', 'records', maxListed));
    const table = namedTable(source, name);
    if (rows.length === 0 && isLeft(table)) continue;
    if (rows.length === 0) changes.push(changeOf(name, []));
    else {
      const records = pipe(
        table,
        chainFirst(checkKeyName(keyNames[name])),
        chain((known) => readRows(known, rows)),
      );
      if (isLeft(records)) return records;
      changes.push(changeOf(name, records.right));
    }
  }
  return right(changes);
};

const neededObject = (source: Source, field: string, title: string): Either<UserError, JsonObject> =>
  pipe(
    neededJson(source, field, parseJson),
    filterOrElse(isJsonObject, (): UserError => wrongJson(title, 'not a dict')),
  );

const haveSameNames = (data: JsonObject, keyNames: JsonObject): boolean => {
  const names = Object.keys(data);
  return names.length === Object.keys(keyNames).length && names.every((name) => Object.hasOwn(keyNames, name));
};

/**
 * Reads the command of `upload_entire_database`: all records of all tables, which replace those stored. Each table is checked as
 * `upload_table` checks it.
 */
export const readUploadEntireDatabase: Reader<Commands['upload_entire_database']> = (source) =>
  pipe(
    neededInteger(source, 'finalizing'),
    bindTo('finalizing'),
    bind('keyNames', () => neededObject(source, 'pknameinfo', 'PK name info')),
    bind('data', () => neededObject(source, 'dbdata', 'Database data')),
    filterOrElse(
      ({ data, keyNames }) => haveSameNames(data, keyNames),
      (): UserError => tableNamesDiffer,
    ),
    bind('changes', ({ data, keyNames }) => readTables(source, data, keyNames)),
    map(({ finalizing, changes }) => ({ finalizing: finalizing !== 0, changes })),
  );
