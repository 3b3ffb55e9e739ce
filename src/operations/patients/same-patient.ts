/** Whether two patients have the same details. */
import { textNames, textOf, type PatientDetails } from './patient-details.js';

/**
 * Whether all details of two patients are equal: texts exactly, an empty text like an absent one, ID numbers in any order. A host
 * whose accounts are each tied to one patient compares with it the patient that a tablet is about to upload.
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
