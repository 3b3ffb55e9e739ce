/** A patient's details as JSON that a tablet reads back exactly. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import { isIdNumberType } from '../patients/id-number.js';
import { textNames, textOf, type PatientDetails } from '../patients/patient-details.js';
import { isDate } from '../wire/instant.js';
import { firstBroken, type BrokenRule } from './broken-rule.js';

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON in ASCII alone, so that no reader can find a line end in it. */
export const asciiJson = (json: string): string => json.replace(/[\u0080-\uffff]/g, escaped);

export const jsonText = (text: string): string => asciiJson(JSON.stringify(text));

/** The client holds ID numbers in 64 bits with a sign. */
const maxIdNumber = 2n ** 63n - 1n;

const isIdNumber = (value: number | bigint): boolean =>
  value >= 0 && value <= maxIdNumber && (typeof value === 'bigint' || Number.isSafeInteger(value));

/**
 * `patient_info`: a list of one object. An empty text is told as absent: the client counts an empty e-mail address as present. It reads
 * a date of another form as absent, and an ID number that is fractional or too large as another one, so those are refused.
 */
export const patientJson = (patient: PatientDetails): Either<BrokenRule, string> => {
  const { idNumbers } = patient;
  const dob = textOf(patient.dob);
  const broken = firstBroken([
    ['patient.sex', 'must be M, F or X, or absent', ['', 'M', 'F', 'X'].includes(textOf(patient.sex))],
    ['patient.dob', 'must be a date YYYY-MM-DD, or absent', dob === '' || isDate(dob)],
    ['patient.idNumbers', 'must have types from 1 to 2147483647', [...idNumbers.keys()].every(isIdNumberType)],
    ['patient.idNumbers', `must be whole, 0 to ${String(maxIdNumber)}`, [...idNumbers.values()].every(isIdNumber)],
  ]);
  if (broken !== undefined) return left(broken);
  const texts = textNames.map((name) => {
    const text = textOf(patient[name]);
    return `"${name}":${text === '' ? 'null' : jsonText(text)}`;
  });
  const numbers = [...idNumbers].map(([which, value]) => `"idnum${String(which)}":${String(value)}`);
  return right(`[{${[...texts, ...numbers].join(',')}}]`);
};
