/** From an operation's fields to its command. */
import { isLeft, left, map, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';

import type { Operation } from '../../admission.js';
import type { HasClientVersion } from '../../client-quirks.js';
import { invalidField } from '../../refusals/form.js';
import type { Fields } from '../../tablet-form.js';
import type { UserError } from '../../user-error.js';
import { parseAccessKey, type AccessKey } from '../patients/access-key.js';
import type { UploadTables } from '../tables.js';
import { isWellFormed, wellFormedRule } from '../wire/values.js';
import type { AccessKeyCommand, CommandOf, Commands } from './commands.js';
import { needed, readFields, textOf, type Reader } from './fields.js';
import { readDeleteWhereKeyNot, readWhichKeysToSend } from './keys.js';
import { readUploadEntireDatabase } from './one-step.js';
import { readValidatePatients } from './patients.js';
import { readUploadEmptyTables, readUploadRecord, readUploadTable } from './upload-table.js';

const readAccessKey: Reader<AccessKeyCommand> = (source) =>
  map((accessKey: AccessKey) => ({ accessKey }))(needed(source, 'patient_proquint', parseAccessKey));

/** Reads the command of `register`: the name that the user has given the tablet. */
const readRegister: Reader<Commands['register']> = (source) => {
  const text = textOf(source, 'devicefriendlyname');
  if (isLeft(text)) return text;
  if (!isWellFormed(text.right)) return left(invalidField('devicefriendlyname', wellFormedRule));
  return right({ friendlyName: text.right === '' ? none : some(text.right) });
};

const readers: { readonly [O in Operation]?: Reader<CommandOf<O>> } = {
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
const noCommand = right({} as never);

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
  <O extends Operation>(client: HasClientVersion, operation: O, fields: Fields): Either<UserError, CommandOf<O>> =>
    readers[operation]?.({ tables, client, fields: readFields(fields) }) ?? noCommand;
