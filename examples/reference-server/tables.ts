/** The tables that tablets may upload here: their columns, and the oldest client that knows each. */
import { isLeft } from 'fp-ts/lib/Either.js';
import { parseClientVersion } from 'camcops-tablet-session';
import { type TableRule } from 'camcops-tablet-session/operations';

/** A mistyped version ends the start: without the table, tablets could not upload what they hold. */
export const tableRule = (oldestClient: string, ...columns: readonly string[]): TableRule => {
  const version = parseClientVersion(oldestClient);
  if (isLeft(version)) throw new Error(`${oldestClient} is no client version`);
  const ofAnyTable = ['id', 'when_last_modified', '_move_off_tablet'];
  return { minClientVersion: version.right, columns: new Set([...ofAnyTable, ...columns]) };
};

const questions = (count: number) => Array.from({ length: count }, (_, index) => `q${String(index + 1)}`);

export const tables: ReadonlyMap<string, TableRule> = new Map([
  ['patient', tableRule('1.14.0', 'forename', 'surname', 'dob', 'sex')],
  ['patient_idnum', tableRule('2.0.1', 'patient_id', 'which_idnum', 'idnum_value')],
  ['phq9', tableRule('1.14.0', 'patient_id', ...questions(10))],
  ['gad7', tableRule('1.14.0', 'patient_id', ...questions(7))],
]);
