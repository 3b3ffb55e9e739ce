/** `delete_where_key_not` and `which_keys_to_send`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, none, some } from 'fp-ts/lib/Option.js';

import { countMismatch, invalidValue } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { trimmed } from '../wire/characters.js';
import { eachLiteral, literalValue } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import type { AskedKey, ChangesCommand, Commands } from './commands.js';
import { neededText, readTableAndKey, textOf, type Reader, type Source } from './fields.js';
import { changeOf, dateOf, isKey, isTrue, keyRule, valueIn } from './records.js';

const refuse = (field: string, index: number, rule: string): UserError =>
  invalidValue(field, `value ${String(index)}`, rule);

/** The first `most` values of a field that holds a list, and the number of all. A blank list is empty. */
const readList = (
  source: Source,
  field: string,
  most: number,
  valueOf: typeof literalValue,
): Either<UserError, { readonly values: readonly Value[]; readonly count: number }> => {
  const text = textOf(source, field);
  if (isLeft(text)) return text;
  const values: Value[] = [];
  const count = eachLiteral(text.right, most, (from, to, index) => {
    const value = valueOf(text.right, from, to);
    if (typeof value === 'symbol') return refuse(field, index, String(value.description));
    values.push(value);
    return undefined;
  });
  return typeof count === 'number' ? right({ values, count }) : left(count);
};

/** Clients send dates without quotes. */
const dateValue: typeof literalValue = (text, from, to) => {
  const date = trimmed(text, from, to);
  return /^[0-9]/.test(date) ? date : literalValue(text, from, to);
};

const badKey = (index: number): Either<UserError, never> => left(refuse('pkvalues', index, keyRule));

/** Reads the command of `delete_where_key_not`. */
export const readDeleteWhereKeyNot: Reader<ChangesCommand> = (source) => {
  const table = readTableAndKey(source);
  if (isLeft(table)) return table;
  const text = neededText(source, 'pkvalues');
  if (isLeft(text)) return text;
  const list = readList(source, 'pkvalues', Infinity, valueIn('id'));
  if (isLeft(list)) return list;
  const keys = new Set<number>();
  for (const [index, key] of list.right.values.entries()) {
    if (!isKey(key)) return badKey(index);
    keys.add(key);
  }
  return right({ changes: [changeOf(table.right.name, [], keys)] });
};

/** Reads the command of `which_keys_to_send`. */
export const readWhichKeysToSend: Reader<Commands['which_keys_to_send']> = (source) => {
  const table = readTableAndKey(source);
  if (isLeft(table)) return table;
  const keys = readList(source, 'pkvalues', Infinity, valueIn('id'));
  if (isLeft(keys)) return keys;
  const { count } = keys.right;
  const dates = readList(source, 'datevalues', count, dateValue);
  if (isLeft(dates)) return dates;
  if (dates.right.count !== count) return left(countMismatch('PK values', count, 'dates', dates.right.count));
  const marks = readList(source, 'move_off_tablet_values', count, literalValue);
  if (isLeft(marks)) return marks;
  // A tablet whose marks are all NULL sends a blank field (CamCOPS issue 316).
  if (marks.right.count > 0 && marks.right.count !== count) {
    return left(countMismatch('move-off-tablet values', marks.right.count, 'PKs', count));
  }

  const asked: AskedKey[] = [];
  const seen = new Set<number>();
  const hasMarks = source.fields.has('move_off_tablet_values');
  for (const [index, key] of keys.right.values.entries()) {
    if (!isKey(key)) return badKey(index);
    if (seen.size === seen.add(key).size) return left(refuse('pkvalues', index, 'must not be sent twice'));
    const date = dates.right.values[index] ?? null;
    const whenLastModified = dateOf(date);
    if (date !== null && isNone(whenLastModified)) {
      return left(refuse('datevalues', index, 'must be an ISO 8601 date and time'));
    }
    const isMarked = isTrue(marks.right.values[index] ?? null);
    asked.push({ key, whenLastModified, moveOffTablet: hasMarks ? some(isMarked) : none });
  }
  return right({ table: table.right.name, primaryKey: 'id', asked });
};
