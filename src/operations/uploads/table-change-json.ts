/** Changes as JSON, for hosts that stage them in a database. */
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { guardCodec, optionOf, redactedFailure } from '../../internal/codec.js';
import type { Value } from '../wire/value.js';
import type { TableChange, UploadedRecord } from './table-change.js';
import { isValue, jsonOfValue, valueOfJson, type ValueJson } from './value-json.js';

const rule = 'must be a change of a table';

/** A change as JSON. */
export interface ChangeJson {
  readonly table: string;
  readonly records: readonly {
    readonly key: number;
    readonly whenLastModified: string | null;
    readonly moveOffTablet: boolean;
    readonly values: readonly (readonly [column: string, value: ValueJson])[];
  }[];
  readonly keep: 'sent' | 'all' | readonly number[];
  readonly finalize: readonly number[];
}

const isKey = (input: unknown): input is number => Number.isSafeInteger(input) && Number(input) >= 0;
const Key = guardCodec('Key', rule, isKey);
const Keys = guardCodec(
  'Keys',
  rule,
  (input): input is ReadonlySet<number> => input instanceof Set && [...input].every(isKey),
);
const Values = guardCodec(
  'Values',
  rule,
  (input): input is ReadonlyMap<string, Value> =>
    input instanceof Map && [...input].every(([column, value]) => typeof column === 'string' && isValue(value)),
);

/** The shape of a change, given how a date, the values and some keys are written. */
const shapeOf = <D, V, K>(date: t.Type<D>, values: t.Type<V>, keys: t.Type<K>) =>
  t.type({
    table: t.string,
    records: t.readonlyArray(t.type({ key: Key, whenLastModified: date, moveOffTablet: t.boolean, values })),
    keep: t.union([t.literal('sent'), t.literal('all'), keys]),
    finalize: keys,
  });

const Shape = shapeOf(optionOf(t.string), Values, Keys);
const JsonShape = shapeOf(
  t.union([t.string, t.null]),
  t.readonlyArray(t.tuple([t.string, t.unknown])),
  t.readonlyArray(Key),
);

const readValues = (
  pairs: readonly (readonly [column: string, json: unknown])[],
): ReadonlyMap<string, Value> | undefined => {
  const values = new Map<string, Value>();
  for (const [column, json] of pairs) {
    const value = valueOfJson(json);
    if (value === undefined) return undefined;
    values.set(column, value);
  }
  return values;
};

/**
 * The codec of a change as a JSON value: bytes as base64, and whole numbers beyond 2^53 - 1, `NaN`, the infinities and `-0` as well,
 * come back as they were. Its errors never hold what they refused. Store the JSON as text: PostgreSQL's `jsonb` refuses strings that
 * hold a NUL.
 *
 * @example
 * import { TableChangeJson, type TableChange } from 'camcops-tablet-session/operations';
 * import { none } from 'fp-ts/lib/Option.js';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * const values = new Map([['theblob', new Uint8Array([1, 2, 3])]]);
 * const record = { key: 1, whenLastModified: none, moveOffTablet: false, values };
 * const change: TableChange = { table: 'blobs', records: [record], keep: 'sent', finalize: new Set() };
 * TableChangeJson.encode(change).records[0]?.values; // [['theblob', { blob: 'AQID' }]]
 * PathReporter.report(TableChangeJson.decode({ ...TableChangeJson.encode(change), keep: 'none' })); // ['must be a change of a table']
 */
export const TableChangeJson: t.Type<TableChange, ChangeJson> = new t.Type(
  'TableChangeJson',
  Shape.is,
  (input, context) => {
    if (!JsonShape.is(input)) return redactedFailure(context, rule);
    const records: UploadedRecord[] = [];
    for (const record of input.records) {
      const values = readValues(record.values);
      if (values === undefined) return redactedFailure(context, rule);
      records.push({ ...record, whenLastModified: fromNullable(record.whenLastModified), values });
    }
    const { table, keep, finalize } = input;
    const kept = typeof keep === 'string' ? keep : new Set(keep);
    return t.success({ table, records, keep: kept, finalize: new Set(finalize) });
  },
  ({ table, records, keep, finalize }) => ({
    table,
    records: records.map(({ key, whenLastModified, moveOffTablet, values }) => ({
      key,
      whenLastModified: toNullable(whenLastModified),
      moveOffTablet,
      values: [...values].map(([column, value]) => [column, jsonOfValue(value)] as const),
    })),
    keep: typeof keep === 'string' ? keep : [...keep],
    finalize: [...finalize],
  }),
);
