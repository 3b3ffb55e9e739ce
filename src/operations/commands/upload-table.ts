/** `upload_table`, `upload_record` and `upload_empty_tables` of CamCOPS's client API. */
import { bind, bindTo, chain, chainFirst, isLeft, left, map, right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import { copeWithOldIdNums, explicitPkNameForUploadTable } from '../../client-quirks.js';
import { countMismatch, invalidValue, missingColumn, negativeNumber, tooMany } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import type { UploadedRecord } from '../uploads/upload-step.js';
import { trimmed, type Value } from '../wire/values.js';
import { readLiteral, readLiterals, type LiteralReader } from '../wire/sql-literals.js';
import type { ChangesCommand, RecordsCommand } from './commands.js';
import * as F from './fields.js';
import * as R from './records.js';

/** The fields that hold records, one each, and the refusal of one with too many or too few values. */
interface RecordFields {
  readonly count: number;
  readonly fieldOf: (record: number) => string;
  readonly mismatch: (record: number, values: number) => UserError;
}

const refuseIn =
  (fieldOf: RecordFields['fieldOf']): R.Refuse =>
  (record, column, rule) =>
    invalidValue(fieldOf(record), `column ${column}`, rule);

/** Reads records, whose values stand in the order of the columns. */
const readRecords = (
  source: F.Source,
  columns: readonly string[],
  { count, fieldOf, mismatch }: RecordFields,
): F.Read<readonly UploadedRecord[]> => {
  const refuse = refuseIn(fieldOf);
  const { records, add } = R.recordList(refuse);
  const keyAt = columns.indexOf('id');
  const readerOf = (at: number): LiteralReader<Value> => (at === keyAt ? R.readKey : readLiteral);
  const layout = R.layoutOf(columns);
  for (let record = 0; record < count; record += 1) {
    const text = F.neededText(source, fieldOf(record));
    if (isLeft(text)) return text;
    const list = readLiterals(text.right, columns.length, readerOf);
    if (isLeft(list)) return left(refuse(record, String(columns[list.left.index]), list.left.rule));
    if (list.right.count !== columns.length) return left(mismatch(record, list.right.count));
    if (isLeft(layout)) return layout;
    const added = add(layout.right, list.right.values);
    if (isLeft(added)) return added;
  }
  return right(records);
};

/** Returns the number of records of `upload_table`, which must be from 0 to {@link R.maxListed}. */
const readCount: F.Reader<number> = (source) => {
  const count = F.neededInteger(source, 'nrecords');
  if (isLeft(count)) return count;
  if (count.right < 0) return left(negativeNumber('nrecords', count.right));
  return count.right > R.maxListed ? left(tooMany('nrecords', 'records', R.maxListed)) : count;
};

const fieldOf = (record: number): string => `record${String(record)}`;

const tableFields = (columns: readonly string[], count: number): RecordFields => ({
  count,
  fieldOf,
  mismatch: (record, values) =>
    countMismatch('fields in field list', columns.length, `values in record ${String(record)}`, values),
});

/** Checks what no record shows: clients from 2.0.4 name their primary key, and a table without records must have `id` too. */
const checkKey = (
  source: F.Source,
  table: F.NamedTable,
  columns: readonly string[],
  count: number,
): F.Read<unknown> => {
  const key = explicitPkNameForUploadTable(source.client) ? F.readPrimaryKey(source, table) : right('id');
  return isLeft(key) || count > 0 || columns.includes(key.right) ? key : left(missingColumn(key.right));
};

/**
 * Reads the command of `upload_table`: all records of a table, which replace those stored. Of an old client's `patient`, the ID
 * numbers are a second change.
 */
export const readUploadTable: F.Reader<RecordsCommand> = (source) =>
  pipe(
    F.readTable(source),
    bindTo('table'),
    bind('isOld', ({ table }) => right(R.isOldPatient(source.client, table.name))),
    bind('columns', ({ table, isOld }) => F.readColumns(source, isOld ? R.withOldColumns(table) : table)),
    bind('count', () => readCount(source)),
    chainFirst(({ table, columns, count }) => checkKey(source, table, columns, count)),
    bind('records', ({ columns, count }) => readRecords(source, columns, tableFields(columns, count))),
    chain(({ table, isOld, records }) =>
      isOld ? R.separated(records, refuseIn(fieldOf)) : right({ changes: [R.changeOf(table.name, records)] as const }),
    ),
  );

const recordFields = (columns: readonly string[]): RecordFields => ({
  count: 1,
  fieldOf: () => 'values',
  mismatch: (_, values) => countMismatch('fields', columns.length, 'values', values),
});

/** Reads the command of `upload_record`: one record, beside those stored. */
export const readUploadRecord: F.Reader<RecordsCommand> = (source) =>
  pipe(
    F.readTableAndKey(source),
    bindTo('table'),
    bind('columns', ({ table }) => F.readColumns(source, table)),
    bind('records', ({ columns }) => readRecords(source, columns, recordFields(columns))),
    map(({ table, records }) => ({ changes: [R.changeOf(table.name, records, 'all')] as const })),
  );

/** Reads the command of `upload_empty_tables`: each table once. The ID numbers of clients below 2.0.1 go with their patients. */
export const readUploadEmptyTables: F.Reader<ChangesCommand> = (source) => {
  const list = F.neededText(source, 'tables');
  if (isLeft(list)) return list;
  const names = new Set<string>();
  for (let from = 0; from <= list.right.length;) {
    const comma = list.right.indexOf(',', from);
    const to = comma < 0 ? list.right.length : comma;
    const name = trimmed(list.right, from, to);
    from = to + 1;
    if (names.has(name)) continue;
    const table = F.namedTable(source, name);
    if (isLeft(table)) return table;
    names.add(name);
  }
  if (names.has('patient') && copeWithOldIdNums(source.client)) names.add('patient_idnum');
  return right({ changes: Array.from(names, (name) => R.changeOf(name, [])) });
};
