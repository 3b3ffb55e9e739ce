/** Every refusal: its code, its data and its words. A refusal never holds what broke a rule. */
import type { ClientVersion, NonsensicalVersion } from './client-version.js';
import type { Username } from './names.js';
import { hasNameForm } from './table-names.js';

/**
 * What a tablet or its user did that the server will not accept: a closed union on `code` (DESIGN.md, section 9). Codes are
 * stable. All data are texts, and none is what the client sent, except a name or version that passed its grammar.
 */
export type UserError =
  /** The HTTP method is not POST. */
  | { readonly code: 'not-post' }
  /** A field that this package reads came more than once. */
  | { readonly code: 'duplicate-field'; readonly field: string }
  /** A field's value breaks its rule. */
  | { readonly code: 'invalid-field'; readonly field: string; readonly rule: string }
  /** No `camcops_version`: not a tablet. */
  | { readonly code: 'missing-version' }
  /** `camcops_version` is no version. */
  | NonsensicalVersion
  /** The device calls itself `server`, in whatever letter case. */
  | { readonly code: 'reserved-device-name' }
  /** The user calls itself `system`, in whatever letter case. */
  | { readonly code: 'reserved-username' }
  /** The client is older than all that the policy supports. */
  | { readonly code: 'version-too-old'; readonly actual: ClientVersion; readonly required: string }
  /** The client is newer than all that the policy supports. */
  | { readonly code: 'version-too-new'; readonly actual: ClientVersion; readonly supported: string }
  /** The client's version is in a gap of what the policy supports. */
  | { readonly code: 'version-blocked'; readonly actual: ClientVersion; readonly supported: string }
  /** Nobody is signed in. */
  | { readonly code: 'invalid-credentials' }
  /** The user has no group to upload to. */
  | { readonly code: 'no-upload-group'; readonly username: Username }
  /** The user may not upload to its group. */
  | { readonly code: 'not-authorized-to-upload' }
  /** The user may not register devices for its group. */
  | { readonly code: 'not-authorized-to-register-devices' }
  /** The device is not known. */
  | { readonly code: 'unregistered-device' }
  /** A field that the operation needs is absent or blank. */
  | { readonly code: 'missing-field'; readonly field: string }
  /** No such operation, or none that this server does. */
  | { readonly code: 'unsupported-operation'; readonly operation: string }
  /** The server takes no such table from tablets. What has not the form of a name is left out. */
  | { readonly code: 'invalid-table'; readonly table?: string }
  /** The table needs a newer client. */
  | {
      readonly code: 'client-too-old-for-table';
      readonly actual: ClientVersion;
      readonly required: ClientVersion;
      readonly table: string;
    }
  /** The table has no such column, or not for this use. What has not the form of a name is left out. */
  | { readonly code: 'invalid-column'; readonly table: string; readonly column?: string }
  /** The column is the server's own. */
  | { readonly code: 'reserved-column'; readonly table: string; readonly column: string }
  /** A column came more than once. */
  | { readonly code: 'duplicate-column'; readonly table: string; readonly column: string }
  /** A number is not whole, or out of bounds. */
  | { readonly code: 'invalid-number'; readonly field: string; readonly max: string }
  /** A handler's own refusal, in its own words: `message` is shown to the tablet's user. */
  | { readonly code: 'refused'; readonly message: string };

/** The HTTP method is not POST. */
export const notPost: UserError = { code: 'not-post' };

/** `field` came more than once. */
export const duplicateField = (field: string): UserError => ({ code: 'duplicate-field', field });

/** `rule` completes the sentence "Bad FIELD field: ...", and never quotes the value. */
export const invalidField = (field: string, rule: string): UserError => ({ code: 'invalid-field', field, rule });

/** No `camcops_version` was sent. */
export const missingVersion: UserError = { code: 'missing-version' };

/** No tablet may call itself `server`: CamCOPS's server keeps that name for itself. */
export const reservedDeviceName: UserError = { code: 'reserved-device-name' };

/** No user may call itself `system`: CamCOPS's server keeps that name for itself. */
export const reservedUsername: UserError = { code: 'reserved-username' };

/** `required` is the lowest version that is served, or its release if that is served too. */
export const versionTooOld = (actual: ClientVersion, required: string): UserError => ({
  code: 'version-too-old',
  actual,
  required,
});

/** `supported` is the policy's range, as its host wrote it but for white space. */
export const versionTooNew = (actual: ClientVersion, supported: string): UserError => ({
  code: 'version-too-new',
  actual,
  supported,
});

/** `supported` is the policy's range, as its host wrote it but for white space. */
export const versionBlocked = (actual: ClientVersion, supported: string): UserError => ({
  code: 'version-blocked',
  actual,
  supported,
});

/** Nobody is signed in. */
export const invalidCredentials: UserError = { code: 'invalid-credentials' };

/** `username` is that of the signed-in user. */
export const noUploadGroup = (username: Username): UserError => ({ code: 'no-upload-group', username });

/** The user may not upload to its group. */
export const notAuthorizedToUpload: UserError = { code: 'not-authorized-to-upload' };

/** The user may not register devices for its group. */
export const notAuthorizedToRegisterDevices: UserError = { code: 'not-authorized-to-register-devices' };

/** The device is not known. */
export const unregisteredDevice: UserError = { code: 'unregistered-device' };

/** A field that the operation needs is absent or blank. */
export const missingField = (field: string): UserError => ({ code: 'missing-field', field });

/** `operation` has the form of an operation's name. */
export const unsupportedOperation = (operation: string): UserError => ({ code: 'unsupported-operation', operation });

/** The server takes no table called `name`, which is left out of the refusal if it has not the form of a name. */
export const invalidTable = (name?: string): UserError =>
  name !== undefined && hasNameForm(name) ? { code: 'invalid-table', table: name } : { code: 'invalid-table' };

/** `required` is the oldest version that may use `table`, which is one of the server's. */
export const clientTooOldForTable = (actual: ClientVersion, required: ClientVersion, table: string): UserError => ({
  code: 'client-too-old-for-table',
  actual,
  required,
  table,
});

/** `table`, one of the server's, has no column called `name`, which is left out if it has not the form of a name. */
export const invalidColumn = (table: string, name?: string): UserError =>
  name !== undefined && hasNameForm(name)
    ? { code: 'invalid-column', table, column: name }
    : { code: 'invalid-column', table };

/** `column` has the form of a column's name. Names that begin with `_` are the server's, but for `_move_off_tablet`. */
export const reservedColumn = (table: string, column: string): UserError => ({
  code: 'reserved-column',
  table,
  column,
});

/** `column` is one of the table's, or a defunct one of an old client. */
export const duplicateColumn = (table: string, column: string): UserError => ({
  code: 'duplicate-column',
  table,
  column,
});

/** `field` must be a whole number from 0 to `max`. */
export const invalidNumber = (field: string, max: number): UserError => ({
  code: 'invalid-number',
  field,
  max: String(max),
});

/** A handler's own refusal. `message` is shown to the tablet's user: put no secret and no unchecked input in it. */
export const refused = (message: string): UserError => ({ code: 'refused', message });

type Data<C extends UserError['code']> = readonly Exclude<keyof Extract<UserError, { readonly code: C }>, 'code'>[];

/** The data that each refusal must have to be worded; all data are texts. */
const dataOf: { readonly [C in UserError['code']]: Data<C> } = {
  'not-post': [],
  'duplicate-field': ['field'],
  'invalid-field': ['field', 'rule'],
  'missing-version': [],
  'nonsensical-version': [],
  'reserved-device-name': [],
  'reserved-username': [],
  'version-too-old': ['actual', 'required'],
  'version-too-new': ['actual', 'supported'],
  'version-blocked': ['actual', 'supported'],
  'invalid-credentials': [],
  'no-upload-group': ['username'],
  'not-authorized-to-upload': [],
  'not-authorized-to-register-devices': [],
  'unregistered-device': [],
  'missing-field': ['field'],
  'unsupported-operation': ['operation'],
  'invalid-table': [],
  'client-too-old-for-table': ['actual', 'required', 'table'],
  'invalid-column': ['table'],
  'reserved-column': ['table', 'column'],
  'duplicate-column': ['table', 'column'],
  'invalid-number': ['field', 'max'],
  refused: ['message'],
};

const hasCode = (error: unknown): error is { readonly code: UserError['code'] } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  Object.hasOwn(dataOf, error.code);

/** Whether what a host's code refused with is a refusal, whatever its types promised. */
export const isUserError = (error: unknown): error is UserError =>
  hasCode(error) &&
  dataOf[error.code].every((name) => Object.hasOwn(error, name)) &&
  Object.values(error).every((datum) => typeof datum === 'string');

/**
 * The words of a refusal, as the tablet shows them to its user (DESIGN.md, section 9); those of the gates are CamCOPS's own.
 *
 * @example
 * import { missingField, userErrorMessage } from 'camcops-tablet-session';
 *
 * userErrorMessage(missingField('table')); // 'Must provide the variable: table'
 */
export const userErrorMessage = (error: UserError): string => {
  switch (error.code) {
    case 'not-post':
      return 'Must use POST method';
    case 'duplicate-field':
      return `The field ${error.field} was sent more than once`;
    case 'invalid-field':
      return `Bad ${error.field} field: ${error.rule}`;
    case 'missing-version':
      return 'Not a valid CamCOPS API request';
    case 'nonsensical-version':
      return 'CamCOPS tablet version nonsensical';
    case 'reserved-device-name':
      return "Tablets cannot use the device name 'server'";
    case 'reserved-username':
      return "Tablets cannot use the username 'system'";
    case 'version-too-old':
      return `Tablet CamCOPS version too old: is ${error.actual}, need ${error.required}`;
    case 'version-too-new':
      return `Tablet CamCOPS version too new: is ${error.actual}, need ${error.supported}`;
    case 'version-blocked':
      return `Tablet CamCOPS version not supported: is ${error.actual}, need ${error.supported}`;
    case 'invalid-credentials':
      return 'Invalid username/password (or user not authorized)';
    case 'no-upload-group':
      return `No upload group set for user ${error.username}`;
    case 'not-authorized-to-upload':
      return 'User not authorized to upload to selected group';
    case 'not-authorized-to-register-devices':
      return 'User not authorized to register devices for selected group';
    case 'unregistered-device':
      return 'Unregistered device';
    case 'missing-field':
      return `Must provide the variable: ${error.field}`;
    case 'unsupported-operation':
      return `operation=${error.operation}: not supported`;
    case 'invalid-table':
      return error.table === undefined ? 'Invalid client table name' : `Invalid client table name: ${error.table}`;
    case 'client-too-old-for-table':
      return (
        `Client CamCOPS version ${error.actual} is less than the version (${error.required}) ` +
        `required to handle table ${error.table}`
      );
    case 'invalid-column':
      return `Invalid field name for table '${error.table}'${error.column === undefined ? '' : `: '${error.column}'`}`;
    case 'reserved-column':
      return `Reserved field name for table '${error.table}': '${error.column}'`;
    case 'duplicate-column':
      return `Duplicate field name for table '${error.table}': '${error.column}'`;
    case 'invalid-number':
      return `Bad ${error.field} number: must be a whole number from 0 to ${error.max}`;
    case 'refused':
      return error.message;
  }
};
