/** The table `patient` of clients below 2.0.1: their ID numbers are columns of it, and belong in a table of their own. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import { copeWithOldIdNums, type HasClientVersion } from '../../client-quirks.js';
import type { UserError } from '../../user-error.js';
import type { UploadedRecord } from '../uploads/table-change.js';
import type { Value } from '../wire/value.js';
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
  columns: new Set([...table.columns, ...oldColumns]),
});

/** So that the key of an ID number is a whole number that JavaScript keeps. */
const maxPatient = Math.floor((Number.MAX_SAFE_INTEGER - 8) / 8);
const patientRule = `of a patient with ID numbers must be at most ${String(maxPatient)}`;

const idNumbersOf = ({ values, ...patient }: UploadedRecord): readonly UploadedRecord[] => {
  const dateAndMark = [...values].filter(
    ([column]) => column === 'when_last_modified' || column === '_move_off_tablet',
  );
  return whiches.flatMap((which) => {
    const value = values.get(`idnum${String(which)}`) ?? null;
    if (value === null) return [];
    const key = patient.key * 8 + which;
    const own = { id: key, patient_id: patient.key, which_idnum: which, idnum_value: value };
    return [{ ...patient, key, values: new Map<string, Value>([...Object.entries(own), ...dateAndMark]) }];
  });
};

/**
 * Two changes: the patients without their old columns, and the rows of `patient_idnum`, which replace all that the device had. An
 * ID number that is NULL has no row; descriptions of ID numbers are dropped. `refuse` makes the refusal of a record's key.
 */
export const separated = (patients: readonly UploadedRecord[], refuse: Refuse): Either<UserError, RecordsCommand> => {
  const idNumbers: UploadedRecord[] = [];
  const withoutThem: UploadedRecord[] = [];
  for (const patient of patients) {
    const own = idNumbersOf(patient);
    if (own.length > 0 && patient.key > maxPatient) return left(refuse(withoutThem.length, 'id', patientRule));
    idNumbers.push(...own);
    const values = new Map([...patient.values].filter(([column]) => !oldColumns.has(column)));
    withoutThem.push({ ...patient, values });
  }
  return right({ changes: [changeOf('patient', withoutThem), changeOf('patient_idnum', idNumbers)] });
};
