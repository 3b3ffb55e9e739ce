/** The union of all refusals, and its renderer. Each room owns its refusals: see `refusals/`. */
import type { NonsensicalVersion } from './refusals/client-version.js';
import type { FormRefusal } from './refusals/form.js';
import type { GateRefusal } from './refusals/gates.js';
import type { HandlerRefusal } from './refusals/handler.js';
import type { PatientRefusal } from './refusals/patients.js';
import type { RecordRefusal } from './refusals/records.js';
import type { TableRefusal } from './refusals/tables.js';
import type { UploadRefusal } from './refusals/uploads.js';
import type { VersionRefusal } from './refusals/version-policy.js';

/**
 * What a tablet or its user did that the server will not accept: a closed union on `code`. Codes are stable. All data are
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

/**
 * The words of a refusal, as the tablet shows them to its user. Those of the gates and fields are CamCOPS's own, unless they would
 * quote what was sent.
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
    case 'wrong-primary-key':
      return `The primary key of table '${error.table}' must be 'id'`;
    case 'missing-primary-key':
      return `Client-side PK name not specified by client for non-empty table '${error.table}'`;
    case 'invalid-number':
      if (error.max !== undefined) return `Bad ${error.field} number: must be a whole number from 0 to ${error.max}`;
      return `Variable ${error.field} is not a valid integer${error.value === undefined ? '' : `; was '${error.value}'`}`;
    case 'negative-number':
      return `${error.field}=${error.value}: can't be less than 0`;
    case 'count-mismatch':
      return `Number of ${error.counted} (${error.count}) doesn't match number of ${error.expected} (${error.expectedCount})`;
    case 'missing-column':
      return `Field '${error.column}' missing in client input`;
    case 'invalid-value':
      return `Bad value in ${error.field}, ${error.place}: ${error.rule}`;
    case 'table-names-differ':
      return "Table names don't match from (1) DB data (2) PK info";
    case 'bad-json':
      return `Bad JSON for key '${error.field}'`;
    case 'wrong-json':
      return `${error.json} JSON is ${error.problem}`;
    case 'unknown-patient-key':
      return `Unknown JSON key${error.key === undefined ? '' : `: '${error.key}'`}`;
    case 'invalid-id-number-key':
      return `Bad idnum key${error.key === undefined ? '' : `: '${error.key}'`}`;
    case 'repeated-id-number':
      return `More than one ID number supplied for ID number type ${error.type}`;
    case 'missing-finalizing':
      return "Missing 'finalizing' JSON key";
    case 'unknown-access-key':
      return 'There is no patient with that access key. Have you entered the key correctly?';
    case 'unknown-id-number':
      return `Bad ID number type: ${error.type}`;
    case 'unknown-id-number-in-upload':
      return error.type === undefined ? 'No such ID number type' : `No such ID number type: ${error.type}`;
    case 'invalid-id-number':
      return `The ID number of type ${error.type} is invalid`;
    case 'patient-fails-policy':
      return `Invalid patient (number ${error.patient} in the list): Fails ${error.policy} ID policy`;
    case 'no-upload-under-way':
      return 'No upload is under way: please start the upload again';
    case 'upload-under-way':
      return 'This upload has already begun: please start the upload again';
    case 'refused':
      return error.message;
  }
};
