/** From an operation's fields to its command. The commands of patients and of registration are read here. */
import * as E from 'fp-ts/lib/Either.js';
import { isNone, none, some, type Option } from 'fp-ts/lib/Option.js';

import type { Operation } from '../../admission.js';
import type { HasClientVersion } from '../../client-quirks.js';
import { invalidField } from '../../refusals/form.js';
import * as refusals from '../../refusals/uploads.js';
import type { Fields } from '../../tablet-form.js';
import type { UserError } from '../../user-error.js';
import { parseAccessKey, type AccessKey } from '../patients/access-key.js';
import type { ReadPatient } from '../patients/model.js';
import { textNames } from '../patients/patient-details.js';
import type { UploadTables } from '../tables.js';
import * as V from '../wire/values.js';
import type { AccessKeyCommand, CommandOf, Commands } from './commands.js';
import * as F from './fields.js';
import { readDeleteWhereKeyNot, readWhichKeysToSend } from './keys.js';
import { readUploadEntireDatabase } from './one-step.js';
import { readUploadEmptyTables, readUploadRecord, readUploadTable } from './upload-table.js';

// Registration and schedules

const readAccessKey: F.Reader<AccessKeyCommand> = (source) =>
  E.map((accessKey: AccessKey) => ({ accessKey }))(F.needed(source, 'patient_proquint', parseAccessKey));

/** Reads the command of `register`: the name that the user has given the tablet. */
const readRegister: F.Reader<Commands['register']> = (source) => {
  const text = F.textOf(source, 'devicefriendlyname');
  if (E.isLeft(text)) return text;
  if (!V.isWellFormed(text.right)) return E.left(invalidField('devicefriendlyname', V.wellFormedRule));
  return E.right({ friendlyName: text.right === '' ? none : some(text.right) });
};

// Patients, who are a list of objects in JSON

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
  dob: ['must be a date YYYY-MM-DD, empty or null', (text) => text === '' || V.isDate(text)],
  email: ['must be an e-mail address, empty or null', (text) => text === '' || isEmail(text)],
};
const plainRule: TextRule = [V.wellFormedRule, V.isWellFormed];

/** Reads a detail that is a text. The sex may be missing, but not null; an empty date of birth counts as absent. */
const readText = (key: keyof Texts, value: unknown): E.Either<string, Option<string>> => {
  const [rule, isValid] = textRules[key] ?? plainRule;
  if (value === null && key !== 'sex') return E.right(none);
  if (typeof value !== 'string') return E.left(key in textRules ? rule : 'must be a string or null');
  if (!isValid(value)) return E.left(rule);
  return E.right(key === 'dob' && value === '' ? none : some(value));
};

/** Reads a patient, member after member. `true` counts as the ID number 1, as it does for CamCOPS. */
const readPatient = (
  patient: V.JsonObject,
  wholeNumberOf: V.ExactJson['wholeNumberOf'],
  refuse: (key: string, rule: string) => UserError,
): E.Either<UserError, ReadPatient> => {
  const texts = { ...noTexts };
  const idNumbers = new Map<number, number | bigint>();
  for (const key of Object.keys(patient)) {
    const value = patient[key];
    if (isTextKey(key)) {
      const text = readText(key, value);
      if (E.isLeft(text)) return E.left(refuse(key, text.left));
      texts[key] = text.right;
    } else if (key.startsWith('idnum')) {
      const digits = key.slice('idnum'.length);
      const type = V.isWhole(digits) ? Number(digits) : NaN;
      if (!Number.isSafeInteger(type)) return E.left(refusals.invalidIdNumberKey(key));
      if (idNumbers.has(type)) return E.left({ code: 'repeated-id-number', type: String(type) });
      if (idNumbers.size === maxIdNumbers)
        return E.left(refusals.tooMany('patient_info', 'ID numbers of a patient', maxIdNumbers));
      const number = value === true ? some(1) : wholeNumberOf(value);
      if (isNone(number)) return E.left(refuse(`idnum${String(type)}`, 'must be a whole number above 0'));
      idNumbers.set(type, number.value);
    } else if (key !== 'finalizing') return E.left(refusals.unknownPatientKey(key));
    else if (typeof value !== 'boolean') return E.left(refuse(key, 'must be true or false'));
  }
  if (!Object.hasOwn(patient, 'finalizing')) return E.left({ code: 'missing-finalizing' });
  return E.right({ ...texts, idNumbers, finalizing: patient['finalizing'] === true });
};

/** Reads the command of `validate_patients`. Whether the patients satisfy the server's policies is checked later. */
const readValidatePatients: F.Reader<Commands['validate_patients']> = (source) => {
  const parsed = F.neededJson(source, 'patient_info', V.parseExactly);
  if (E.isLeft(parsed)) return parsed;
  const { json, wholeNumberOf } = parsed.right;
  if (!V.isJsonList(json)) return E.left(refusals.wrongJson('Top-level', 'not a list'));
  if (json.length > F.maxListed) return E.left(refusals.tooMany('patient_info', 'patients', F.maxListed));
  const patients = E.traverseArrayWithIndex((index, one: unknown) => {
    if (!V.isJsonObject(one)) return E.left(refusals.wrongJson('Patient', 'not a dict'));
    if (Object.keys(one).length === 0) return E.left(refusals.wrongJson('Patient', 'empty'));
    const placeOf = (key: string): string => `patient ${String(index + 1)}, ${key}`;
    return readPatient(one, wholeNumberOf, (key, rule) => refusals.invalidValue('patient_info', placeOf(key), rule));
  })(json);
  return E.map((read: readonly ReadPatient[]) => ({ patients: read }))(patients);
};

// Every operation

const readers: { readonly [O in Operation]?: F.Reader<CommandOf<O>> } = {
  register: readRegister,
  register_patient: readAccessKey,
  get_task_schedules: readAccessKey,
  validate_patients: readValidatePatients,
  upload_empty_tables: readUploadEmptyTables,
  upload_table: readUploadTable,
  upload_record: readUploadRecord,
  delete_where_key_not: readDeleteWhereKeyNot,
  which_keys_to_send: readWhichKeysToSend,
  upload_entire_database: readUploadEntireDatabase,
};

/** The command of every other operation. A cast, because TypeScript does not see which operations lack a reader. */
const noCommand = E.right({} as never);

/**
 * Reads what an operation asks for, by the protocol of the client's version. The command is typed and checked, in CamCOPS's order;
 * the first refusal ends the reading. Only the operation's own fields count; a field sent twice is `duplicate-field`.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { readCommand } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const deleted = (pkvalues: string) =>
 *   E.flatMap((clientVersion: ClientVersion) => {
 *     const tables = new Map([['blobs', { columns: new Set(['id']), minClientVersion: clientVersion }]]);
 *     const fields = { table: 'blobs', pkname: 'id', pkvalues };
 *     return readCommand(tables)({ clientVersion }, 'delete_where_key_not', fields);
 *   })(parseClientVersion('2.4.24'));
 *
 * E.map(({ changes }: { changes: readonly unknown[] }) => changes.length)(deleted('1,2')); // right(1)
 * deleted('1,two');
 * // left({ code: 'invalid-value', field: 'pkvalues', place: 'value 1', rule: 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes' })
 */
export const readCommand =
  (tables: UploadTables) =>
  <O extends Operation>(client: HasClientVersion, operation: O, fields: Fields): E.Either<UserError, CommandOf<O>> =>
    readers[operation]?.({ tables, client, fields: F.readFields(fields) }) ?? noCommand;
