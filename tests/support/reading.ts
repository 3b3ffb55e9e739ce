/** Reading commands in tests: two tables, and what a reader says in plain form. */
import { isLeft } from 'fp-ts/lib/Either.js';

import { userErrorMessage, type Fields, type Operation } from '../../src/index.js';
import type { ChangesCommand, CommandOf } from '../../src/operations/commands/commands.js';
import { readCommand } from '../../src/operations/commands/read-command.js';
import type { UploadTables } from '../../src/operations/tables.js';
import { clientVersion } from './fixtures.js';

const common = ['id', 'when_last_modified', '_move_off_tablet'];

export const tables: UploadTables = new Map([
  ['patient', { columns: new Set([...common, 'forename', 'sex']), minClientVersion: clientVersion('1.0.0') }],
  ['patient_idnum', { columns: new Set([...common, 'which_idnum']), minClientVersion: clientVersion('1.0.0') }],
  ['task', { columns: new Set([...common, 'q1', 'q2']), minClientVersion: clientVersion('2.3.0') }],
]);

/** The command, or the words of its refusal. */
export const read = <O extends Operation>(operation: O, fields: Fields, version = '2.4.24'): CommandOf<O> | string => {
  const command = readCommand(tables)({ clientVersion: clientVersion(version) }, operation, fields);
  return isLeft(command) ? userErrorMessage(command.left) : command.right;
};

/** The values of the only record of the only change. */
export const onlyValues = (command: ChangesCommand | string): ReadonlyMap<string, unknown> | string => {
  if (typeof command === 'string') return command;
  const row = command.changes[0]?.records[0]?.row;
  return row === undefined ? 'no record' : new Map(row.columns.map((column, index) => [column, row.values[index]]));
};

export const date = "'2026-11-24T09:30:15.123+05:30'";

/** The fields of `upload_table` for `task`, of records that hold `id,q1` before their date and mark. */
export const taskRecords = (...records: readonly string[]): Readonly<Record<string, string>> => ({
  table: 'task',
  pkname: 'id',
  fields: 'id,q1,when_last_modified,_move_off_tablet',
  nrecords: String(records.length),
  ...Object.fromEntries(records.map((record, index) => [`record${String(index)}`, `${record},${date},0`])),
});

/** The fields of `upload_entire_database`, with every table's primary key. */
export const database = (dbdata: string, pknameinfo?: string): Readonly<Record<string, string>> => {
  const named = (): string => {
    const names = Object.keys(JSON.parse(dbdata) as object);
    return JSON.stringify(Object.fromEntries(names.map((name) => [name, 'id'])));
  };
  return { finalizing: '0', pknameinfo: pknameinfo ?? named(), dbdata };
};
