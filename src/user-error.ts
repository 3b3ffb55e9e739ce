/** The union of all refusals, and their words. Each room owns its refusals: see `refusals/`. */
import { isObject, property } from './internal/shape.js';
import type { NonsensicalVersion } from './refusals/client-version.js';
import type { FormRefusal } from './refusals/form.js';
import type { GateRefusal } from './refusals/gates.js';
import type { HandlerRefusal } from './refusals/handler.js';
import type { PatientRefusal } from './refusals/patients.js';
import type { RecordRefusal, TableRefusal, UploadRefusal } from './refusals/uploads.js';
import type { VersionRefusal } from './refusals/version-policy.js';

/**
 * A refusal: what a tablet or its user did that the server will not accept. A closed union on `code`; codes are stable. All data are
 * strings, and none quotes what the client sent, except a name or version that matched its grammar.
 */
export type UserError =
  | FormRefusal
  | NonsensicalVersion
  | VersionRefusal
  | GateRefusal
  | TableRefusal
  | RecordRefusal
  | PatientRefusal
  | UploadRefusal
  | HandlerRefusal;

/** The words of each refusal. A datum stands in braces; a part in brackets is left out together with its datum. */
const wordsOf: Readonly<Record<UserError['code'], string>> = {
  'not-post': 'Must use POST method',
  'duplicate-field': 'The field {field} was sent more than once',
  'invalid-field': 'Bad {field} field: {rule}',
  'missing-version': 'Not a valid CamCOPS API request',
  'nonsensical-version': 'CamCOPS tablet version nonsensical',
  'reserved-device-name': "Tablets cannot use the device name 'server'",
  'reserved-username': "Tablets cannot use the username 'system'",
  'version-too-old': 'Tablet CamCOPS version too old: is {actual}, need {required}',
  'version-too-new': 'Tablet CamCOPS version too new: is {actual}, need {supported}',
  'version-blocked': 'Tablet CamCOPS version not supported: is {actual}, need {supported}',
  'invalid-credentials': 'Invalid username/password (or user not authorized)',
  'other-device': 'This account belongs to another device',
  'no-upload-group': 'No upload group set for user {username}',
  'not-authorized-to-upload': 'User not authorized to upload to selected group',
  'not-authorized-to-register-devices': 'User not authorized to register devices for selected group',
  'unregistered-device': 'Unregistered device',
  'missing-field': 'Must provide the variable: {field}',
  'unsupported-operation': 'operation={operation}: not supported',
  'invalid-table': 'Invalid client table name[: {table}]',
  'client-too-old-for-table':
    'Client CamCOPS version {actual} is less than the version ({required}) required to handle table {table}',
  'invalid-column': "Invalid field name for table '{table}'[: '{column}']",
  'reserved-column': "Reserved field name for table '{table}': '{column}'",
  'duplicate-column': "Duplicate field name for table '{table}': '{column}'",
  'wrong-primary-key': "The primary key of table '{table}' must be 'id'",
  'missing-primary-key': "Client-side PK name not specified by client for non-empty table '{table}'",
  'invalid-number': "Variable {field} is not a valid integer[; was '{value}']",
  'negative-number': "{field}={value}: can't be less than 0",
  'count-mismatch': "Number of {counted} ({count}) doesn't match number of {expected} ({expectedCount})",
  'too-many': 'Too many {listed} in {field}: at most {most}',
  'missing-column': "Field '{column}' missing in client input",
  'invalid-value': 'Bad value in {field}, {place}: {rule}',
  'table-names-differ': "Table names don't match from (1) DB data (2) PK info",
  'bad-json': "Bad JSON for key '{field}'",
  'wrong-json': '{json} JSON is {problem}',
  'unknown-patient-key': "Unknown JSON key[: '{key}']",
  'invalid-id-number-key': "Bad idnum key[: '{key}']",
  'repeated-id-number': 'More than one ID number supplied for ID number type {type}',
  'missing-finalizing': "Missing 'finalizing' JSON key",
  'unknown-access-key': 'There is no patient with that access key. Have you entered the key correctly?',
  'unknown-id-number': 'Bad ID number type: {type}',
  'unknown-id-number-in-upload': 'No such ID number type[: {type}]',
  'invalid-id-number': 'The ID number of type {type} is invalid',
  'patient-fails-policy': 'Invalid patient (number {patient} in the list): Fails {policy} ID policy',
  'other-patient': 'This account may upload its own patient only',
  'no-upload-under-way': 'No upload is under way: please start the upload again',
  'upload-under-way': 'This upload has already begun: please start the upload again',
  refused: '{message}',
};

const optionalPart = /\[(.*)\{(.*)\}(.*)\]/;
const datum = /\{(\w+)\}/g;

const hasCode = (error: unknown): error is { readonly code: UserError['code'] } => {
  const code = isObject(error) ? property(error, 'code') : undefined;
  return typeof code === 'string' && Object.hasOwn(wordsOf, code);
};

/** Returns whether a host's failure is a refusal, whatever its type promises: all data are strings, and no needed datum is missing. */
export const isUserError = (error: unknown): error is UserError => {
  if (!hasCode(error) || !Object.values(error).every((value) => typeof value === 'string')) return false;
  const needed = wordsOf[error.code].replace(optionalPart, '').match(datum) ?? [];
  return needed.every((inBraces) => Object.hasOwn(error, inBraces.slice(1, -1)));
};

/**
 * Returns the words of a refusal, as the tablet shows them to its user. For gates and fields the words are CamCOPS's own, unless those
 * would quote what was sent.
 *
 * @example
 * import { missingField, userErrorMessage } from 'camcops-tablet-session';
 *
 * userErrorMessage(missingField('table')); // 'Must provide the variable: table'
 */
export const userErrorMessage = (error: UserError): string => {
  const valueOf = (name: string): unknown => Reflect.get(error, name);
  return wordsOf[error.code]
    .replace(optionalPart, (_, before: string, name: string, after: string) =>
      valueOf(name) === undefined ? '' : `${before}{${name}}${after}`,
    )
    .replace(datum, (_, name: string) => String(valueOf(name)));
};
