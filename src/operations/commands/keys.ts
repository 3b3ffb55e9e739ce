/** `delete_where_key_not` and `which_keys_to_send`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';

import type { HasClientVersion } from '../../client-quirks.js';
import { countMismatch, invalidValue } from '../../refusals/records.js';
import type { UserError } from '../../user-error.js';
import type { UploadTables } from '../tables.js';
import { instantOf } from '../wire/instant.js';
import { countLiterals, literalsOf, nextDate, nextValue, type Literals } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import { checkPrimaryKey, readTable } from './columns.js';
import type { AskedKey, ChangesCommand, Commands } from './commands.js';
import { neededText, textOf, type ReadFields } from './fields.js';
import { changeOf, isKey, isTrue, keyRule } from './records.js';

const place = (index: number): string => `value ${String(index)}`;

/** The first `most` values of a field that holds a list, and the number of all. A blank list is empty. */
const readList = (
  field: string,
  text: string,
  most: number,
  next: (literals: Literals) => Value,
): Either<UserError, { readonly values: readonly Value[]; readonly count: number }> => {
  const literals = literalsOf(text);
  literals.isEnded = text === '';
  const values: Value[] = [];
  while (!literals.isEnded && values.length < most) {
    const value = next(literals);
    if (literals.broken !== undefined) return left(invalidValue(field, place(values.length), literals.broken));
    values.push(value);
  }
  return right({ values, count: values.length + countLiterals(literals) });
};

/** Reads the command of `delete_where_key_not`. */
export const readDeleteWhereKeyNot = (
  tables: UploadTables,
  client: HasClientVersion,
  fields: ReadFields,
): Either<UserError, ChangesCommand> => {
  const table = readTable(tables, client, fields);
  if (isLeft(table)) return table;
  const primaryKey = checkPrimaryKey(table.right, fields);
  if (isLeft(primaryKey)) return primaryKey;
  const text = neededText(fields, 'pkvalues');
  if (isLeft(text)) return text;
  const list = readList('pkvalues', text.right, Infinity, nextValue);
  if (isLeft(list)) return list;
  const keys = new Set<number>();
  for (const [index, key] of list.right.values.entries()) {
    if (!isKey(key)) return left(invalidValue('pkvalues', place(index), keyRule));
    keys.add(key);
  }
  return right({ changes: [changeOf(table.right.name, [], keys)] });
};

/** Reads the command of `which_keys_to_send`. */
export const readWhichKeysToSend = (
  tables: UploadTables,
  client: HasClientVersion,
  fields: ReadFields,
): Either<UserError, Commands['which_keys_to_send']> => {
  const table = readTable(tables, client, fields);
  if (isLeft(table)) return table;
  const primaryKey = checkPrimaryKey(table.right, fields);
  if (isLeft(primaryKey)) return primaryKey;
  const keyText = textOf(fields, 'pkvalues');
  if (isLeft(keyText)) return keyText;
  const dateText = textOf(fields, 'datevalues');
  if (isLeft(dateText)) return dateText;
  const markText = textOf(fields, 'move_off_tablet_values');
  if (isLeft(markText)) return markText;

  const keys = readList('pkvalues', keyText.right, Infinity, nextValue);
  if (isLeft(keys)) return keys;
  const { count } = keys.right;
  const dates = readList('datevalues', dateText.right, count, nextDate);
  if (isLeft(dates)) return dates;
  if (dates.right.count !== count) return left(countMismatch('PK values', count, 'dates', dates.right.count));
  const marks = readList('move_off_tablet_values', markText.right, count, nextValue);
  if (isLeft(marks)) return marks;
  // A tablet whose marks are all NULL sends a blank field: CamCOPS issue 316.
  if (markText.right !== '' && marks.right.count !== count) {
    return left(countMismatch('move-off-tablet values', marks.right.count, 'PKs', count));
  }
  const hasMarks = fields.has('move_off_tablet_values');

  const asked: AskedKey[] = [];
  const seen = new Set<number>();
  for (const [index, key] of keys.right.values.entries()) {
    if (!isKey(key)) return left(invalidValue('pkvalues', place(index), keyRule));
    if (seen.size === seen.add(key).size) return left(invalidValue('pkvalues', place(index), 'must not be sent twice'));
    const date = dates.right.values[index] ?? null;
    if (date !== null && (typeof date !== 'string' || instantOf(date) === undefined)) {
      return left(invalidValue('datevalues', place(index), 'must be an ISO 8601 date and time with an offset'));
    }
    asked.push({
      key,
      whenLastModified: date === null ? none : some(date),
      moveOffTablet: hasMarks ? some(isTrue(marks.right.values[index] ?? null)) : none,
    });
  }
  return right({ table: table.right.name, primaryKey: primaryKey.right, asked });
};
