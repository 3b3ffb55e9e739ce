/** `upload_table`, `upload_record` and `upload_empty_tables`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { copeWithOldIdNums, explicitPkNameForUploadTable } from '../../client-quirks.js';
import { countMismatch, invalidValue, missingColumn, negativeNumber } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { usableTable } from '../tables.js';
import { trimmed } from '../wire/characters.js';
import { countLiterals, literalsOf, nextValue } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import { checkPrimaryKey, readColumns, readTable, readTableAndKey } from './columns.js';
import type { ChangesCommand, RecordsCommand } from './commands.js';
import { neededInteger, neededText, type Reader } from './fields.js';
import { isOldPatient, oldColumnsOf, separated } from './old-patients.js';
import { changeOf, notKey, recordList, type Refuse } from './records.js';

/** The values of the columns, read from one text. `mismatch` makes the refusal of another number of values. */
const readValues = (
  text: string,
  columns: readonly string[],
  mismatch: (count: number) => UserError,
  refuse: Refuse,
): Either<UserError, ReadonlyMap<string, Value>> => {
  const literals = literalsOf(text);
  const values = new Map<string, Value>();
  for (const column of columns) {
    if (literals.isEnded) break;
    const value = nextValue(literals);
    if (literals.broken !== undefined) return left(refuse(column, literals.broken));
    values.set(column, literals.isReal && column === 'id' ? notKey : value);
  }
  const count = values.size + countLiterals(literals);
  return count === columns.length ? right(values) : left(mismatch(count));
};

const refuseIn = (field: string) => (column: string, rule: string) => invalidValue(field, `column ${column}`, rule);

/** Reads the command of `upload_table`. */
export const readUploadTable: Reader<RecordsCommand> = (source) => {
  const { client } = source;
  const table = readTable(source);
  if (isLeft(table)) return table;
  const { name } = table.right;
  const columns = readColumns(table.right, source, oldColumnsOf(client, name));
  if (isLeft(columns)) return columns;
  const count = neededInteger(source, 'nrecords');
  if (isLeft(count)) return count;
  if (count.right < 0) return left(negativeNumber('nrecords', count.right));
  // Older clients do not name their primary key.
  const primaryKey = explicitPkNameForUploadTable(client) ? checkPrimaryKey(table.right, source) : table;
  if (isLeft(primaryKey)) return primaryKey;
  if (count.right === 0 && !columns.right.includes('id')) return left(missingColumn('id'));

  const fieldOf = (record: number): string => `record${String(record)}`;
  const refuse: Refuse = (column, rule) => refuseIn(fieldOf(list.records.length))(column, rule);
  const mismatch = (values: number): UserError =>
    countMismatch(
      'fields in field list',
      columns.right.length,
      `values in record ${String(list.records.length)}`,
      values,
    );
  const list = recordList(refuse);
  while (list.records.length < count.right) {
    const text = neededText(source, fieldOf(list.records.length));
    if (isLeft(text)) return text;
    const values = readValues(text.right, columns.right, mismatch, refuse);
    if (isLeft(values)) return values;
    const refusal = list.add(values.right);
    if (refusal !== undefined) return left(refusal);
  }
  if (!isOldPatient(client, name)) return right({ changes: [changeOf(name, list.records)] });
  const refusePatient = (record: number, rule: string): UserError => refuseIn(fieldOf(record))('id', rule);
  return separated(list.records, refusePatient);
};

/** Reads the command of `upload_record`. */
export const readUploadRecord: Reader<RecordsCommand> = (source) => {
  const table = readTableAndKey(source);
  if (isLeft(table)) return table;
  const columns = readColumns(table.right, source);
  if (isLeft(columns)) return columns;
  const text = neededText(source, 'values');
  if (isLeft(text)) return text;
  const refuse = refuseIn('values');
  const mismatch = (values: number): UserError => countMismatch('fields', columns.right.length, 'values', values);
  const values = readValues(text.right, columns.right, mismatch, refuse);
  if (isLeft(values)) return values;
  const list = recordList(refuse);
  const refusal = list.add(values.right);
  return refusal === undefined ? right({ changes: [changeOf(table.right.name, list.records, 'all')] }) : left(refusal);
};

/** Reads the command of `upload_empty_tables`. */
export const readUploadEmptyTables: Reader<ChangesCommand> = (source) => {
  const list = neededText(source, 'tables');
  if (isLeft(list)) return list;
  const names = new Set<string>();
  for (const piece of list.right.split(',')) {
    const name = trimmed(piece);
    const table = usableTable(source.tables, source.client, name);
    if (isLeft(table)) return table;
    names.add(name);
  }
  if (names.has('patient') && copeWithOldIdNums(source.client)) names.add('patient_idnum');
  return right({ changes: Array.from(names, (name) => changeOf(name, [])) });
};
