/** `validate_patients`, whose field `patient_info` is a list of objects in JSON. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { filter, fromNullable, type Option } from 'fp-ts/lib/Option.js';

import {
  badJson,
  invalidIdNumberKey,
  invalidValue,
  missingFinalizing,
  repeatedIdNumber,
  unknownPatientKey,
  wrongJson,
} from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import type { ReadPatient } from '../patients/patient-details.js';
import { isDate } from '../wire/instant.js';
import { eachPart, isJson, notJson, scalarAt, skipBlanks, skipValue, stringAt, type Scalar } from '../wire/json.js';
import type { Commands } from './commands.js';
import { neededText, type Reader } from './fields.js';

type TextKey = 'forename' | 'surname' | 'sex' | 'dob' | 'address' | 'email' | 'gp' | 'other';

/** The grammar of the HTML standard for `input type=email`, without its lengths. */
const isEmail = (text: string): boolean => {
  const at = text.indexOf('@');
  const labels = text.slice(at + 1).split('.');
  return (
    text.length <= 255 &&
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/.test(text.slice(0, Math.max(at, 0))) &&
    labels.every((label) => label.length <= 63 && /^[A-Za-z0-9-]+$/.test(label) && !/^-|-$/.test(label))
  );
};

/** The details that are texts: what each must be, and whether a text is that. */
const textRules: Readonly<Record<TextKey, readonly [string, (text: string) => boolean]>> = {
  forename: ['must be a string or null', () => true],
  surname: ['must be a string or null', () => true],
  sex: ['must be M, F or X', (text) => text === 'M' || text === 'F' || text === 'X'],
  dob: ['must be a date YYYY-MM-DD, empty or null', (text) => text === '' || isDate(text)],
  address: ['must be a string or null', () => true],
  email: ['must be an e-mail address, empty or null', (text) => text === '' || isEmail(text)],
  gp: ['must be a string or null', () => true],
  other: ['must be a string or null', () => true],
};

const isTextKey = (key: string): key is TextKey => Object.hasOwn(textRules, key);

/** `idnumN`, N a whole number. */
const typeOf = (key: string): number | undefined => {
  const digits = /^idnum(-?[0-9]+)$/.exec(key)?.[1];
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) + 0 : undefined;
};

/** The details of a patient, as JSON. The sex may be missing, but not null. */
const readPatient = (
  details: ReadonlyMap<string, Scalar>,
  refuse: (key: string, rule: string) => UserError,
): Either<UserError, ReadPatient> => {
  const texts = new Map<string, string>();
  const idNumbers = new Map<number, number | bigint>();
  for (const [key, value] of details) {
    if (isTextKey(key)) {
      const [rule, isValid] = textRules[key];
      if (value === null && key !== 'sex') continue;
      if (typeof value !== 'string' || !isValid(value)) return left(refuse(key, rule));
      texts.set(key, value);
    } else if (key.startsWith('idnum')) {
      const type = typeOf(key);
      if (type === undefined) return left(invalidIdNumberKey(key));
      if (idNumbers.has(type)) return left(repeatedIdNumber(type));
      const number = value === true ? 1 : value;
      const isNumber = typeof number === 'number' || typeof number === 'bigint';
      if (!isNumber || number <= 0) return left(refuse(`idnum${String(type)}`, 'must be a whole number above 0'));
      idNumbers.set(type, number);
    } else if (key !== 'finalizing') return left(unknownPatientKey(key));
    else if (typeof value !== 'boolean') return left(refuse(key, 'must be true or false'));
  }
  const finalizing = details.get('finalizing');
  if (finalizing === undefined) return left(missingFinalizing);
  const textOf = (key: TextKey): Option<string> => fromNullable(texts.get(key));
  return right({
    forename: textOf('forename'),
    surname: textOf('surname'),
    sex: textOf('sex'),
    dob: filter((text: string) => text !== '')(textOf('dob')),
    address: textOf('address'),
    email: textOf('email'),
    gp: textOf('gp'),
    other: textOf('other'),
    idNumbers,
    finalizing: finalizing === true,
  });
};

/** Reads the command of `validate_patients`. */
export const readValidatePatients: Reader<Commands['validate_patients']> = (source) => {
  const field = neededText(source, 'patient_info');
  if (isLeft(field)) return field;
  const text = field.right;
  if (!isJson(text, (at) => skipValue(text, at))) return left(badJson('patient_info'));

  const patients: ReadPatient[] = [];
  let refusal: UserError | undefined;
  const readOne = (from: number): number => {
    const details = new Map<string, Scalar>();
    const isObject = text[from] === '{';
    if (!isObject) refusal = wrongJson('Patient', 'not a dict');
    if (!isObject) return notJson;
    const end = eachPart(text, from, (at, nameFrom, nameTo) => {
      const to = skipValue(text, at);
      details.set(stringAt(text, nameFrom, nameTo), scalarAt(text, at, to));
      return to;
    });
    const refuse = (key: string, rule: string): UserError =>
      invalidValue('patient_info', `patient ${String(patients.length + 1)}, ${key}`, rule);
    const patient = details.size === 0 ? left(wrongJson('Patient', 'empty')) : readPatient(details, refuse);
    if (isLeft(patient)) refusal = patient.left;
    else patients.push(patient.right);
    return refusal === undefined ? end : notJson;
  };
  const start = skipBlanks(text, 0);
  if (text[start] !== '[') return left(wrongJson('Top-level', 'not a list'));
  eachPart(text, start, readOne);
  return refusal === undefined ? right({ patients }) : left(refusal);
};
