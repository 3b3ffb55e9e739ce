/** `validate_patients` of CamCOPS's client API, whose field `patient_info` is a list of objects in JSON. */
import { isLeft, left, map, right, traverseArrayWithIndex, type Either } from 'fp-ts/lib/Either.js';
import { isNone, none, some, type Option } from 'fp-ts/lib/Option.js';

import * as refusals from '../../refusals/uploads.js';
import type { UserError } from '../../user-error.js';
import type { ReadPatient } from '../patients/model.js';
import { textNames } from '../patients/patient-details.js';
import { isDate, isWellFormed, isWhole, wellFormedRule } from '../wire/values.js';
import { isJsonList, isJsonObject, parseExactly, type ExactJson, type JsonObject } from '../wire/json.js';
import type { Commands } from './commands.js';
import { maxListed, neededJson, type Reader } from './fields.js';

/** No real patient has so many ID numbers. More would keep all other clients waiting. */
const maxIdNumbers = 1000;

type Texts = Record<(typeof textNames)[number], Option<string>>;
// A cast, because Object.fromEntries forgets which keys there are.
const noTexts = Object.fromEntries(textNames.map((name) => [name, none])) as Texts;
const isTextKey = (key: string): key is keyof Texts => Object.hasOwn(noTexts, key);

const emailForm = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/;

/** By the grammar of the HTML standard for `input type=email`, at most 255 characters. No label begins or ends with a hyphen. */
const isEmail = (text: string): boolean =>
  text.length <= 255 && emailForm.test(text) && !/[@.]-|-(?:\.|$)/.test(text.slice(text.indexOf('@')));

/** A rule, and whether a text obeys it. */
type TextRule = readonly [rule: string, isValid: (text: string) => boolean];

const textRules: Partial<Record<keyof Texts, TextRule>> = {
  sex: ['must be M, F or X', (text) => ['M', 'F', 'X'].includes(text)],
  dob: ['must be a date YYYY-MM-DD, empty or null', (text) => text === '' || isDate(text)],
  email: ['must be an e-mail address, empty or null', (text) => text === '' || isEmail(text)],
};
const plainRule: TextRule = [wellFormedRule, isWellFormed];

/** Reads a detail that is a text. The sex may be missing, but not null; an empty date of birth counts as absent. */
const readText = (key: keyof Texts, value: unknown): Either<string, Option<string>> => {
  const [rule, isValid] = textRules[key] ?? plainRule;
  if (value === null && key !== 'sex') return right(none);
  if (typeof value !== 'string') return left(key in textRules ? rule : 'must be a string or null');
  if (!isValid(value)) return left(rule);
  return right(key === 'dob' && value === '' ? none : some(value));
};

/** Reads the N of `idnumN`. */
const readType = (key: string): Either<UserError, number> => {
  const digits = key.slice('idnum'.length);
  const type = isWhole(digits) ? Number(digits) : NaN;
  return Number.isSafeInteger(type) ? right(type) : left(refusals.invalidIdNumberKey(key));
};

/** Reads a patient, member after member. `true` counts as the ID number 1, as it does for CamCOPS. */
const readPatient = (
  patient: JsonObject,
  wholeNumberOf: ExactJson['wholeNumberOf'],
  refuse: (key: string, rule: string) => UserError,
): Either<UserError, ReadPatient> => {
  const texts = { ...noTexts };
  const idNumbers = new Map<number, number | bigint>();
  for (const key of Object.keys(patient)) {
    const value = patient[key];
    if (isTextKey(key)) {
      const text = readText(key, value);
      if (isLeft(text)) return left(refuse(key, text.left));
      texts[key] = text.right;
    } else if (key.startsWith('idnum')) {
      const type = readType(key);
      if (isLeft(type)) return type;
      if (idNumbers.has(type.right)) return left({ code: 'repeated-id-number', type: String(type.right) });
      if (idNumbers.size === maxIdNumbers)
        return left(refusals.tooMany('patient_info', 'ID numbers of a patient', maxIdNumbers));
      const number = value === true ? some(1) : wholeNumberOf(value);
      if (isNone(number)) return left(refuse(`idnum${String(type.right)}`, 'must be a whole number above 0'));
      idNumbers.set(type.right, number.value);
    } else if (key !== 'finalizing') return left(refusals.unknownPatientKey(key));
    else if (typeof value !== 'boolean') return left(refuse(key, 'must be true or false'));
  }
  if (!Object.hasOwn(patient, 'finalizing')) return left({ code: 'missing-finalizing' });
  return right({ ...texts, idNumbers, finalizing: patient['finalizing'] === true });
};

/** Reads the command of `validate_patients`. Whether the patients satisfy the server's policies is checked later. */
export const readValidatePatients: Reader<Commands['validate_patients']> = (source) => {
  const parsed = neededJson(source, 'patient_info', parseExactly);
  if (isLeft(parsed)) return parsed;
  const { json, wholeNumberOf } = parsed.right;
  if (!isJsonList(json)) return left(refusals.wrongJson('Top-level', 'not a list'));
  if (json.length > maxListed) return left(refusals.tooMany('patient_info', 'patients', maxListed));
  const patients = traverseArrayWithIndex((index, one: unknown) => {
    if (!isJsonObject(one)) return left(refusals.wrongJson('Patient', 'not a dict'));
    if (Object.keys(one).length === 0) return left(refusals.wrongJson('Patient', 'empty'));
    const placeOf = (key: string): string => `patient ${String(index + 1)}, ${key}`;
    return readPatient(one, wholeNumberOf, (key, rule) => refusals.invalidValue('patient_info', placeOf(key), rule));
  })(json);
  return map((read: readonly ReadPatient[]) => ({ patients: read }))(patients);
};
