/** Records, changes and steps in few letters, and arbitrary ones over few keys, so that they meet. */
import type { StoredRecord, TableChange, UploadedRecord, UploadStep, Value } from 'camcops-tablet-session/operations';
import fc from 'fast-check';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

export const [dawn, noon, noonElsewhere, dusk] = [
  '2026-03-01T06:00:00.000+00:00',
  '2026-03-01T12:00:00.000+00:00',
  '2026-03-01T13:30:00.000+01:30',
  '2026-03-01T18:00:00.000+00:00',
];

/** A record whose row is one text, of noon unless another date is given. */
export const record = (
  key: number,
  row = `row ${String(key)}`,
  differences: { date?: string | null; moveOffTablet?: boolean } = {},
): UploadedRecord<string> => {
  const { date = noon, moveOffTablet = false } = differences;
  return { key, whenLastModified: date === null ? none : some(date), moveOffTablet, row };
};

/** A change that sends some records, and keeps no others. */
export const change = <R = string>(
  records: readonly UploadedRecord<R>[],
  { table = 'phq9', keep = 'sent', finalize = new Set() }: Partial<TableChange> = {},
): TableChange<R> => ({ table, records, keep, finalize });

export const step = <R = string>(changes: readonly TableChange<R>[], finalizing = false): UploadStep<R> => ({
  finalizing,
  changes,
});

/** The same, with rows of one column. */
export const withRows = ({ finalizing, changes }: UploadStep<string>): UploadStep => ({
  finalizing,
  changes: changes.map((each) => ({
    ...each,
    records: each.records.map((one) => ({ ...one, row: { columns: ['text'], values: [one.row] } })),
  })),
});

/** A stored record, whose reference is told from those of others. */
export const stored = (key: number, date: Option<string> = some(noon), ref = `ref ${String(key)}`) => ({
  ...{ ref, table: 'phq9', key, whenLastModified: date },
});

/** All keys of arbitrary records. */
export const someKeys = [0, 1, 2, 3, 4, 5, 6, 7];
const anyKey = fc.constantFrom(...someKeys);
const anyKeys = fc.uniqueArray(anyKey).map((keys): ReadonlySet<number> => new Set(keys));
const anyDate = fc.option(fc.constantFrom(dawn, noon, noonElsewhere, dusk), { freq: 8 });

const anyRecord = fc
  .tuple(anyKey, fc.string({ maxLength: 2 }), anyDate, fc.boolean())
  .map(([key, row, date, moveOffTablet]) => record(key, row, { date, moveOffTablet }));

/** What a tablet has in one table. No two have the same key. */
export const anyRecords = fc.uniqueArray(anyRecord, { selector: ({ key }) => key });

export const anyChange: fc.Arbitrary<TableChange<string>> = fc.record({
  table: fc.constantFrom('phq9', 'gad7'),
  records: anyRecords,
  keep: fc.oneof(fc.constantFrom('sent' as const, 'all' as const), anyKeys),
  finalize: anyKeys,
});

export const anyStep: fc.Arbitrary<UploadStep<string>> = fc.record({
  finalizing: fc.boolean(),
  changes: fc.array(anyChange, { maxLength: 3 }),
});

export const anyStored: fc.Arbitrary<readonly StoredRecord<string>[]> = fc
  .uniqueArray(fc.tuple(anyKey, anyDate), { selector: ([key]) => key })
  .map((rows) => rows.map(([key, date]) => stored(key, date === null ? none : some(date))));

export const anyValue: fc.Arbitrary<Value> = fc.oneof(
  ...[fc.constant(null), fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.bigInt(), fc.uint8Array()],
);
