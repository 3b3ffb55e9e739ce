/** Every refusal: its code, its data and its words. A refusal never holds what broke a rule. */
import type { ClientVersion, NonsensicalVersion } from './client-version.js';
import type { Username } from './names.js';

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

/** `required` is the lowest version that is served. */
export const versionTooOld = (actual: ClientVersion, required: string): UserError => ({
  code: 'version-too-old',
  actual,
  required,
});

/** `supported` is the policy's range, as its host wrote it. */
export const versionTooNew = (actual: ClientVersion, supported: string): UserError => ({
  code: 'version-too-new',
  actual,
  supported,
});

/** `supported` is the policy's range, as its host wrote it. */
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

/** A handler's own refusal. `message` is shown to the tablet's user: put no secret and no unchecked input in it. */
export const refused = (message: string): UserError => ({ code: 'refused', message });

const codes: Readonly<Record<UserError['code'], true>> = {
  'not-post': true,
  'duplicate-field': true,
  'invalid-field': true,
  'missing-version': true,
  'nonsensical-version': true,
  'reserved-device-name': true,
  'reserved-username': true,
  'version-too-old': true,
  'version-too-new': true,
  'version-blocked': true,
  'invalid-credentials': true,
  'no-upload-group': true,
  'not-authorized-to-upload': true,
  'not-authorized-to-register-devices': true,
  'unregistered-device': true,
  'missing-field': true,
  'unsupported-operation': true,
  refused: true,
};

/** Whether what a host's code refused with is a refusal, whatever its types promised. */
export const isUserError = (value: { readonly code: string }): value is UserError =>
  Object.hasOwn(codes, value.code) && Object.values(value).every((datum) => typeof datum === 'string');

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
    case 'refused':
      return error.message;
  }
};
