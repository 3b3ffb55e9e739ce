/** Recorded commands, and what the package reads from the same fields. */
import { isDeepStrictEqual } from 'node:util';
import { isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, none } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ClientVersion, userErrorMessage, type UserError } from '../../src/index.js';
import type { Commands } from '../../src/operations/commands/commands.js';
import { readCommand } from '../../src/operations/commands/read-command.js';
import { uuidOfAccessKey } from '../../src/operations/patients/access-key.js';
import type { ServerInfo } from '../../src/operations/patients/model.js';
import { serverInfo } from '../../src/operations/patients/server-info.js';
import { validatePatientIdNums, validatePatients } from '../../src/operations/patients/validate-patients.js';
import type { UploadTables } from '../../src/operations/tables.js';
import { decoded, rightOf } from './decoded.js';
import { clientVersion } from './fixtures.js';
import { comparable, plain } from './plain-command.js';
import { runFile, type Result } from './recorded-file.js';
import { idNumbersBeside, tablesBeside } from './replay.js';

// The files

const operations = {
  register: null,
  register_patient: null,
  get_task_schedules: null,
  validate_patients: null,
  upload_empty_tables: null,
  upload_table: null,
  upload_record: null,
  delete_where_key_not: null,
  which_keys_to_send: null,
  upload_entire_database: null,
} as const satisfies Record<keyof Commands, null>;

const RecordedCommand = t.type({
  id: t.string,
  operation: t.keyof(operations),
  clientVersion: ClientVersion,
  fields: t.array(t.tuple([t.string, t.string])),
  expect: t.union([t.type({ command: t.UnknownRecord }), t.type({ refused: t.union([t.string, t.null]) })]),
});

type RecordedCommand = t.TypeOf<typeof RecordedCommand>;

/** Whether a recording is of a command. */
export const isRecordedCommand = (line: unknown): boolean =>
  t.type({ operation: t.string, clientVersion: t.string, expect: t.UnknownRecord }).is(line);

/** The types of ID numbers that the recording server defined. Any patient satisfies its policies. */
interface IdNumberTypes {
  readonly types: ServerInfo;
  readonly methods: ServerInfo;
}

const idNumberTypes = (file: string): IdNumberTypes => {
  const defined = Object.entries(idNumbersBeside(file));
  const infoWith = (methods: boolean): ServerInfo =>
    rightOf(
      serverInfo({
        databaseTitle: 'Recorded',
        uploadPolicy: 'sex OR NOT sex',
        finalizePolicy: 'sex OR NOT sex',
        idNumbers: defined.map(([which, method]) => ({
          which: Number(which),
          description: which,
          shortDescription: which,
          validation: methods ? fromNullable(method) : none,
        })),
      }),
    );
  return { types: infoWith(false), methods: infoWith(true) };
};

/**
 * The check of ID numbers, which a recording makes together with the reading. Of `validate_patients` it checks only that the types
 * are defined: its numbers are checked at the upload.
 */
const idNumberRefusal = (info: IdNumberTypes, command: Commands[keyof Commands]): Either<UserError, void> => {
  if ('patients' in command) return validatePatients(info.types)(command.patients);
  if (!('changes' in command)) return right(undefined);
  const checks = command.changes.map(validatePatientIdNums(info.methods));
  return checks.find(isLeft) ?? right(undefined);
};

// Comparison

const plainCommand = (command: Commands[keyof Commands]): unknown =>
  plain('accessKey' in command ? { uuid: uuidOfAccessKey(command.accessKey) } : command);

/** What differs between a recorded command and ours, in a line; nothing if they agree. */
const commandMismatches = (
  { id, operation, clientVersion, fields, expect }: RecordedCommand,
  tables: UploadTables,
  info: IdNumberTypes,
): readonly string[] => {
  const read: Either<UserError, Commands[keyof Commands]> = readCommand(tables)({ clientVersion }, operation, fields);
  const checked = isLeft(read) ? read : idNumberRefusal(info, read.right);
  if (isLeft(checked) && 'refused' in expect && expect.refused === null) return [];
  const told = isLeft(checked) ? { refused: userErrorMessage(checked.left) } : { command: plainCommand(rightOf(read)) };
  return isDeepStrictEqual(comparable(told), comparable(expect))
    ? []
    : [`${id}: expected ${JSON.stringify(expect)}, got ${JSON.stringify(told)}`];
};

/** Runs a file of commands, with `tables.json` and `id-numbers.json` beside it. */
export const runRecordedCommands = (file: string): Promise<Result> => {
  const tables = new Map(
    Object.entries(tablesBeside(file)).map(([name, { minClientVersion, columns }]) => [
      name,
      { minClientVersion: clientVersion(minClientVersion), columns: new Set(columns) },
    ]),
  );
  const types = idNumberTypes(file);
  return runFile(file, 'commands', (line) => commandMismatches(decoded(RecordedCommand, line), tables, types));
};
