/** A patient's details as JSON that a tablet reads back exactly. */
import { isIdNumberType } from '../patients/id-number.js';
import { textNames, textOf, type PatientDetails } from '../patients/patient-details.js';
import { isDate } from '../wire/instant.js';
import type { Check } from './broken-rule.js';

/** JSON in ASCII alone, so that no reader can find a line end in it. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The client holds ID numbers in 64 bits with a sign. */
const maxIdNumber = 2n ** 63n - 1n;

const isIdNumber = (value: number | bigint): boolean =>
  value >= 0 && value <= maxIdNumber && (typeof value === 'bigint' || Number.isSafeInteger(value));

/**
 * What {@link patientJson} needs of a patient: the client reads a date of another form as absent, and an ID number that is fractional or
 * too large as another one.
 */
export const patientChecks = ({ sex, dob, idNumbers }: PatientDetails): readonly Check[] => [
  ['patient.sex', 'must be M, F or X, or absent', ['', 'M', 'F', 'X'].includes(textOf(sex))],
  ['patient.dob', 'must be a date YYYY-MM-DD, or absent', textOf(dob) === '' || isDate(textOf(dob))],
  ['patient.idNumbers', 'must have types from 1 to 2147483647', [...idNumbers.keys()].every(isIdNumberType)],
  ['patient.idNumbers', `must be whole, 0 to ${String(maxIdNumber)}`, [...idNumbers.values()].every(isIdNumber)],
];

/** `patient_info`: a list of one object. An empty text is told as absent: the client counts an empty e-mail address as present. */
export const patientJson = (patient: PatientDetails): string => {
  const texts = textNames.map((name) => `"${name}":${asciiJson(textOf(patient[name]) || null)}`);
  // JSON.stringify takes no bigint.
  const numbers = [...patient.idNumbers].map(([which, value]) => `"idnum${String(which)}":${String(value)}`);
  return `[{${[...texts, ...numbers].join(',')}}]`;
};
