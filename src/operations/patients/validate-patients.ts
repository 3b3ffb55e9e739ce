/** What patients and the rows of an upload must satisfy: policies, ID numbers, and that they are the own patient of an account. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import * as refusal from '../../refusals/patients.js';
import type { UserError } from '../../user-error.js';
import { valueIn, type Row, type TableChange } from '../uploads/upload-step.js';
import type { Value } from '../wire/values.js';
import { satisfiesIdPolicy } from './id-policy.js';
import type { PatientDetails, ReadPatient, ServerInfo } from './model.js';
import { isIdNumberType, isValidIdNumber, samePatient, textNames, textOf } from './patient-details.js';

/**
 * Checks the patients that a tablet is about to upload. Refuses with the first failure of the first patient who fails. Each type of ID
 * number must be one that the server defines (`unknown-id-number`), and the number must pass its validation method
 * (`invalid-id-number`). Then the patient must satisfy the finalize policy if about to leave the tablet, otherwise the upload policy
 * (`patient-fails-policy`).
 *
 * @example
 * import { serverInfo, validatePatients } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const info = serverInfo({
 *   databaseTitle: 'Clinic',
 *   uploadPolicy: 'sex AND idnum1',
 *   finalizePolicy: 'sex AND idnum1 AND dob',
 *   idNumbers: [{ which: 1, description: 'NHS number', shortDescription: 'NHS', validation: some('uk_nhs_number') }],
 * });
 * const nobody = { forename: none, surname: none, dob: none, address: none, email: none, gp: none, other: none };
 * const ann = { ...nobody, sex: some('F'), idNumbers: new Map([[1, 9434765919]]) };
 * pipe(info, E.map((made) => validatePatients(made)([{ ...ann, finalizing: false }]))); // right(right(undefined))
 * pipe(info, E.map((made) => validatePatients(made)([{ ...ann, finalizing: true }])));
 * // right(left({ code: 'patient-fails-policy', policy: 'finalizing', patient: '1' }))
 */
export const validatePatients = (info: ServerInfo): ((patients: readonly ReadPatient[]) => Either<UserError, void>) => {
  const satisfies = {
    upload: satisfiesIdPolicy(info.uploadPolicy),
    finalizing: satisfiesIdPolicy(info.finalizePolicy),
  };
  return (patients) => {
    for (const [index, patient] of patients.entries()) {
      for (const [which, value] of patient.idNumbers) {
        const type = info.idNumbers.get(which);
        if (type === undefined) return left({ code: 'unknown-id-number', type: String(which) });
        if (!isValidIdNumber(type.validation)(value)) return left(refusal.invalidIdNumber(which));
      }
      const policy = patient.finalizing ? 'finalizing' : 'upload';
      if (!satisfies[policy](patient))
        return left({ code: 'patient-fails-policy', policy, patient: String(index + 1) });
    }
    return right(undefined);
  };
};

const isWhole = (value: Value): value is number | bigint => typeof value === 'bigint' || Number.isSafeInteger(value);

/**
 * Checks a change of the table `patient_idnum`; a change of any other table passes. Each record's `which_idnum` must be a
 * type that the server defines (`unknown-id-number-in-upload`), and its `idnum_value` must pass the type's validation method
 * (`invalid-id-number`). NULL, or a value that was not sent, passes.
 *
 * @example
 * import { serverInfo, validatePatientIdNums } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const info = serverInfo({
 *   databaseTitle: 'Clinic',
 *   uploadPolicy: 'sex AND idnum1',
 *   finalizePolicy: 'sex AND idnum1',
 *   idNumbers: [{ which: 1, description: 'NHS number', shortDescription: 'NHS', validation: some('uk_nhs_number') }],
 * });
 * const change = (which: number, value: number) => {
 *   const row = { columns: ['id', 'which_idnum', 'idnum_value'], values: [1, which, value] };
 *   const records = [{ key: 1, whenLastModified: none, moveOffTablet: false, row }];
 *   return { table: 'patient_idnum', records, keep: 'sent' as const, finalize: new Set<number>() };
 * };
 * pipe(info, E.map((made) => validatePatientIdNums(made)(change(1, 9434765919)))); // right(right(undefined))
 * pipe(info, E.map((made) => validatePatientIdNums(made)(change(2, 7))));
 * // right(left({ code: 'unknown-id-number-in-upload', type: '2' }))
 */
export const validatePatientIdNums =
  (info: ServerInfo) =>
  (change: TableChange): Either<UserError, void> => {
    for (const { row } of change.table === 'patient_idnum' ? change.records : []) {
      const which = valueIn('which_idnum', row);
      const type = isWhole(which) ? info.idNumbers.get(Number(which)) : undefined;
      if (type === undefined) return left(refusal.unknownIdNumberInUpload(isWhole(which) ? which : undefined));
      if (!isValidIdNumber(type.validation)(valueIn('idnum_value', row)))
        return left(refusal.invalidIdNumber(type.which));
    }
    return right(undefined);
  };

// An account that is tied to one patient

const isOwnDetails = (own: PatientDetails, row: Row): boolean =>
  textNames.every((name) => (valueIn(name, row) ?? '') === textOf(own[name]));

const isOwnIdNumber = (own: PatientDetails, row: Row): boolean => {
  const which = valueIn('which_idnum', row);
  const value = valueIn('idnum_value', row);
  if (!isWhole(which) || !isIdNumberType(Number(which))) return false;
  const expected = own.idNumbers.get(Number(which));
  return value === null ? expected === undefined : isWhole(value) && String(value) === String(expected);
};

const refusedUnless = (isOwn: boolean): Either<UserError, void> =>
  isOwn ? right(undefined) : left(refusal.otherPatient);

/** Checks the patients of `validate_patients`: each must be the account's own patient (`other-patient`), by `samePatient`. */
export const ownPatientsOnly =
  (own: PatientDetails) =>
  (patients: readonly PatientDetails[]): Either<UserError, void> =>
    refusedUnless(patients.every(samePatient(own)));

/**
 * Checks what an upload says of the tables `patient` and `patient_idnum`: each row must agree with the account's own patient
 * (`other-patient`). In `patient` all text details must be equal; a column that is NULL or was not sent counts as an empty text. In
 * `patient_idnum` the number must be the patient's own of its type, or NULL if the patient has none. Rows are checked too, because a
 * client may skip `validate_patients`.
 */
export const ownRowsOnly =
  (own: PatientDetails) =>
  (changes: readonly TableChange[]): Either<UserError, void> =>
    refusedUnless(
      changes.every(({ table, records }) => {
        if (table === 'patient') return records.every(({ row }) => isOwnDetails(own, row));
        return table !== 'patient_idnum' || records.every(({ row }) => isOwnIdNumber(own, row));
      }),
    );
