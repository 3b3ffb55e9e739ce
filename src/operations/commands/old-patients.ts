/** The table `patient` of clients below 2.0.1: their ID numbers are columns of it, and belong in a table of their own. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { toNullable } from 'fp-ts/lib/Option.js';

import { copeWithOldIdNums, type HasClientVersion } from '../../client-quirks.js';
import type { UserError } from '../../user-error.js';
import { cell, type Row } from '../uploads/row.js';
import type { UploadedRecord } from '../uploads/upload-step.js';
import type { Value } from '../wire/values.js';
import type { RecordsCommand } from './commands.js';
import type { NamedTable } from './fields.js';
import { changeOf, type Refuse } from './records.js';

const whiches = [1, 2, 3, 4, 5, 6, 7, 8];
const oldColumns: ReadonlySet<string> = new Set(
  ['idnum', 'iddesc', 'idshortdesc'].flatMap((name) => whiches.map((which) => `${name}${String(which)}`)),
);

/** Whether this is such a table. */
export const isOldPatient = (client: HasClientVersion, table: string): boolean =>
  table === 'patient' && copeWithOldIdNums(client);

/** Such a table with the columns that it had: `idnumN`, `iddescN` and `idshortdescN`, N being 1 to 8. */
export const withOldColumns = (table: NamedTable): NamedTable => ({
  ...table,
  columns: new Set([...table.columns.keys(), ...oldColumns]),
});

/** The greatest patient's key that leaves its ID numbers keys which JavaScript keeps. */
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
  // All have the same columns.
  const columns = (patients[0]?.row.columns ?? []).filter((column) => !oldColumns.has(column));
  for (const patient of patients) {
    const own = idNumbersOf(patient);
    if (own.length > 0 && patient.key > maxPatient) return left(refuse(withoutThem.length, 'id', patientRule));
    idNumbers.push(...own);
    withoutThem.push({ ...patient, row: { columns, values: columns.map((column) => valueOf(patient.row, column)) } });
  }
  return right({ changes: [changeOf('patient', withoutThem), changeOf('patient_idnum', idNumbers)] });
};
