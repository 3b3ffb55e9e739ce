/** Uploads of records: one field each in `upload_table` and `upload_record`, JSON in `upload_entire_database`, none in `upload_empty_tables`. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import { copeWithOldIdNums, explicitPkNameForUploadTable, type HasClientVersion } from '../../client-quirks.js';
import { countMismatch, hasNameForm, invalidValue, missingColumn, tooMany, wrongJson } from '../../refusals/uploads.js';
import type { UserError } from '../../user-error.js';
import { checkColumn, usableTable, type NamedTable, type UploadTables } from '../tables.js';
import { valueIn, type TableChange, type UploadedRecord } from '../uploads/upload-step.js';
import { literalEnd, readLiteral, readLiterals, type LiteralReader } from '../wire/sql-literals.js';
import { isJsonList, isJsonObject, parseJson, trimmed, type JsonObject, type Value } from '../wire/values.js';
import type { ChangesCommand, Commands, RecordsCommand } from './commands.js';
import * as F from './fields.js';

// Records

/** The columns that records share, and the places of those that every record must have. */
interface Layout {
  readonly columns: readonly string[];
  readonly key: number;
  readonly date: number;
  readonly mark: number;
}

/** Returns the layout of records with these columns; `missing-column` if they lack one that every record must have. */
const layoutOf = (columns: readonly string[]): F.Read<Layout> => {
  const needed = ['id', 'when_last_modified', '_move_off_tablet'];
  const missing = needed.find((column) => !columns.includes(column));
  if (missing !== undefined) return E.left(missingColumn(missing));
  const [key = 0, date = 0, mark = 0] = needed.map((column) => columns.indexOf(column));
  return E.right({ columns, key, date, mark });
};

/** Makes the refusal of a value in a record, which is counted from 0. */
type Refuse = (record: number, column: string, rule: string) => UserError;

/** Adds a record to those that were read before, unless one of them has its key. Returns whether it did. */
const addRecord = (records: Map<number, UploadedRecord>, layout: Layout, values: readonly Value[]): boolean => {
  const key = Number(values[layout.key]);
  if (records.has(key)) return false;
  const whenLastModified = F.dateOf(values[layout.date]);
  const moveOffTablet = F.isTrue(values[layout.mark] ?? null);
  records.set(key, { key, whenLastModified, moveOffTablet, row: { columns: layout.columns, values } });
  return true;
};

/** The rule of a key that `addRecord` did not add. */
const ownKeyRule = 'must not be that of another record';

// Records, one field each

type FieldOf = (record: number) => string;

const refuseIn =
  (fieldOf: FieldOf): Refuse =>
  (record, column, rule) =>
    invalidValue(fieldOf(record), `column ${column}`, rule);

/** Reads records, whose values stand in the order of the columns. `mismatch` is the refusal of one with too many or too few values. */
const readRecords = (
  source: F.Source,
  columns: readonly string[],
  count: number,
  fieldOf: FieldOf,
  mismatch: (record: number, values: number) => UserError,
): F.Read<readonly UploadedRecord[]> => {
  const refuse = refuseIn(fieldOf);
  const records = new Map<number, UploadedRecord>();
  const keyAt = columns.indexOf('id');
  const readerOf = (at: number): LiteralReader<Value> => (at === keyAt ? F.readKey : readLiteral);
  const layout = layoutOf(columns);
  for (let record = 0; record < count; record += 1) {
    const text = F.neededText(source, fieldOf(record));
    if (E.isLeft(text)) return text;
    const list = readLiterals(text.right, columns.length, readerOf);
    if (E.isLeft(list)) return E.left(refuse(record, String(columns[list.left.index]), list.left.rule));
    if (list.right.count !== columns.length) return E.left(mismatch(record, list.right.count));
    if (E.isLeft(layout)) return layout;
    const isAdded = addRecord(records, layout.right, list.right.values);
    if (!isAdded) return E.left(refuse(record, 'id', ownKeyRule));
  }
  return E.right([...records.values()]);
};

/** Reads the command of `upload_record`: one record, beside those stored. */
export const readUploadRecord: F.Reader<RecordsCommand> = (source) =>
  pipe(
    F.readTableAndKey(source),
    E.bindTo('table'),
    E.bind('columns', ({ table }) => F.readColumns(source, table)),
    E.bind('records', ({ columns }) => {
      const mismatch = (_: number, values: number) => countMismatch('fields', columns.length, 'values', values);
      return readRecords(source, columns, 1, () => 'values', mismatch);
    }),
    E.map(({ table, records }) => ({ changes: [F.changeOf(table.name, records, 'all')] })),
  );

// ID numbers within the table `patient` of a client below 2.0.1

const whiches = [1, 2, 3, 4, 5, 6, 7, 8];
const oldColumns: ReadonlySet<string> = new Set(
  ['idnum', 'iddesc', 'idshortdesc'].flatMap((name) => whiches.map((which) => `${name}${String(which)}`)),
);

/** The greatest key of a patient whose ID numbers still get keys that a JavaScript number can hold. */
const maxPatient = Math.floor((Number.MAX_SAFE_INTEGER - 8) / 8);
const patientRule = `of a patient with ID numbers must be at most ${String(maxPatient)}`;

const idNumberColumns = ['id', 'patient_id', 'which_idnum', 'idnum_value', 'when_last_modified', '_move_off_tablet'];

const idNumbersOf = (patient: UploadedRecord): readonly UploadedRecord[] =>
  whiches.flatMap((which) => {
    const value = valueIn(`idnum${String(which)}`, patient.row);
    if (value === null) return [];
    const key = patient.key * 8 + which;
    const dateAndMark = idNumberColumns.slice(-2).map((column) => valueIn(column, patient.row));
    const values = [key, patient.key, which, value, ...dateAndMark];
    return [{ ...patient, key, row: { columns: idNumberColumns, values } }];
  });

/**
 * Returns two changes: the patients without their old columns, and the rows of `patient_idnum`, which replace all that the device
 * had. An ID number that is NULL has no row; descriptions of ID numbers are dropped.
 */
const separated = (patients: readonly UploadedRecord[], refuse: Refuse): F.Read<RecordsCommand> => {
  const beyond = patients.findIndex((patient) => patient.key > maxPatient && idNumbersOf(patient).length > 0);
  if (beyond >= 0) return E.left(refuse(beyond, 'id', patientRule));
  // All patients have the same columns.
  const columns = (patients[0]?.row.columns ?? []).filter((column) => !oldColumns.has(column));
  const withoutThem = patients.map(({ row, ...patient }) => {
    return { ...patient, row: { columns, values: columns.map((column) => valueIn(column, row)) } };
  });
  const idNumbers = patients.flatMap(idNumbersOf);
  return E.right({ changes: [F.changeOf('patient', withoutThem), F.changeOf('patient_idnum', idNumbers)] });
};

// Whole tables

/** Checks what no record shows: clients from 2.0.4 name their primary key, and a table without records must have `id` too. */
const checkKey = (source: F.Source, table: NamedTable, columns: readonly string[], count: number): F.Read<string> => {
  const key = explicitPkNameForUploadTable(source.client) ? F.readPrimaryKey(source, table) : E.right('id');
  return E.isLeft(key) || count > 0 || columns.includes(key.right) ? key : E.left(missingColumn(key.right));
};

const recordField: FieldOf = (record) => `record${String(record)}`;

/**
 * Reads the command of `upload_table`: all records of a table, which replace those stored. The table `patient` of a client below 2.0.1 also
 * has the columns `idnumN`, `iddescN` and `idshortdescN`, where N is 1 to 8; its ID numbers are a second change.
 */
export const readUploadTable: F.Reader<RecordsCommand> = (source) =>
  pipe(
    F.readTable(source),
    E.bindTo('table'),
    E.bind('isOld', ({ table }) => E.right(table.name === 'patient' && copeWithOldIdNums(source.client))),
    E.bind('columns', ({ table, isOld }) => {
      const columns = new Set([...table.columns.keys(), ...oldColumns]);
      return F.readColumns(source, isOld ? { name: table.name, columns } : table);
    }),
    E.bind('count', () => F.neededInteger(source, 'nrecords')),
    E.chainFirst(({ count }) =>
      F.ensure(count >= 0, { code: 'negative-number', field: 'nrecords', value: String(count) }),
    ),
    E.chainFirst(({ count }) => F.ensure(count <= F.maxListed, tooMany('nrecords', 'records', F.maxListed))),
    E.chainFirst(({ table, columns, count }) => checkKey(source, table, columns, count)),
    E.bind('records', ({ columns, count }) =>
      readRecords(source, columns, count, recordField, (record, values) =>
        countMismatch('fields in field list', columns.length, `values in record ${String(record)}`, values),
      ),
    ),
    E.chain(({ table, isOld, records }) =>
      isOld ? separated(records, refuseIn(recordField)) : E.right({ changes: [F.changeOf(table.name, records)] }),
    ),
  );

/** Reads the command of `upload_empty_tables`: each table once. The ID numbers of clients below 2.0.1 go with their patients. */
export const readUploadEmptyTables: F.Reader<ChangesCommand> = (source) => {
  const list = F.neededText(source, 'tables');
  if (E.isLeft(list)) return list;
  const names = new Set<string>();
  for (let from = 0; from <= list.right.length;) {
    const comma = list.right.indexOf(',', from);
    const to = comma < 0 ? list.right.length : comma;
    const name = trimmed(list.right, from, to);
    from = to + 1;
    if (names.has(name)) continue;
    const table = usableTable(source.tables, source.client, name);
    if (E.isLeft(table)) return table;
    names.add(name);
  }
  if (names.has('patient') && copeWithOldIdNums(source.client)) names.add('patient_idnum');
  return E.right({ changes: Array.from(names, (name) => F.changeOf(name, [])) });
};

// All tables at once: JSON, in which each member of a record is one SQL literal

const notCell = E.left('must be a string that holds one SQL literal');

const readCell = (isKey: boolean, cell: unknown): E.Either<string, Value> => {
  if (typeof cell !== 'string') return notCell;
  const value = (isKey ? F.readKey : readLiteral)(cell, 0, cell.length);
  return E.isLeft(value) && literalEnd(cell, 0) < cell.length ? notCell : value;
};

/** Checks a record's columns, which are mostly those of the record before. */
const layoutAfter = (table: NamedTable, before: Layout | undefined, columns: readonly string[]): F.Read<Layout> => {
  const isSame =
    before?.columns.length === columns.length && columns.every((column, at) => column === before.columns[at]);
  return isSame ? E.right(before) : E.chain(layoutOf)(E.traverseArray(checkColumn(table))(columns));
};

/** Reads the records of a table. */
const readRows = (table: NamedTable, rows: readonly unknown[]): F.Read<readonly UploadedRecord[]> => {
  const inRecord = (record: number): string => `table ${table.name}, record ${String(record)}`;
  const refuse: Refuse = (record, column, rule) =>
    invalidValue('dbdata', `${inRecord(record)}, column ${column}`, rule);
  const records = new Map<number, UploadedRecord>();
  let layout: Layout | undefined;
  for (const row of rows) {
    if (!isJsonObject(row)) return E.left(invalidValue('dbdata', inRecord(records.size), 'must be an object'));
    const next = layoutAfter(table, layout, Object.keys(row));
    if (E.isLeft(next)) return next;
    layout = next.right;
    const { columns } = layout;
    const cells = Object.values(row);
    const values = new Array<Value>(columns.length);
    for (let at = 0; at < values.length; at += 1) {
      const value = readCell(at === layout.key, cells[at]);
      if (E.isLeft(value)) return E.left(refuse(records.size, String(columns[at]), value.left));
      values[at] = value.right;
    }
    if (!addRecord(records, layout, values)) return E.left(refuse(records.size, 'id', ownKeyRule));
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
