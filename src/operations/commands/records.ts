/** Records: their keys, dates and marks, and how many there may be; the ID numbers within old clients' patients. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, toNullable, type Option } from 'fp-ts/lib/Option.js';

import { copeWithOldIdNums, type HasClientVersion } from '../../client-quirks.js';
import { missingColumn } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { cell, type Row } from '../uploads/row.js';
import type { TableChange, UploadedRecord } from '../uploads/upload-step.js';
import { instantOf, trimmed, type Value } from '../wire/values.js';
import { readLiteral, type LiteralReader } from '../wire/sql-literals.js';
import type { RecordsCommand } from './commands.js';
import type { NamedTable } from './fields.js';

/** The most keys, records or patients in one request. More would keep all other clients waiting. */
export const maxListed = 200_000;

const notKey = left(`must be a whole number from 0 to ${String(Number.MAX_SAFE_INTEGER)}`);

/** Reads a client's key, which is written in digits alone. */
export const readKey: LiteralReader<number> = (text, from, to) => {
  const key = readLiteral(text, from, to);
  if (key._tag === 'Left') return key;
  if (typeof key.right !== 'number' || !Number.isSafeInteger(key.right)) return notKey;
  return /^[0-9]+$/.test(trimmed(text, from, to)) ? right(key.right) : notKey;
};

/** Returns the date in a value, if the value is an instant in ISO 8601. */
export const dateOf = (value: Value | undefined): Option<string> =>
  typeof value === 'string' && instantOf(value) !== undefined ? some(value) : none;

/** Returns whether a mark is set. True are all numbers except 0, and all texts and bytes except empty ones. NULL is false. */
export const isTrue = (value: Value | undefined): boolean => {
  if (value === null || value === undefined) return false;
  return typeof value === 'string' || typeof value === 'object' ? value.length > 0 : value !== 0;
};

/** The columns that every record must have. */
const needed = ['id', 'when_last_modified', '_move_off_tablet'];

/** The columns that records share, and the places of the obligatory ones. */
export interface Layout {
  readonly columns: readonly string[];
  readonly key: number;
  readonly date: number;
  readonly mark: number;
}

/** Returns the layout of records with these columns; `missing-column` if they lack one that every record must have. */
export const layoutOf = (columns: readonly string[]): Either<UserError, Layout> => {
  const missing = needed.find((column) => !columns.includes(column));
  if (missing !== undefined) return left(missingColumn(missing));
  const [key = 0, date = 0, mark = 0] = needed.map((column) => columns.indexOf(column));
  return right({ columns, key, date, mark });
};

/** Makes the refusal of a value in a record, which is counted from 0. */
export type Refuse = (record: number, column: string, rule: string) => UserError;

/** The records of one table in one request, while they are read. */
export interface RecordList {
  readonly records: readonly UploadedRecord[];
  /** Adds a record, unless another has its key. */
  readonly add: (layout: Layout, values: readonly Value[]) => Either<UserError, void>;
}

const added: Either<UserError, void> = right(undefined);

/** Returns an empty list. */
export const recordList = (refuse: Refuse): RecordList => {
  const records: UploadedRecord[] = [];
  const keys = new Set<number>();
  const add: RecordList['add'] = (layout, values) => {
    const key = Number(values[layout.key]);
    if (keys.has(key)) return left(refuse(records.length, 'id', 'must not be that of another record'));
    keys.add(key);
    records.push({
      key,
      whenLastModified: dateOf(values[layout.date]),
      moveOffTablet: isTrue(values[layout.mark]),
      row: { columns: layout.columns, values },
    });
    return added;
  };
  return { records, add };
};

const noKeys: ReadonlySet<number> = new Set();

/** Returns a change without the stored records to finalize, which are decided later. */
export const changeOf = (
  table: string,
  records: readonly UploadedRecord[],
  keep: TableChange['keep'] = 'sent',
): TableChange => ({ table, records, keep, finalize: noKeys });

// ID numbers within the table `patient`

const whiches = [1, 2, 3, 4, 5, 6, 7, 8];
const oldColumns: ReadonlySet<string> = new Set(
  ['idnum', 'iddesc', 'idshortdesc'].flatMap((name) => whiches.map((which) => `${name}${String(which)}`)),
);

/** Returns whether this is the table `patient` of a client below 2.0.1, whose columns hold ID numbers. */
export const isOldPatient = (client: HasClientVersion, table: string): boolean =>
  table === 'patient' && copeWithOldIdNums(client);

/** Adds the columns that such a table had: `idnumN`, `iddescN` and `idshortdescN`, where N is 1 to 8. */
export const withOldColumns = (table: NamedTable): NamedTable => ({
  ...table,
  columns: new Set([...table.columns.keys(), ...oldColumns]),
});

/** The greatest key of a patient whose ID numbers still get keys that a JavaScript number can hold. */
const maxPatient = Math.floor((Number.MAX_SAFE_INTEGER - 8) / 8);
const patientRule = `of a patient with ID numbers must be at most ${String(maxPatient)}`;

const idNumberColumns = ['id', 'patient_id', 'which_idnum', 'idnum_value', 'when_last_modified', '_move_off_tablet'];

const valueOf = (row: Row, column: string): Value => toNullable(cell(column)(row));

const idNumbersOf = (patient: UploadedRecord): readonly UploadedRecord[] =>
  whiches.flatMap((which) => {
    const value = valueOf(patient.row, `idnum${String(which)}`);
    if (value === null) return [];
    const key = patient.key * 8 + which;
    const dateAndMark = idNumberColumns.slice(-2).map((column) => valueOf(patient.row, column));
    return [
      { ...patient, key, row: { columns: idNumberColumns, values: [key, patient.key, which, value, ...dateAndMark] } },
    ];
  });

/**
 * Returns two changes: the patients without their old columns, and the rows of `patient_idnum`, which replace all that the device
 * had. An ID number that is NULL has no row; descriptions of ID numbers are dropped. `refuse` makes the refusal of a record's key.
 */
export const separated = (patients: readonly UploadedRecord[], refuse: Refuse): Either<UserError, RecordsCommand> => {
  const idNumbers: UploadedRecord[] = [];
  const withoutThem: UploadedRecord[] = [];
  // All patients have the same columns.
  const columns = (patients[0]?.row.columns ?? []).filter((column) => !oldColumns.has(column));
  for (const patient of patients) {
    const own = idNumbersOf(patient);
    if (own.length > 0 && patient.key > maxPatient) return left(refuse(withoutThem.length, 'id', patientRule));
    idNumbers.push(...own);
    withoutThem.push({ ...patient, row: { columns, values: columns.map((column) => valueOf(patient.row, column)) } });
  }
  return right({ changes: [changeOf('patient', withoutThem), changeOf('patient_idnum', idNumbers)] });
};
