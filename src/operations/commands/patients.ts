/** `validate_patients`, whose field `patient_info` is a list of objects in JSON. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import * as refusals from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import type { PatientDetails, ReadPatient } from '../patients/patient-details.js';
import { isWhole } from '../wire/characters.js';
import { isDate } from '../wire/instant.js';
import { readList, readObject, readScalar, type Scalar } from '../wire/json.js';
import type { Commands } from './commands.js';
import { readJson, type Reader } from './fields.js';

type Refuse = (key: string, rule: string) => UserError;

type Texts = Record<Exclude<keyof PatientDetails, 'idNumbers'>, Option<string>>;
const noTexts: Texts = {
  ...{ forename: none, surname: none, sex: none, dob: none, address: none, email: none, gp: none, other: none },
};
const isTextKey = (key: string): key is keyof Texts => Object.hasOwn(noTexts, key);

const emailForm = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/;

/** By the grammar of the HTML standard for `input type=email`, at most 255 characters. No label begins or ends with a hyphen. */
const isEmail = (text: string): boolean =>
  text.length <= 255 && emailForm.test(text) && !/[@.]-|-(?:\.|$)/.test(text.slice(text.indexOf('@')));

/** What a text must be beyond being one, if it is not empty, and whether it is that. */
const textRules: Partial<Record<keyof Texts, readonly [string, (text: string) => boolean]>> = {
  sex: ['must be M, F or X', (text) => ['M', 'F', 'X'].includes(text)],
  dob: ['must be a date YYYY-MM-DD, empty or null', (text) => text === '' || isDate(text)],
  email: ['must be an e-mail address, empty or null', (text) => text === '' || isEmail(text)],
};
const plainRule = ['must be a string or null', () => true] as const;

/** A patient, from its members; one that was sent twice has its last value. The sex may be missing, but not null. */
const readPatient = (members: ReadonlyMap<string, Scalar>, refuse: Refuse): Either<UserError, ReadPatient> => {
  if (members.size === 0) return left(refusals.wrongJson('Patient', 'empty'));
  const texts = { ...noTexts };
  const idNumbers = new Map<number, number | bigint>();
  for (const [key, value] of members) {
    if (isTextKey(key)) {
      const [rule, isValid] = textRules[key] ?? plainRule;
      if (value === null && key !== 'sex') continue;
      if (typeof value !== 'string' || !isValid(value)) return left(refuse(key, rule));
      texts[key] = key === 'dob' && value === '' ? none : some(value);
    } else if (key.startsWith('idnum')) {
      const digits = key.slice('idnum'.length);
      const type = isWhole(digits) ? Number(digits) : NaN;
      if (!Number.isSafeInteger(type)) return left(refusals.invalidIdNumberKey(key));
      if (idNumbers.has(type)) return left(refusals.repeatedIdNumber(type));
      const number = value === true ? 1 : value;
      const isNumber = typeof number === 'number' || typeof number === 'bigint';
      if (!isNumber || number <= 0) return left(refuse(`idnum${String(type)}`, 'must be a whole number above 0'));
      idNumbers.set(type, number);
    } else if (key !== 'finalizing') return left(refusals.unknownPatientKey(key));
    else if (typeof value !== 'boolean') return left(refuse(key, 'must be true or false'));
  }
  const finalizing = members.get('finalizing');
  if (finalizing === undefined) return left(refusals.missingFinalizing);
  return right({ ...texts, idNumbers, finalizing: finalizing === true });
};

/** Reads the command of `validate_patients`. */
export const readValidatePatients: Reader<Commands['validate_patients']> = (source) => {
  const patients: ReadPatient[] = [];
  const refuse: Refuse = (key, rule) =>
    refusals.invalidValue('patient_info', `patient ${String(patients.length + 1)}, ${key}`, rule);
  const refusal = readJson(source, 'patient_info', (json) => {
    let reason: UserError | undefined;
    const isList = readList(json, () => {
      const members = new Map<string, Scalar>();
      const isObject = readObject(json, (name) => members.set(name, readScalar(json)));
      if (reason !== undefined) return;
      const patient = isObject ? readPatient(members, refuse) : left(refusals.wrongJson('Patient', 'not a dict'));
      if (isLeft(patient)) reason = patient.left;
      else patients.push(patient.right);
    });
    return isList ? reason : refusals.wrongJson('Top-level', 'not a list');
  });
  return refusal === undefined ? right({ patients }) : left(refusal);
};
