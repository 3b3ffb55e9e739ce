/** ID numbers: their types, and whether a number passes the validation method of its type. */
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import type { Value } from '../wire/value.js';

/** How the numbers of a type are checked: by the check digit of an NHS number of the United Kingdom. */
export type IdNumberValidation = 'uk_nhs_number';

/** The client holds a type in 32 bits. */
const maxIdNumberType = 2_147_483_647;

/** Whether a number can be the N of `idnumN`: a whole number from 1 to 2147483647. */
export const isIdNumberType = (which: unknown): boolean =>
  Number.isInteger(which) && Number(which) >= 1 && Number(which) <= maxIdNumberType;

/** A number is written without leading zeros, so no NHS number begins with 0. */
const nhsGrammar = /^[0-9]{10}$/;

/**
 * The first nine digits count 10, 9 .. 2 times; the last is 11 less the rest of their sum by 11, where 11 is written 0 and 10 never
 * occurs. So all ten, the last counted once, add up to a multiple of 11.
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
