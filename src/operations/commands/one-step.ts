/** `upload_entire_database`: tables in JSON, whose records are objects; each member is a string that holds one SQL literal. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';

import { invalidValue, tableNamesDiffer, wrongJson } from '../../refusals/records.js';
import { hasNameForm } from '../../refusals/table-names.js';
import { duplicateColumn, missingPrimaryKey } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal } from '../tables.js';
import type { TableChange } from '../uploads/table-change.js';
import { readList, readObject, readScalar, readString, type Json, type Scalar } from '../wire/json.js';
import { literalEnd, literalValue } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import type { Commands } from './commands.js';
import {
  namedTable,
  neededInteger,
  primaryKeyRefusal,
  readJson,
  type NamedTable,
  type Reader,
  type Source,
} from './fields.js';
import { changeOf, recordList, valueIn, type Refuse } from './records.js';

const notCell = Symbol('must be a string that holds one SQL literal');

/** The value of the cell that was read, or what it must be. A list of literals is refused as its first one is, if that is broken. */
const cellValue = (column: string, { source, from, to }: Json): Value | symbol => {
  const value = valueIn(column)(source, from, to);
  // Stryker disable next-line ConditionalExpression: it only saves looking for the end.
  const end = typeof value === 'symbol' ? literalEnd(source, from, to) : to;
  if (end === to) return value;
  const first = literalValue(source, from, end);
  return typeof first === 'symbol' ? first : notCell;
};

const place = (table: string): string => (hasNameForm(table) ? `table ${table}` : 'a table');

/** Reads a field that must be an object with a member a table. `check` is asked about all their names before `visit` counts. */
const readTables = (
  source: Source,
  field: string,
  title: string,
  visit: (json: Json, table: string) => UserError | undefined,
  check: (tables: ReadonlySet<string>) => UserError | undefined = () => undefined,
): UserError | undefined =>
  readJson(source, field, (json) => {
    const names = new Set<string>();
    let refusal: UserError | undefined;
    const isObject = readObject(json, (name) => {
      if (names.size === names.add(name).size) refusal ??= invalidValue(field, place(name), 'must be sent once');
      const reason = visit(json, name);
      refusal ??= reason;
    });
    return isObject ? (check(names) ?? refusal) : wrongJson(title, 'not a dict');
  });

/** Reads records, each from the next object. Columns mostly have the same places in all. */
const recordReader = (json: Json, { name, columns }: NamedTable) => {
  const inRecord = (record: number): string => `table ${name}, record ${String(record)}`;
  const refuse: Refuse = (record, column, rule) =>
    invalidValue('dbdata', `${inRecord(record)}, column ${column}`, rule);
  const { records, add } = recordList(refuse);
  // Stryker disable next-line ArrayDeclaration: no column has the name that it holds then.
  const known: string[] = [];
  let values = new Map<string, Value>();
  let refusal: UserError | undefined;

  const cellRefusal = (column: string, index: number, isText: boolean): UserError | undefined => {
    // Stryker disable next-line ConditionalExpression: it only saves checking a column again.
    if (column !== known[index]) {
      const reason = columnRefusal(name, columns, column);
      if (reason !== undefined) return reason;
      known[index] = column;
    }
    const value = isText ? cellValue(column, json) : notCell;
    if (typeof value === 'symbol') return refuse(records.length, column, String(value.description));
    return values.set(column, value).size === index ? duplicateColumn(name, column) : undefined;
  };
  const readCell = (column: string, index: number): void => {
    const isText = readString(json);
    refusal ??= cellRefusal(column, index, isText);
  };
  const read = (): UserError | undefined => {
    values = new Map();
    const isObject = readObject(json, readCell, known);
    return refusal ?? (isObject ? add(values) : invalidValue('dbdata', inRecord(records.length), 'must be an object'));
  };
  return { records, read };
};

/** Reads the command of `upload_entire_database`. */
export const readUploadEntireDatabase: Reader<Commands['upload_entire_database']> = (source) => {
  const finalizing = neededInteger(source, 'finalizing');
  if (isLeft(finalizing)) return finalizing;
  const keyNames = new Map<string, Scalar>();
  const keyRefusal = readTables(source, 'pknameinfo', 'PK name info', (json, table) => {
    keyNames.set(table, readScalar(json));
    return undefined;
  });
  if (keyRefusal !== undefined) return left(keyRefusal);

  /** Why a table is refused, if it has records. A client names all its tables, whatever the server takes. */
  const tableRefusal = (table: NamedTable): UserError | undefined => {
    const keyName = keyNames.get(table.name);
    if (keyName === '') return missingPrimaryKey(table.name);
    if (typeof keyName === 'string') return primaryKeyRefusal(table, keyName);
    return invalidValue('pknameinfo', place(table.name), 'must be a string');
  };
  const changes: TableChange[] = [];
  const readTable = (json: Json, name: string): UserError | undefined => {
    const table = namedTable(source, name);
    const reason = isLeft(table) ? table.left : tableRefusal(table.right);
    const reader = isLeft(table) ? undefined : recordReader(json, table.right);
    let refusal: UserError | undefined;
    const isList = readList(json, () => {
      refusal ??= reason;
      // Stryker disable next-line OptionalChaining: a table without a reader has a reason; TypeScript needs it.
      if (refusal === undefined) refusal = reader?.read();
      else readScalar(json);
    });
    if (!isList) return invalidValue('dbdata', place(name), 'must be a list of records');
    if (reader !== undefined) changes.push(changeOf(name, reader.records));
    return refusal;
  };
  const refusal = readTables(source, 'dbdata', 'Database data', readTable, (names) =>
    names.size === keyNames.size && [...names].every((name) => keyNames.has(name)) ? undefined : tableNamesDiffer,
  );
  return refusal === undefined ? right({ finalizing: finalizing.right !== 0, changes }) : left(refusal);
};
