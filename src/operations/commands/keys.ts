/** `delete_where_key_not` and `which_keys_to_send` of CamCOPS's client API: lists of keys, with dates and marks beside them. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import { countMismatch, invalidValue, tooMany } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { trimmed } from '../wire/values.js';
import * as L from '../wire/sql-literals.js';
import type { ChangesCommand, Commands } from './commands.js';
import { neededText, readTableAndKey, textOf, type Read, type Reader, type Source } from './fields.js';
import { changeOf, dateOf, isTrue, maxListed, readKey } from './records.js';

const refusalIn =
  (field: string) =>
  ({ index, rule }: L.BrokenLiteral): UserError =>
    invalidValue(field, `value ${String(index)}`, rule);

/** Reads a field that holds a list. */
const readList = <V>(
  source: Source,
  field: string,
  most: number,
  reader: L.LiteralReader<V>,
): Read<L.LiteralList<V>> => {
  const text = textOf(source, field);
  return E.isLeft(text) ? text : E.mapLeft(refusalIn(field))(L.readLiterals(text.right, most, () => reader));
};

/** Reads the keys of the field `pkvalues`; a blank field holds none. */
const readKeys = (source: Source): Read<readonly number[]> => {
  const keys = readList(source, 'pkvalues', maxListed, readKey);
  if (E.isLeft(keys)) return keys;
  return keys.right.count > maxListed ? E.left(tooMany('pkvalues', 'keys', maxListed)) : E.right(keys.right.values);
};

/** Reads the command of `delete_where_key_not`: the keys that stay. */
export const readDeleteWhereKeyNot: Reader<ChangesCommand> = (source) =>
  pipe(
    readTableAndKey(source),
    E.chainFirst(() => neededText(source, 'pkvalues')),
    E.bindTo('table'),
    E.bind('keys', () => readKeys(source)),
    E.map(({ table, keys }) => ({ changes: [changeOf(table.name, [], new Set(keys))] })),
  );

const notDate = E.left('must be an ISO 8601 date and time');

/** Reads a date, which clients send without quotes, or NULL. */
const readDate: L.LiteralReader<Option<string>> = (text, from, to) => {
  const written = trimmed(text, from, to);
  const date = /^[0-9]/.test(written) ? E.right(written) : L.readLiteral(text, from, to);
  if (E.isLeft(date)) return date;
  if (date.right === null) return E.right(none);
  const instant = dateOf(date.right);
  return instant._tag === 'None' ? notDate : E.right(instant);
};

/** Reads the dates of the field `datevalues`, one per key. A blank field beside one key is one NULL. */
const readDates = (source: Source, keys: readonly number[]): Read<(index: number) => Option<string>> => {
  const dates = readList(source, 'datevalues', keys.length, readDate);
  if (E.isLeft(dates)) return dates;
  const { values, count } = dates.right;
  return count === keys.length || (count === 0 && keys.length === 1)
    ? E.right((index) => values[index] ?? none)
    : E.left(countMismatch('PK values', keys.length, 'dates', count));
};

const readMark: L.LiteralReader<boolean> = (text, from, to) => E.map(isTrue)(L.readLiteral(text, from, to));

/**
 * Reads the marks of the field `move_off_tablet_values`, one per key; clients below 2.3.0 send none. A tablet whose marks are all NULL
 * sends a blank field (CamCOPS issue 316): all marks count as false.
 */
const readMarks = (source: Source, keys: readonly number[]): Read<(index: number) => Option<boolean>> => {
  const marks = readList(source, 'move_off_tablet_values', keys.length, readMark);
  if (E.isLeft(marks)) return marks;
  const { values, count } = marks.right;
  if (count > 0 && count !== keys.length)
    return E.left(countMismatch('move-off-tablet values', count, 'PKs', keys.length));
  const isSent = source.fields.has('move_off_tablet_values');
  return E.right((index) => (isSent ? some(values[index] === true) : none));
};

/** Checks that no two keys are the same. */
const checkDistinct = (keys: readonly number[]): Read<void> => {
  const seen = new Set<number>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key)) return E.left(refusalIn('pkvalues')({ index, rule: 'must not be sent twice' }));
    seen.add(key);
  }
  return E.right(undefined);
};

/** Reads the command of `which_keys_to_send`: the keys that the tablet has, and the date and mark of each. */
export const readWhichKeysToSend: Reader<Commands['which_keys_to_send']> = (source) =>
  pipe(
    readTableAndKey(source),
    E.bindTo('table'),
    E.bind('keys', () => readKeys(source)),
    E.bind('dateAt', ({ keys }) => readDates(source, keys)),
    E.bind('markAt', ({ keys }) => readMarks(source, keys)),
    E.chainFirst(({ keys }) => checkDistinct(keys)),
    E.map(({ table, keys, dateAt, markAt }) => ({
      table: table.name,
      primaryKey: 'id' as const,
      asked: keys.map((key, index) => ({ key, whenLastModified: dateAt(index), moveOffTablet: markAt(index) })),
    })),
  );
