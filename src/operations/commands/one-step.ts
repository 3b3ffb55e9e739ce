/** `upload_entire_database` of CamCOPS's client API: tables in JSON, whose records are objects; each member is one SQL literal. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { hasNameForm, invalidValue, tooMany, wrongJson } from '../../refusals/uploads.js';
import type { UserError } from '../../user-error.js';
import { checkColumn, usableTable, type NamedTable, type UploadTables } from '../tables.js';
import type { TableChange, UploadedRecord } from '../uploads/upload-step.js';
import { literalEnd, readLiteral } from '../wire/sql-literals.js';
import { isJsonList, isJsonObject, parseJson, type JsonObject, type Value } from '../wire/values.js';
import type { Commands } from './commands.js';
import * as F from './fields.js';

const notCell = E.left('must be a string that holds one SQL literal');

const readCell = (isKey: boolean, cell: unknown): E.Either<string, Value> => {
  if (typeof cell !== 'string') return notCell;
  const value = (isKey ? F.readKey : readLiteral)(cell, 0, cell.length);
  return E.isLeft(value) && literalEnd(cell, 0) < cell.length ? notCell : value;
};

/** Reads the records of a table. */
const readRows = (table: NamedTable, rows: readonly unknown[]): F.Read<readonly UploadedRecord[]> => {
  const inRecord = (record: number): string => `table ${table.name}, record ${String(record)}`;
  const refuse: F.Refuse = (record, column, rule) =>
    invalidValue('dbdata', `${inRecord(record)}, column ${column}`, rule);
  const records = new Map<number, UploadedRecord>();
  let columns: readonly string[] = [];
  for (const row of rows) {
    if (!isJsonObject(row)) return E.left(invalidValue('dbdata', inRecord(records.size), 'must be an object'));
    const sent = Object.keys(row);
    // Most records have the columns of the record before, which have been checked.
    const areChecked =
      records.size > 0 && sent.length === columns.length && sent.every((name, at) => name === columns[at]);
    if (!areChecked) {
      const checked = E.chain(F.checkNeeded)(E.traverseArray(checkColumn(table))(sent));
      if (E.isLeft(checked)) return checked;
      columns = checked.right;
    }
    const keyAt = columns.indexOf('id');
    const cells = Object.values(row);
    const values = new Array<Value>(columns.length);
    for (let at = 0; at < values.length; at += 1) {
      const value = readCell(at === keyAt, cells[at]);
      if (E.isLeft(value)) return E.left(refuse(records.size, String(columns[at]), value.left));
      values[at] = value.right;
    }
    if (!F.addRecord(records, { columns, values })) return E.left(refuse(records.size, 'id', F.ownKeyRule));
  }
  return E.right([...records.values()]);
};

const place = (table: string): string => (hasNameForm(table) ? `table ${table}` : 'a table');

/** Checks the name of a table's primary key in `pknameinfo`. Only a table with records needs one. */
const checkKeyName = (table: NamedTable, keyName: unknown): F.Read<string> => {
  if (keyName === '') return E.left({ code: 'missing-primary-key', table: table.name });
  if (typeof keyName === 'string') return F.checkPrimaryKey(table, keyName);
  return E.left(invalidValue('pknameinfo', place(table.name), 'must be a string'));
};

/** Reads all tables. A client names every table that it has, so a table that the server does not take is ignored if it has no records. */
const readTables = (source: F.Source, data: JsonObject, keyNames: JsonObject): F.Read<readonly TableChange[]> => {
  const changes: TableChange[] = [];
  let count = 0;
  for (const name of Object.keys(data)) {
    const rows = data[name];
    if (!isJsonList(rows)) return E.left(invalidValue('dbdata', place(name), 'must be a list of records'));
    count += rows.length;
    if (count > F.maxListed) return E.left(tooMany('dbdata', 'records', F.maxListed));
    const table = usableTable(source.tables, source.client, name);
    if (rows.length === 0) {
      if (E.isRight(table)) changes.push(F.changeOf(name, []));
      continue;
    }
    if (E.isLeft(table)) return table;
    const key = checkKeyName(table.right, keyNames[name]);
    if (E.isLeft(key)) return key;
    const records = readRows(table.right, rows);
    if (E.isLeft(records)) return records;
    changes.push(F.changeOf(name, records.right));
  }
  return E.right(changes);
};

const neededObject = (source: F.Source, field: string, title: string): F.Read<JsonObject> =>
  E.filterOrElse(isJsonObject, (): UserError => wrongJson(title, 'not a dict'))(F.neededJson(source, field, parseJson));

const haveSameNames = (data: JsonObject, keyNames: JsonObject): boolean => {
  const names = Object.keys(data);
  return names.length === Object.keys(keyNames).length && names.every((name) => Object.hasOwn(keyNames, name));
};

/**
 * Reads the command of `upload_entire_database`: all records of all tables, which replace those stored. Each table is checked as
 * `upload_table` checks it.
 */
export const readUploadEntireDatabase: F.Reader<Commands['upload_entire_database']> = (source) =>
  pipe(
    F.neededInteger(source, 'finalizing'),
    E.bindTo('finalizing'),
    E.bind('keyNames', () => neededObject(source, 'pknameinfo', 'PK name info')),
    E.bind('data', () => neededObject(source, 'dbdata', 'Database data')),
    E.chainFirst(({ data, keyNames }) => F.ensure(haveSameNames(data, keyNames), { code: 'table-names-differ' })),
    E.bind('changes', ({ data, keyNames }) => readTables(source, data, keyNames)),
    E.map(({ finalizing, changes }) => ({ finalizing: finalizing !== 0, changes })),
  );

/** Returns the changes of the tables that a client did not send, but may use: they count as empty. */
export const absentTables = (tables: UploadTables, client: HasClientVersion, sent: readonly TableChange[]) => {
  const names = new Set(sent.map(({ table }) => table));
  return [...tables.keys()]
    .filter((table) => !names.has(table) && E.isRight(usableTable(tables, client, table)))
    .map((table) => F.changeOf(table, []));
};
