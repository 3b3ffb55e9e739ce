/** Records and changes in few letters, and arbitrary ones over few keys, so that they meet. */
import fc from 'fast-check';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import type { StoredRecord, TableChange, UploadedRecord } from '../../src/operations/index.js';

export const [dawn, noon, noonElsewhere, dusk] = [
  '2026-03-01T06:00:00.000+00:00',
  '2026-03-01T12:00:00.000+00:00',
  '2026-03-01T13:30:00.000+01:30',
  '2026-03-01T18:00:00.000+00:00',
];

/** A record whose values are one text, of noon unless another date is given. */
export const record = (
  key: number,
  values = `values of ${String(key)}`,
  differences: { date?: string | null; moveOffTablet?: boolean } = {},
): UploadedRecord<string> => {
  const { date = noon, moveOffTablet = false } = differences;
  return { key, whenLastModified: date === null ? none : some(date), moveOffTablet, values };
};

/** A change of `phq9` that sends some records, and keeps no others. */
export const change = (
  records: readonly UploadedRecord<string>[],
  { keep = 'sent', finalize = new Set() }: Partial<TableChange<string>> = {},
): TableChange<string> => ({ table: 'phq9', records, keep, finalize });

/** A stored record, whose reference is told from those of others. */
export const stored = (key: number, date: Option<string> = some(noon), ref = `ref ${String(key)}`) => ({
  ref,
  key,
  whenLastModified: date,
});

/** As plain data, in which sets can be compared, and `'sent'` with the empty set. */
export const plain = ({ keep, finalize, ...rest }: TableChange<string>) => ({
  ...rest,
  keep: keep === 'all' ? keep : keep === 'sent' ? [] : [...keep].sort(),
  finalize: [...finalize].sort(),
});

const anyKey = fc.nat(7);
const anyKeys = fc.uniqueArray(anyKey).map((keys): ReadonlySet<number> => new Set(keys));
const anyDate = fc.option(fc.constantFrom(dawn, noon, noonElsewhere, dusk), { freq: 8 });

const anyRecord = fc
  .tuple(anyKey, fc.string({ maxLength: 2 }), anyDate, fc.boolean())
  .map(([key, values, date, moveOffTablet]) => record(key, values, { date, moveOffTablet }));

/** What a tablet has in one table. No two have the same key. */
export const anyRecords = fc.uniqueArray(anyRecord, { selector: ({ key }) => key });

export const anyChange: fc.Arbitrary<TableChange<string>> = fc.record({
  table: fc.constant('phq9'),
  records: anyRecords,
  keep: fc.oneof(fc.constantFrom('sent' as const, 'all' as const), anyKeys),
  finalize: anyKeys,
});

export const anyStored: fc.Arbitrary<readonly StoredRecord<string>[]> = fc
  .uniqueArray(fc.tuple(anyKey, anyDate), { selector: ([key]) => key })
  .map((rows) => rows.map(([key, date]) => stored(key, date === null ? none : some(date))));
