/** Changes as JSON, for hosts that stage them in a database. */
import { altW, map } from 'fp-ts/lib/Either.js';
import { fromNullable, toNullable, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { guardCodec, optionOf, redactedFailure } from '../../internal/codec.js';
import type { Value } from '../wire/value.js';
import type { TableChange } from './table-change.js';
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

// Stryker disable StringLiteral: the names of inner codecs are never told.

const Key = guardCodec('Key', rule, (input): input is number => Number.isSafeInteger(input) && Number(input) >= 0);

const ValueAsJson = new t.Type<Value, ValueJson>(
  'Value',
  isValue,
  (input, context) => {
    const value = valueOfJson(input);
    return value === undefined ? redactedFailure(context, rule) : t.success(value);
  },
  jsonOfValue,
);

const NullableText = t.union([t.string, t.null]);
const OptionalText = new t.Type<Option<string>, string | null>(
  'OptionalText',
  optionOf(t.string).is,
  (input, context) => map((text: string | null) => fromNullable(text))(NullableText.validate(input, context)),
  toNullable,
);

/** A collection as the list of its items. */
const listed = <A, O, C extends Iterable<A>>(
  item: t.Type<A, O>,
  isCollection: (input: unknown) => input is Iterable<unknown>,
  collect: (items: readonly A[]) => C,
): t.Type<C, readonly O[]> => {
  const List = t.readonlyArray(item);
  return new t.Type(
    'Listed',
    (input): input is C => isCollection(input) && [...input].every(item.is),
    (input, context) => map(collect)(List.validate(input, context)),
    (collection) => List.encode([...collection]),
  );
};

// Stryker restore StringLiteral

const Keys = listed(
  Key,
  (input) => input instanceof Set,
  (keys): ReadonlySet<number> => new Set(keys),
);
const Values = listed(
  t.tuple([t.string, ValueAsJson]),
  (input) => input instanceof Map,
  (pairs): ReadonlyMap<string, Value> => new Map(pairs),
);

const Change = t.strict({
  table: t.string,
  records: t.readonlyArray(
    t.strict({ key: Key, whenLastModified: OptionalText, moveOffTablet: t.boolean, values: Values }),
  ),
  keep: t.union([t.literal('sent'), t.literal('all'), Keys]),
  finalize: Keys,
});

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
  Change.is,
  (input, context) => altW(() => redactedFailure(context, rule))(Change.decode(input)),
  Change.encode,
);
