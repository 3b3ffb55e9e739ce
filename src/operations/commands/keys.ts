/** `delete_where_key_not` and `which_keys_to_send`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import { countMismatch, invalidValue } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import { instantOf } from '../wire/instant.js';
import { countLiterals, literalsOf, nextDate, nextValue, type Literals } from '../wire/sql-literals.js';
import { readTableAndKey } from './columns.js';
import type { AskedKey, ChangesCommand, Commands } from './commands.js';
import { neededText, textOf, type Reader, type Source } from './fields.js';
import { changeOf, isKey, isTrue, keyRule, notKey } from './records.js';

/** The first `most` items of a field that holds a list, and the number of all. A blank list is empty. */
interface List<A> {
  readonly items: readonly A[];
  readonly count: number;
}

const refuse = (field: string, index: number, rule: string): UserError =>
  invalidValue(field, `value ${String(index)}`, rule);

const readList =
  <A>(next: (literals: Literals) => A) =>
  (source: Source, field: string, most: number): Either<UserError, List<A>> => {
    const text = textOf(source, field);
    if (isLeft(text)) return text;
    const literals = literalsOf(text.right);
    const items: A[] = [];
    while (!literals.isEnded && items.length < most) {
      items.push(next(literals));
      if (literals.broken !== undefined) return left(refuse(field, items.length - 1, literals.broken));
    }
    return right({ items, count: items.length + countLiterals(literals) });
  };

/** Keys; `notKey` for anything else. */
const readKeys = readList((literals) => {
  const key = nextValue(literals);
  return !literals.isReal && isKey(key) ? key : notKey;
});

/** Dates; `undefined` for what is none. NULL is `none`. */
const readDates = readList((literals): Option<string> | undefined => {
  const date = nextDate(literals);
  if (date === null) return none;
  return typeof date === 'string' && instantOf(date) !== undefined ? some(date) : undefined;
});

const readMarks = readList((literals) => isTrue(nextValue(literals)));

const badKey = (index: number): Either<UserError, never> => left(refuse('pkvalues', index, keyRule));

/** Reads the command of `delete_where_key_not`. */
export const readDeleteWhereKeyNot: Reader<ChangesCommand> = (source) => {
  const table = readTableAndKey(source);
  if (isLeft(table)) return table;
  const text = neededText(source, 'pkvalues');
  if (isLeft(text)) return text;
  const keys = readKeys(source, 'pkvalues', Infinity);
  if (isLeft(keys)) return keys;
  const bad = keys.right.items.findIndex(Number.isNaN);
  return bad < 0 ? right({ changes: [changeOf(table.right.name, [], new Set(keys.right.items))] }) : badKey(bad);
};

/** Reads the command of `which_keys_to_send`. */
export const readWhichKeysToSend: Reader<Commands['which_keys_to_send']> = (source) => {
  const table = readTableAndKey(source);
  if (isLeft(table)) return table;
  const keys = readKeys(source, 'pkvalues', Infinity);
  if (isLeft(keys)) return keys;
  const { count } = keys.right;
  const dates = readDates(source, 'datevalues', count);
  if (isLeft(dates)) return dates;
  if (dates.right.count !== count) return left(countMismatch('PK values', count, 'dates', dates.right.count));
  const marks = readMarks(source, 'move_off_tablet_values', count);
  if (isLeft(marks)) return marks;
  // A tablet whose marks are all NULL sends a blank field (CamCOPS issue 316).
  if (marks.right.count > 0 && marks.right.count !== count) {
    return left(countMismatch('move-off-tablet values', marks.right.count, 'PKs', count));
  }

  const asked: AskedKey[] = [];
  const seen = new Set<number>();
  const hasMarks = source.fields.has('move_off_tablet_values');
  for (const [index, key] of keys.right.items.entries()) {
    if (Number.isNaN(key)) return badKey(index);
    if (seen.size === seen.add(key).size) return left(refuse('pkvalues', index, 'must not be sent twice'));
    const whenLastModified = dates.right.items[index];
    if (whenLastModified === undefined) return left(refuse('datevalues', index, 'must be an ISO 8601 date and time'));
    asked.push({ key, whenLastModified, moveOffTablet: hasMarks ? some(marks.right.items[index] === true) : none });
  }
  return right({ table: table.right.name, primaryKey: 'id', asked });
};
