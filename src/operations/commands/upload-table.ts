/** `upload_table`, `upload_record` and `upload_empty_tables`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { copeWithOldIdNums, explicitPkNameForUploadTable } from '../../client-quirks.js';
import { countMismatch, invalidValue, missingColumn, negativeNumber } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { usableTable } from '../tables.js';
import type { UploadedRecord } from '../uploads/table-change.js';
import { trimmed } from '../wire/characters.js';
import { eachLiteral } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import type { ChangesCommand, RecordsCommand } from './commands.js';
import {
  checkPrimaryKey,
  neededInteger,
  neededText,
  readColumns,
  readTable,
  readTableAndKey,
  type Reader,
  type Source,
} from './fields.js';
import { isOldPatient, separated, withOldColumns } from './old-patients.js';
import { changeOf, recordList, valueIn, type Refuse } from './records.js';

/** The fields that hold records, one each, and what their values are counted against. */
interface RecordFields {
  readonly count: number;
  readonly fieldOf: (record: number) => string;
  readonly mismatch: (record: number, values: number) => UserError;
}

const refuseIn =
  (fieldOf: RecordFields['fieldOf']): Refuse =>
  (record, column, rule) =>
    invalidValue(fieldOf(record), `column ${column}`, rule);

/** Reads records, whose values stand in the order of the columns. */
const readRecords = (
  source: Source,
  columns: readonly string[],
  { count, fieldOf, mismatch }: RecordFields,
): Either<UserError, readonly UploadedRecord[]> => {
  const refuse = refuseIn(fieldOf);
  const { records, add } = recordList(refuse);
  for (let record = 0; record < count; record += 1) {
    const text = neededText(source, fieldOf(record));
    if (isLeft(text)) return text;
    const values = new Map<string, Value>();
    const valueCount = eachLiteral(text.right, columns.length, (from, to, index) => {
      // No more values are visited than there are columns.
      const column = String(columns[index]);
      const value = valueIn(column)(text.right, from, to);
      if (typeof value === 'symbol') return refuse(record, column, String(value.description));
      values.set(column, value);
      return undefined;
    });
    if (typeof valueCount !== 'number') return left(valueCount);
    const refusal = valueCount === columns.length ? add(values) : mismatch(record, valueCount);
    if (refusal !== undefined) return left(refusal);
  }
  return right(records);
};

/** Reads the command of `upload_table`. */
export const readUploadTable: Reader<RecordsCommand> = (source) => {
  const table = readTable(source);
  if (isLeft(table)) return table;
  const { name } = table.right;
  const isOld = isOldPatient(source.client, name);
  const columns = readColumns(isOld ? withOldColumns(table.right) : table.right, source);
  if (isLeft(columns)) return columns;
  const count = neededInteger(source, 'nrecords');
  if (isLeft(count)) return count;
  if (count.right < 0) return left(negativeNumber('nrecords', count.right));
  // Older clients do not name their primary key.
  const primaryKey = explicitPkNameForUploadTable(source.client) ? checkPrimaryKey(table.right, source) : table;
  if (isLeft(primaryKey)) return primaryKey;
  if (count.right === 0 && !columns.right.includes('id')) return left(missingColumn('id'));
  const fieldOf = (record: number): string => `record${String(record)}`;
  const mismatch = (record: number, values: number): UserError =>
    countMismatch('fields in field list', columns.right.length, `values in record ${String(record)}`, values);
  const records = readRecords(source, columns.right, { count: count.right, fieldOf, mismatch });
  if (isLeft(records)) return records;
  return isOld ? separated(records.right, refuseIn(fieldOf)) : right({ changes: [changeOf(name, records.right)] });
};

/** Reads the command of `upload_record`. */
export const readUploadRecord: Reader<RecordsCommand> = (source) => {
  const table = readTableAndKey(source);
  if (isLeft(table)) return table;
  const columns = readColumns(table.right, source);
  if (isLeft(columns)) return columns;
  const mismatch = (_: number, values: number): UserError =>
    countMismatch('fields', columns.right.length, 'values', values);
  const records = readRecords(source, columns.right, { count: 1, fieldOf: () => 'values', mismatch });
  return isLeft(records) ? records : right({ changes: [changeOf(table.right.name, records.right, 'all')] });
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
