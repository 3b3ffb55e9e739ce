/** `delete_where_key_not` and `which_keys_to_send` of CamCOPS's client API: lists of keys, with dates and marks beside them. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isNone, none, some, type Option } from 'fp-ts/lib/Option.js';

import { countMismatch, invalidValue, tooMany } from '../../refusals/uploads.js';
import type { UserError } from '../../user-error.js';
import { isSameDate, type StoredRecord } from '../uploads/plan-upload.js';
import type { TableChange } from '../uploads/upload-step.js';
import { trimmed } from '../wire/values.js';
import * as L from '../wire/sql-literals.js';
import type { ChangesCommand, Commands } from './commands.js';
import * as F from './fields.js';

const refusalIn = (field: string, { index, rule }: L.BrokenLiteral): UserError =>
  invalidValue(field, `value ${String(index)}`, rule);

/** Reads a field that holds a list. */
const readList = <V>(source: F.Source, field: string, most: number, reader: L.LiteralReader<V>) => {
  const text = F.textOf(source, field);
  if (E.isLeft(text)) return text;
  const list = L.readLiterals(text.right, most, () => reader);
  return E.mapLeft((broken: L.BrokenLiteral) => refusalIn(field, broken))(list);
};

/** Reads the keys of the field `pkvalues`; a blank field holds none. */
const readKeys: F.Reader<readonly number[]> = (source) =>
  pipe(
    readList(source, 'pkvalues', F.maxListed, F.readKey),
    E.chainFirst(({ count }) => F.ensure(count <= F.maxListed, tooMany('pkvalues', 'keys', F.maxListed))),
    E.map(({ values }) => values),
  );

/** Reads the command of `delete_where_key_not`: the keys that stay. */
export const readDeleteWhereKeyNot: F.Reader<ChangesCommand> = (source) =>
  pipe(
    F.readTableAndKey(source),
    E.chainFirst(() => F.neededText(source, 'pkvalues')),
    E.bindTo('table'),
    E.bind('keys', () => readKeys(source)),
    E.map(({ table, keys }) => ({ changes: [F.changeOf(table.name, [], new Set(keys))] })),
  );

const notDate = E.left('must be an ISO 8601 date and time');

/** Reads a date, which clients send without quotes, or NULL. */
const readDate: L.LiteralReader<Option<string>> = (text, from, to) => {
  const written = trimmed(text, from, to);
  const date = /^[0-9]/.test(written) ? E.right(written) : L.readLiteral(text, from, to);
  if (E.isLeft(date)) return date;
  const instant = F.dateOf(date.right);
  return isNone(instant) && date.right !== null ? notDate : E.right(instant);
};

const readMark: L.LiteralReader<boolean> = (text, from, to) => E.map(F.isTrue)(L.readLiteral(text, from, to));

/** Checks that no two keys are the same. */
const checkDistinct = (keys: readonly number[]): F.Read<unknown> => {
  const seen = new Set<number>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key)) return E.left(refusalIn('pkvalues', { index, rule: 'must not be sent twice' }));
    seen.add(key);
  }
  return E.right(keys);
};

/**
 * Reads the command of `which_keys_to_send`: the keys that the tablet has, and the date and mark of each. A blank field of dates beside one
 * key is one NULL. Clients below 2.3.0 send no marks. A tablet whose marks are all NULL sends a blank field (CamCOPS issue 316): all marks
 * count as false.
 */
export const readWhichKeysToSend: F.Reader<Commands['which_keys_to_send']> = (source) =>
  pipe(
    F.readTableAndKey(source),
    E.bindTo('table'),
    E.bind('keys', () => readKeys(source)),
    E.bind('dates', ({ keys }) => readList(source, 'datevalues', keys.length, readDate)),
    E.chainFirst(({ keys: { length }, dates: { count } }) => {
      const isOneNull = count === 0 && length === 1;
      return F.ensure(count === length || isOneNull, countMismatch('PK values', length, 'dates', count));
    }),
    E.bind('marks', ({ keys }) => readList(source, 'move_off_tablet_values', keys.length, readMark)),
    E.chainFirst(({ keys: { length }, marks: { count } }) =>
      F.ensure(count === length || count === 0, countMismatch('move-off-tablet values', count, 'PKs', length)),
    ),
    E.chainFirst(({ keys }) => checkDistinct(keys)),
    E.map(({ table, keys, dates, marks }) => {
      const hasMarks = source.fields.has('move_off_tablet_values');
      const asked = keys.map((key, index) => {
        const moveOffTablet = hasMarks ? some(marks.values[index] === true) : none;
        return { key, whenLastModified: dates.values[index] ?? none, moveOffTablet };
      });
      return { table: table.name, primaryKey: 'id', asked };
    }),
  );

/**
 * Returns the keys to answer to `which_keys_to_send`, in the order asked, and the change that the question implies: whatever the tablet
 * did not ask about, it has deleted; a record that it marked but need not send is finalized. Wanted are records that are not stored or
 * have another date, and all records of a client that sends no marks. `stored` needs only the records of the keys asked.
 */
export const keysToSend =
  (stored: readonly Pick<StoredRecord, 'key' | 'whenLastModified'>[]) =>
  ({ table, asked }: Pick<Commands['which_keys_to_send'], 'table' | 'asked'>) => {
    const dates = new Map(stored.map(({ key, whenLastModified }) => [key, whenLastModified]));
    const keys: number[] = [];
    const finalize = new Set<number>();
    for (const { key, whenLastModified, moveOffTablet } of asked) {
      const before = dates.get(key);
      if (isNone(moveOffTablet) || before === undefined || !isSameDate(before, whenLastModified)) keys.push(key);
      else if (moveOffTablet.value) finalize.add(key);
    }
    const change: TableChange = { table, records: [], keep: new Set(asked.map(({ key }) => key)), finalize };
    return { keys, change };
  };
