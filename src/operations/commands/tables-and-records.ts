/** `upload_table`, `upload_record` and `upload_empty_tables`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { copeWithOldIdNums, explicitPkNameForUploadTable, type HasClientVersion } from '../../client-quirks.js';
import { countMismatch, invalidValue, missingColumn, negativeNumber } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { usableTable, type UploadTables } from '../tables.js';
import { trimmed } from '../wire/characters.js';
import { countLiterals, literalsOf, nextValue } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import { checkPrimaryKey, readColumns, readTable } from './columns.js';
import type { ChangesCommand, RecordsCommand } from './commands.js';
import { neededInteger, neededText, type ReadFields } from './fields.js';
import { isOldPatient, oldColumnsOf, separated } from './old-patients.js';
import { changeOf, keyRule, recordList } from './records.js';

type Mismatch = (values: number) => UserError;

/** The values of the columns, read from one field. */
const readValues = (
  text: string,
  columns: ReadonlySet<string>,
  mismatch: Mismatch,
  refuse: (column: string, rule: string) => UserError,
): Either<UserError, ReadonlyMap<string, Value>> => {
  const literals = literalsOf(text);
  const values = new Map<string, Value>();
  for (const column of columns) {
    if (literals.isEnded) break;
    values.set(column, nextValue(literals));
    if (literals.broken !== undefined) return left(refuse(column, literals.broken));
    if (literals.isReal && column === 'id') return left(refuse('id', keyRule));
  }
  const count = values.size + countLiterals(literals);
  return count === columns.size ? right(values) : left(mismatch(count));
};

/** Reads the command of `upload_table`. */
export const readUploadTable = (
  tables: UploadTables,
  client: HasClientVersion,
  fields: ReadFields,
): Either<UserError, RecordsCommand> => {
  const table = readTable(tables, client, fields);
  if (isLeft(table)) return table;
  const { name } = table.right;
  const columns = readColumns(table.right, fields, oldColumnsOf(client, name));
  if (isLeft(columns)) return columns;
  const count = neededInteger(fields, 'nrecords');
  if (isLeft(count)) return count;
  if (count.right < 0) return left(negativeNumber('nrecords', count.right));
  // Older clients do not name their primary key.
  const primaryKey = explicitPkNameForUploadTable(client) ? checkPrimaryKey(table.right, fields) : right('id');
  if (isLeft(primaryKey)) return primaryKey;
  if (count.right === 0 && !columns.right.has('id')) return left(missingColumn('id'));

  const refuseIn = (record: number, column: string, rule: string): UserError =>
    invalidValue(`record${String(record)}`, `column ${column}`, rule);
  const refuse = (column: string, rule: string): UserError => refuseIn(list.records.length, column, rule);
  const list = recordList(refuse);
  for (let index = 0; index < count.right; index += 1) {
    const text = neededText(fields, `record${String(index)}`);
    if (isLeft(text)) return text;
    const mismatch = (values: number): UserError =>
      countMismatch('fields in field list', columns.right.size, `values in record ${String(index)}`, values);
    const values = readValues(text.right, columns.right, mismatch, refuse);
    if (isLeft(values)) return values;
    const refusal = list.add(values.right);
    if (refusal !== undefined) return left(refusal);
  }
  if (isOldPatient(client, name)) return separated(list.records, refuseIn);
  return right({ changes: [changeOf(name, list.records)] });
};

/** Reads the command of `upload_record`. */
export const readUploadRecord = (
  tables: UploadTables,
  client: HasClientVersion,
  fields: ReadFields,
): Either<UserError, RecordsCommand> => {
  const table = readTable(tables, client, fields);
  if (isLeft(table)) return table;
  const primaryKey = checkPrimaryKey(table.right, fields);
  if (isLeft(primaryKey)) return primaryKey;
  const columns = readColumns(table.right, fields);
  if (isLeft(columns)) return columns;
  const text = neededText(fields, 'values');
  if (isLeft(text)) return text;

  const refuse = (column: string, rule: string): UserError => invalidValue('values', `column ${column}`, rule);
  const mismatch = (values: number): UserError => countMismatch('fields', columns.right.size, 'values', values);
  const values = readValues(text.right, columns.right, mismatch, refuse);
  if (isLeft(values)) return values;
  const list = recordList(refuse);
  const refusal = list.add(values.right);
  return refusal === undefined ? right({ changes: [changeOf(table.right.name, list.records, 'all')] }) : left(refusal);
};

/** Reads the command of `upload_empty_tables`. */
export const readUploadEmptyTables = (
  tables: UploadTables,
  client: HasClientVersion,
  fields: ReadFields,
): Either<UserError, ChangesCommand> => {
  const list = neededText(fields, 'tables');
  if (isLeft(list)) return list;
  const names = new Set<string>();
  // One that is not a table's comes no later than this, if there are so many.
  for (const piece of list.right.split(',')) {
    const name = trimmed(piece);
    const table = usableTable(tables, client, name);
    if (isLeft(table)) return table;
    names.add(name);
  }
  if (names.has('patient') && copeWithOldIdNums(client)) names.add('patient_idnum');
  return right({ changes: [...names].map((name) => changeOf(name, [])) });
};
