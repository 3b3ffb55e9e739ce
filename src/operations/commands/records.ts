/** Records, read literal by literal: their keys, dates and marks. */
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import { missingColumn } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import type { TableChange, UploadedRecord } from '../uploads/table-change.js';
import { trimmed } from '../wire/characters.js';
import { instantOf } from '../wire/instant.js';
import { literalValue } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';

/** What a key must be. */
export const keyRule = 'must be a whole number from 0 to 9007199254740991';

/** Whether a value of the column `id` is a client's key. */
export const isKey = (value: Value): value is number => Number.isSafeInteger(value);

/** As `literalValue`, of a key: a number that is not written in digits alone is NaN, so what is wrong elsewhere comes before it. */
const keyValue: typeof literalValue = (text, from, to) => {
  const value = literalValue(text, from, to);
  return typeof value === 'number' && !/^[0-9]+$/.test(trimmed(text, from, to)) ? NaN : value;
};

/** As `literalValue`, of a column. */
export const valueIn = (column: string): typeof literalValue => (column === 'id' ? keyValue : literalValue);

/** A date, if a value is one. */
export const dateOf = (value: Value): Option<string> =>
  // Stryker disable next-line ConditionalExpression: a value of another type is no instant either; TypeScript needs it.
  typeof value === 'string' && instantOf(value) !== undefined ? some(value) : none;

/** Any number but 0, any text and any bytes but empty ones. NULL is false. */
export const isTrue = (value: Value): boolean => {
  if (value === null) return false;
  return typeof value === 'string' || typeof value === 'object' ? value.length > 0 : value !== 0;
};

/** The records of one table, as they are read. */
export interface RecordList {
  readonly records: readonly UploadedRecord[];
  /** Adds a record, or says why it is refused. */
  readonly add: (values: ReadonlyMap<string, Value>) => UserError | undefined;
}

/** Makes the refusal of a value in a record, which is counted from 0. */
export type Refuse = (record: number, column: string, rule: string) => UserError;

/** An empty list. */
export const recordList = (refuse: Refuse): RecordList => {
  const records: UploadedRecord[] = [];
  const keys = new Set<number>();
  const add = (values: ReadonlyMap<string, Value>): UserError | undefined => {
    const key = values.get('id');
    const date = values.get('when_last_modified');
    const mark = values.get('_move_off_tablet');
    if (key === undefined) return missingColumn('id');
    if (date === undefined) return missingColumn('when_last_modified');
    if (mark === undefined) return missingColumn('_move_off_tablet');
    if (!isKey(key)) return refuse(records.length, 'id', keyRule);
    if (keys.size === keys.add(key).size) return refuse(records.length, 'id', 'must not be that of another record');
    records.push({ key, whenLastModified: dateOf(date), moveOffTablet: isTrue(mark), values });
    return undefined;
  };
  return { records, add };
};

const noKeys: ReadonlySet<number> = new Set();

/** A change as it is read: which stored records to finalize is decided later. */
export const changeOf = (
  table: string,
  records: readonly UploadedRecord[],
  keep: TableChange['keep'] = 'sent',
): TableChange => ({ table, records, keep, finalize: noKeys });
