/** What one request of an upload sends: rows, records, changes and steps, and their forms as JSON. */
import { map } from 'fp-ts/lib/Either.js';
import { fromNullable, isNone, none, some, toNullable, traverseArray, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { guardCodec, optionOf, redacted, redactedFailure } from '../../internal/codec.js';
import { decodeBase64, encodeBase64, isWhole, type Value } from '../wire/values.js';

// Model

/** The values of one record, in the order of its columns. The two lists have one length. */
export interface Row {
  /** Each column that was sent, once: the key, the date and the mark are among them. Records of one request mostly share one list. */
  readonly columns: readonly string[];
  readonly values: readonly Value[];
}

/**
 * Returns the value of a column of a row; `none` if the column was not sent.
 *
 * @example
 * import { cell } from 'camcops-tablet-session/operations';
 *
 * const row = { columns: ['id', 'q1'], values: [1, null] };
 * cell('q1')(row); // some(null)
 * cell('q2')(row); // none
 */
export const cell =
  (column: string) =>
  ({ columns, values }: Row): Option<Value> => {
    const value = values[columns.indexOf(column)];
    return value === undefined ? none : some(value);
  };

/** Returns the value of a column of a row; NULL if the column was not sent. */
export const valueIn = (column: string, row: Row): Value => toNullable(cell(column)(row));

/** One record of one table on the tablet. Plans never look into `row`, so a host may replace it by a reference of its own. */
export interface UploadedRecord<R = Row> {
  /** The client's own key (`id`): 0 to 2^53 - 1. Clients use it again after its record has left the tablet. */
  readonly key: number;
  /** ISO 8601 with an offset, as it was sent. `none` if it is NULL or no instant. */
  readonly whenLastModified: Option<string>;
  /** Whether the tablet will delete the record after the upload. */
  readonly moveOffTablet: boolean;
  readonly row: R;
}

/** The change of one table. */
export interface TableChange<R = Row> {
  readonly table: string;
  /** No two have the same key. */
  readonly records: readonly UploadedRecord<R>[];
  /** Which of the records stored before stay: those just sent, all, or those with these keys. The tablet has deleted the others. */
  readonly keep: 'sent' | 'all' | ReadonlySet<number>;
  /** Keys of stored records that the tablet has marked, without sending them again, as about to leave it. */
  readonly finalize: ReadonlySet<number>;
}

/** The content of one request of an upload. Two changes of the same table apply in their order. */
export interface UploadStep<R = Row> {
  /** Whether every record of the device is finalized at the end. */
  readonly finalizing: boolean;
  readonly changes: readonly TableChange<R>[];
}

// Rows as JSON

/** A value as JSON. A value that JSON cannot express is an object with one member. */
type ValueJson =
  | null
  | string
  | number
  | { readonly bigint: string }
  | { readonly float: 'nan' | 'inf' | '-inf' | '-0' }
  | { readonly blob: string };

/** A row as JSON. */
export type RowJson = Readonly<Record<string, ValueJson>>;

const isValue = (input: unknown): input is Value =>
  input === null || ['string', 'number', 'bigint'].includes(typeof input) || input instanceof Uint8Array;

/** The numbers that JSON cannot express. */
const floats = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 };
const FloatName = t.keyof(floats);
const floatNames = Object.keys(floats).filter(FloatName.is);

const jsonOf = (value: Value): ValueJson => {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value === 'object') return { blob: encodeBase64(value) };
  const isPlain = Number.isFinite(value) && !Object.is(value, -0);
  const float = isPlain ? undefined : floatNames.find((name) => Object.is(floats[name], value));
  return float === undefined ? value : { float };
};

const BigIntJson = t.type({ bigint: t.string });
const FloatJson = t.type({ float: t.unknown });
const BlobJson = t.type({ blob: t.string });

const valueOf = (json: unknown): Option<Value> => {
  if (json === null || typeof json === 'string') return some(json);
  if (typeof json === 'number') return Number.isFinite(json) ? some(json) : none;
  if (BigIntJson.is(json)) return isWhole(json.bigint) ? some(BigInt(json.bigint)) : none;
  if (FloatJson.is(json)) return FloatName.is(json.float) ? some(floats[json.float]) : none;
  return BlobJson.is(json) ? decodeBase64(json.blob) : none;
};

const isRow = (input: unknown): input is Row =>
  RowForm.is(input) && input.columns.length === input.values.length && input.values.every(isValue);
const RowForm = t.type({ columns: t.readonlyArray(t.string), values: t.UnknownArray });

const rowRule = 'must be a row: an object of columns and values';

/**
 * Decodes a row from a JSON object with one member per column, and encodes it so. Bytes (as base64), whole numbers beyond 2^53 - 1, `NaN`,
 * the infinities and `-0` come back as they were. Errors never hold the refused value.
 *
 * @example
 * import { RowFromJson } from 'camcops-tablet-session/operations';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * RowFromJson.encode({ columns: ['id', 'theblob'], values: [1, new Uint8Array([1, 2, 3])] }); // { id: 1, theblob: { blob: 'AQID' } }
 * RowFromJson.decode({ id: 1, q1: { float: 'nan' } }); // right({ columns: ['id', 'q1'], values: [1, NaN] })
 * PathReporter.report(RowFromJson.decode({ id: true })); // ['must be a row: an object of columns and values']
 */
export const RowFromJson: t.Type<Row, RowJson> = new t.Type(
  'RowFromJson',
  isRow,
  (input, context) => {
    if (!t.UnknownRecord.is(input)) return redactedFailure(context, rowRule);
    const values = traverseArray(valueOf)(Object.values(input));
    if (isNone(values)) return redactedFailure(context, rowRule);
    return t.success({ columns: Object.keys(input), values: values.value });
  },
  ({ columns, values }) => {
    // Many times faster than Object.fromEntries.
    const json: Record<string, ValueJson> = {};
    for (const [index, column] of columns.entries()) {
      const value = jsonOf(values[index] ?? null);
      // An assignment would replace the prototype.
      if (column === '__proto__') Object.defineProperty(json, column, { value, enumerable: true });
      else json[column] = value;
    }
    return json;
  },
);

// Steps as JSON

const rule = 'must be a step of an upload';

const Key = guardCodec('Key', rule, (input): input is number => Number.isSafeInteger(input) && Number(input) >= 0);

/** Makes a codec for values whose JSON has another form. */
const inJson = <A, J>(json: t.Type<J>, is: t.Is<A>, decode: (json: J) => A, encode: (value: A) => J) =>
  new t.Type<A, J>('InJson', is, (input, context) => map(decode)(json.validate(input, context)), encode);

const Keys = inJson(
  t.readonlyArray(Key),
  (input): input is ReadonlySet<number> => input instanceof Set && [...input].every(Key.is),
  (keys) => new Set(keys),
  (keys) => [...keys],
);

export const NullableText = t.union([t.string, t.null]);
const OptionalText = inJson(NullableText, optionOf(t.string).is, fromNullable, toNullable);

/**
 * Makes the codec of a step from that of its rows, for hosts that stage steps as JSON: `uploadStep(RowFromJson)`, or `uploadStep(t.number)`
 * for a host that stores rows elsewhere and puts numbers in their place. Store the JSON as text. Errors never hold the refused value.
 *
 * @example
 * import { RowFromJson, uploadStep } from 'camcops-tablet-session/operations';
 * import { none } from 'fp-ts/lib/Option.js';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * const record = { key: 1, whenLastModified: none, moveOffTablet: false, row: { columns: ['q1'], values: [3] } };
 * const change = { table: 'phq9', records: [record], keep: 'sent', finalize: new Set<number>() } as const;
 * const json = uploadStep(RowFromJson).encode({ finalizing: false, changes: [change] });
 * json.changes[0]?.records[0]?.row; // { q1: 3 }
 * PathReporter.report(uploadStep(RowFromJson).decode({ ...json, finalizing: 0 })); // ['must be a step of an upload']
 */
export const uploadStep = <R, O>(row: t.Type<R, O>) => {
  const Record = t.strict({ key: Key, whenLastModified: OptionalText, moveOffTablet: t.boolean, row });
  const keep = t.union([t.literal('sent'), t.literal('all'), Keys]);
  const Change = t.strict({ table: t.string, records: t.readonlyArray(Record), keep, finalize: Keys });
  const Step = t.strict({ finalizing: t.boolean, changes: t.readonlyArray(Change) });
  return redacted<UploadStep<R>, t.OutputOf<typeof Step>>('UploadStep', rule, Step);
};
