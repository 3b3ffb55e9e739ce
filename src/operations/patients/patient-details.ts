/** A patient's details and ID numbers. */
import { getOrElse, isNone, type Option } from 'fp-ts/lib/Option.js';

import type { Value } from '../wire/values.js';
import type { IdNumberValidation, PatientDetails } from './model.js';

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
  const weighted = Array.from(digits, (digit, place) => (10 - place) * Number(digit));
  return nhsGrammar.test(digits) && weighted.reduce((sum, each) => sum + each) % 11 === 0;
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
