/** Recorded commands, and what the package reads from the same fields. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, none, toNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ClientVersion, userErrorMessage, type UserError } from '../../src/index.js';
import { serverInfo } from '../../src/operations/answers/server-info.js';
import type { Commands } from '../../src/operations/commands/commands.js';
import { readCommand } from '../../src/operations/commands/read-command.js';
import { uuidOfAccessKey } from '../../src/operations/patients/access-key.js';
import type { ReadPatient } from '../../src/operations/patients/patient-details.js';
import type { ServerInfo } from '../../src/operations/patients/server-info.js';
import { validatePatientIdNums, validatePatients } from '../../src/operations/patients/validate-patients.js';
import type { UploadTables } from '../../src/operations/tables.js';
import type { TableChange } from '../../src/operations/uploads/table-change.js';
import type { Value } from '../../src/operations/wire/value.js';
import { decoded, rightOf } from './decoded.js';

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

/** Whether a line of a file is a recorded command. */
export const isCommandLine = (line: string): boolean =>
  t.type({ operation: t.string, clientVersion: t.string, expect: t.UnknownRecord }).is(JSON.parse(line));

const recordedCommand = (line: unknown): RecordedCommand => decoded(RecordedCommand, line);

const RecordedTables = t.record(t.string, t.type({ minClientVersion: ClientVersion, columns: t.array(t.string) }));

export const uploadTables = (json: string): UploadTables =>
  new Map(
    Object.entries(decoded(RecordedTables, JSON.parse(json))).map(([name, { minClientVersion, columns }]) => [
      name,
      { minClientVersion, columns: new Set(columns) },
    ]),
  );

const RecordedIdNumbers = t.record(t.string, t.union([t.literal('uk_nhs_number'), t.null]));

/** The types of ID numbers that the recording server defined. Any patient satisfies its policies. */
interface IdNumberTypes {
  readonly types: ServerInfo;
  readonly methods: ServerInfo;
}

const idNumberTypes = (json: string): IdNumberTypes => {
  const defined = Object.entries(decoded(RecordedIdNumbers, JSON.parse(json)));
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

// What was read, in the form of the recordings

const plainValue = (value: Value): unknown => {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value === 'object' && value !== null) return { blob: Buffer.from(value).toString('base64') };
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return { float: Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf' };
};

const plainChange = ({ table, records, keep, finalize }: TableChange): unknown => ({
  table,
  records: records.map(({ key, whenLastModified, moveOffTablet, values }) => ({
    key,
    whenLastModified: toNullable(whenLastModified),
    moveOffTablet,
    values: Object.fromEntries([...values].map(([column, value]) => [column, plainValue(value)])),
  })),
  keep: typeof keep === 'string' ? keep : [...keep],
  ...(finalize.size > 0 ? { finalize: [...finalize] } : {}),
});

const plainPatient = ({ idNumbers, finalizing, ...details }: ReadPatient): unknown => ({
  ...Object.fromEntries(Object.entries(details).map(([name, detail]) => [name, toNullable(detail)])),
  idNumbers: [...idNumbers].map(([which, value]) => [which, plainValue(value)]),
  finalizing,
});

const plainCommand = (command: Commands[keyof Commands]): Readonly<Record<string, unknown>> => {
  if ('patients' in command) return { patients: command.patients.map(plainPatient) };
  if ('changes' in command) return { ...command, changes: command.changes.map(plainChange) };
  if ('accessKey' in command) return { uuid: uuidOfAccessKey(command.accessKey) };
  if ('friendlyName' in command) return { friendlyName: toNullable(command.friendlyName) };
  return {
    table: command.table,
    asked: command.asked.map(({ key, whenLastModified, moveOffTablet }) => ({
      key,
      whenLastModified: toNullable(whenLastModified),
      moveOffTablet: toNullable(moveOffTablet),
    })),
  };
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

/** What need not be compared, and lists that are sets. */
const normal = (value: unknown, name = ''): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item));
    return name === 'keep' ? [...new Set(items)].sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([member]) => member !== 'primaryKey' && !(member === 'accessKey' && 'uuid' in value),
  );
  // JSON has no prototype to set, so pairs, in the order of their names.
  return members
    .map(([member, item]) => [member, normal(item, member)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
};

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
  const isSame = JSON.stringify(normal(told)) === JSON.stringify(normal(expect));
  return isSame ? [] : [`${id}: expected ${JSON.stringify(expect)}, got ${JSON.stringify(told)}`];
};

// Files

const textOf = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** Runs a file of commands (`.jsonl`, `.jsonl.gz`), with `tables.json` and `id-numbers.json` beside it. */
export const runRecordedCommands = (
  file: string,
): { readonly count: number; readonly kind: 'commands'; readonly mismatches: readonly string[] } => {
  const lines = textOf(file).split('\n');
  const beside = (name: string): string => readFileSync(join(dirname(file), name), 'utf8');
  const tables = uploadTables(beside('tables.json'));
  const types = idNumberTypes(beside('id-numbers.json'));
  const commands = lines.filter((line) => line.trim() !== '').map((line) => recordedCommand(JSON.parse(line)));
  return {
    count: commands.length,
    kind: 'commands',
    mismatches: commands.flatMap((command) => commandMismatches(command, tables, types)),
  };
};
