/** A patient's details and ID numbers, and whether what a tablet sends is about one patient alone. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { getOrElse, isNone, type Option } from 'fp-ts/lib/Option.js';

import { otherPatient } from '../../refusals/patients.js';
import type { UserError } from '../../user-error.js';
import { valueIn, type Row } from '../uploads/row.js';
import type { TableChange } from '../uploads/upload-step.js';
import type { Value } from '../wire/values.js';

/** Who a patient is. */
export interface PatientDetails {
  readonly forename: Option<string>;
  readonly surname: Option<string>;
  /** `M`, `F` or `X`. */
  readonly sex: Option<string>;
  /** `YYYY-MM-DD`. */
  readonly dob: Option<string>;
  readonly address: Option<string>;
  readonly email: Option<string>;
  readonly gp: Option<string>;
  readonly other: Option<string>;
  /** By type of ID number, in the order sent. */
  readonly idNumbers: ReadonlyMap<number, number | bigint>;
}

/** A patient of `validate_patients`. */
export interface ReadPatient extends PatientDetails {
  /** Whether the patient is about to leave the tablet. */
  readonly finalizing: boolean;
}

/** The details that are texts. */
export const textNames = ['forename', 'surname', 'sex', 'dob', 'address', 'email', 'gp', 'other'] as const;

/** Returns a detail; an empty text if the detail is absent, because both count alike. */
export const textOf: (detail: Option<string>) => string = getOrElse(() => '');

/**
 * Returns whether all details of two patients are equal: texts exactly, an empty text like an absent one, ID numbers in any order.
 *
 * @example
 * import { samePatient } from 'camcops-tablet-session/operations';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const nobody = { forename: none, surname: none, dob: none, address: none, email: none, gp: none, other: none };
 * const ann = { ...nobody, sex: some('F'), idNumbers: new Map([[1, 7], [2, 8]]) };
 * samePatient(ann)({ ...ann, email: some(''), idNumbers: new Map([[2, 8], [1, 7]]) }); // true
 * samePatient(ann)({ ...ann, idNumbers: new Map([[1, 7]]) }); // false
 */
export const samePatient =
  (a: PatientDetails) =>
  (b: PatientDetails): boolean =>
    textNames.every((name) => textOf(a[name]) === textOf(b[name])) &&
    a.idNumbers.size === b.idNumbers.size &&
    // As text, because 7 and 7n are the same ID number.
    [...a.idNumbers].every(([which, value]) => String(b.idNumbers.get(which)) === String(value));

// ID numbers

/** The validation methods of ID numbers. The only one checks the check digit of a UK NHS number. */
export type IdNumberValidation = 'uk_nhs_number';

/** The client holds a type in 32 bits. */
const maxIdNumberType = 2_147_483_647;

/** Returns whether a number can be the N of `idnumN`: a whole number from 1 to 2147483647. */
export const isIdNumberType = (which: unknown): boolean =>
  Number.isInteger(which) && Number(which) >= 1 && Number(which) <= maxIdNumberType;

/** A number is written without leading zeros, so no NHS number begins with 0. */
const nhsGrammar = /^[0-9]{10}$/;

/**
 * The digits have the weights 10, 9 .. 1, and their weighted sum is a multiple of 11. (The last digit is the check digit: 11 minus the sum of
 * the others modulo 11, where 11 is written 0 and 10 never occurs.)
 */
const isNhsNumber = (digits: string): boolean => {
  if (!nhsGrammar.test(digits)) return false;
  let sum = 0;
  for (const [place, digit] of Array.from(digits).entries()) sum += (10 - place) * Number(digit);
  return sum % 11 === 0;
};

/**
 * Returns whether an ID number is valid: `null` always is, and so is any value of a type without a validation method. A value that is
 * neither `null` nor a whole number fails every method.
 *
 * @example
 * import { isValidIdNumber } from 'camcops-tablet-session/operations';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * isValidIdNumber(some('uk_nhs_number'))(9434765919); // true
 * isValidIdNumber(some('uk_nhs_number'))(9434765918); // false
 * isValidIdNumber(none)(7); // true
 */
export const isValidIdNumber =
  (validation: Option<IdNumberValidation>) =>
  (value: Value): boolean =>
    value === null ||
    isNone(validation) ||
    ((typeof value === 'number' || typeof value === 'bigint') && isNhsNumber(String(value)));

// An account that is tied to one patient

/** Reads a row of `patient_idnum`. */
export const idNumberIn = (row: Row): { readonly which: Value; readonly value: Value } => {
  return { which: valueIn('which_idnum', row), value: valueIn('idnum_value', row) };
};

const isNumber = (value: Value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const isOwnDetails = (own: PatientDetails, row: Row): boolean =>
  textNames.every((name) => (valueIn(name, row) ?? '') === textOf(own[name]));

const isOwnIdNumber = (own: PatientDetails, row: Row): boolean => {
  const { which, value } = idNumberIn(row);
  if (!isNumber(which) || !isIdNumberType(Number(which))) return false;
  const expected = own.idNumbers.get(Number(which));
  return isNumber(value) ? String(value) === String(expected) : value === null && expected === undefined;
};

const refusedUnless = (isOwn: boolean): Either<UserError, void> => (isOwn ? right(undefined) : left(otherPatient));

/** Checks the patients of `validate_patients`: each must be the account's own patient (`other-patient`), by {@link samePatient}. */
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
