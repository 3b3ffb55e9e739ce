/** Records: their keys, dates and marks, and how many there may be. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import { missingColumn } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import type { TableChange, UploadedRecord } from '../uploads/upload-step.js';
import { instantOf, trimmed, type Value } from '../wire/values.js';
import { readLiteral, type LiteralReader } from '../wire/sql-literals.js';

/** At most so many keys, records or patients are taken in one request: more would keep all other clients waiting. */
export const maxListed = 200_000;

const notKey = left(`must be a whole number from 0 to ${String(Number.MAX_SAFE_INTEGER)}`);

/** Reads a client's key, which is written in digits alone. */
export const readKey: LiteralReader<number> = (text, from, to) => {
  const key = readLiteral(text, from, to);
  if (key._tag === 'Left') return key;
  if (typeof key.right !== 'number' || !Number.isSafeInteger(key.right)) return notKey;
  return /^[0-9]+$/.test(trimmed(text, from, to)) ? right(key.right) : notKey;
};

/** Returns a date, if a value is one: an instant in ISO 8601. */
export const dateOf = (value: Value | undefined): Option<string> =>
  typeof value === 'string' && instantOf(value) !== undefined ? some(value) : none;

/** Whether a mark is set. Any number but 0, any text and any bytes but empty ones are true; NULL is false. */
export const isTrue = (value: Value | undefined): boolean => {
  if (value === null || value === undefined) return false;
  return typeof value === 'string' || typeof value === 'object' ? value.length > 0 : value !== 0;
};

/** The columns that every record must have. */
const needed = ['id', 'when_last_modified', '_move_off_tablet'];

/** The columns that records share, and the places of those that every record must have. */
export interface Layout {
  readonly columns: readonly string[];
  readonly key: number;
  readonly date: number;
  readonly mark: number;
}

/** Returns the layout of records with these columns; `missing-column` if they lack one that every record must have. */
export const layoutOf = (columns: readonly string[]): Either<UserError, Layout> => {
  const missing = needed.find((column) => !columns.includes(column));
  if (missing !== undefined) return left(missingColumn(missing));
  const [key = 0, date = 0, mark = 0] = needed.map((column) => columns.indexOf(column));
  return right({ columns, key, date, mark });
};

/** Makes the refusal of a value in a record, which is counted from 0. */
export type Refuse = (record: number, column: string, rule: string) => UserError;

/** The records of one table and request, as they are read. */
export interface RecordList {
  readonly records: readonly UploadedRecord[];
  /** Adds a record, unless another has its key. */
  readonly add: (layout: Layout, values: readonly Value[]) => Either<UserError, void>;
}

const added: Either<UserError, void> = right(undefined);

/** Returns an empty list. */
export const recordList = (refuse: Refuse): RecordList => {
  const records: UploadedRecord[] = [];
  const keys = new Set<number>();
  const add: RecordList['add'] = (layout, values) => {
    const key = Number(values[layout.key]);
    if (keys.has(key)) return left(refuse(records.length, 'id', 'must not be that of another record'));
    keys.add(key);
    records.push({
      key,
      whenLastModified: dateOf(values[layout.date]),
      moveOffTablet: isTrue(values[layout.mark]),
      row: { columns: layout.columns, values },
    });
    return added;
  };
  return { records, add };
};

const noKeys: ReadonlySet<number> = new Set();

/** Returns a change as it is read: which stored records to finalize is decided later. */
export const changeOf = (
  table: string,
  records: readonly UploadedRecord[],
  keep: TableChange['keep'] = 'sent',
): TableChange => ({ table, records, keep, finalize: noKeys });
