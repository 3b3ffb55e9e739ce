/** `upload_table`, `upload_record` and `upload_empty_tables` of CamCOPS's client API; the ID numbers within old clients' patients. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import { copeWithOldIdNums, explicitPkNameForUploadTable } from '../../client-quirks.js';
import { countMismatch, invalidValue, missingColumn, tooMany } from '../../refusals/uploads.js';
import type { UserError } from '../../user-error.js';
import { usableTable, type NamedTable } from '../tables.js';
import { valueIn, type UploadedRecord } from '../uploads/upload-step.js';
import { readLiteral, readLiterals, type LiteralReader } from '../wire/sql-literals.js';
import { trimmed, type Value } from '../wire/values.js';
import type { ChangesCommand, RecordsCommand } from './commands.js';
import * as F from './fields.js';

// Records, one field each

type FieldOf = (record: number) => string;

const refuseIn =
  (fieldOf: FieldOf): F.Refuse =>
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
  const checked = F.checkNeeded(columns);
  for (let record = 0; record < count; record += 1) {
    const text = F.neededText(source, fieldOf(record));
    if (E.isLeft(text)) return text;
    const list = readLiterals(text.right, columns.length, readerOf);
    if (E.isLeft(list)) return E.left(refuse(record, String(columns[list.left.index]), list.left.rule));
    if (list.right.count !== columns.length) return E.left(mismatch(record, list.right.count));
    if (E.isLeft(checked)) return checked;
    const isAdded = F.addRecord(records, { columns, values: list.right.values });
    if (!isAdded) return E.left(refuse(record, 'id', F.ownKeyRule));
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
const separated = (patients: readonly UploadedRecord[], refuse: F.Refuse): F.Read<RecordsCommand> => {
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
