/** The rows of a tablet's tables, and their form as JSON. */
import { fromNullable, isNone, none, some, toNullable, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { redactedFailure } from '../../internal/codec.js';
import { decodeBase64, encodeBase64 } from '../wire/bytes.js';
import { isWhole, type Value } from '../wire/values.js';

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
const floats = [
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0],
] as const;

const jsonOf = (value: Value): ValueJson => {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value === 'object') return { blob: encodeBase64(value) };
  const special = floats.find(([, float]) => Object.is(float, value));
  return special === undefined ? value : { float: special[0] };
};

const BigIntJson = t.type({ bigint: t.string });
const FloatJson = t.type({ float: t.string });
const BlobJson = t.type({ blob: t.string });

const valueOf = (json: unknown): Option<Value> => {
  if (json === null || typeof json === 'string') return some(json);
  if (typeof json === 'number') return Number.isFinite(json) ? some(json) : none;
  if (BigIntJson.is(json)) return isWhole(json.bigint) ? some(BigInt(json.bigint)) : none;
  if (FloatJson.is(json)) return fromNullable(floats.find(([word]) => word === json.float)?.[1]);
  return BlobJson.is(json) ? decodeBase64(json.blob) : none;
};

const isRow = (input: unknown): input is Row =>
  RowForm.is(input) && input.columns.length === input.values.length && input.values.every(isValue);
const RowForm = t.type({ columns: t.readonlyArray(t.string), values: t.UnknownArray });

const rule = 'must be a row: an object of columns and values';

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
    if (!t.UnknownRecord.is(input)) return redactedFailure(context, rule);
    const columns = Object.keys(input);
    const values: Value[] = [];
    for (const column of columns) {
      const value = valueOf(input[column]);
      if (isNone(value)) return redactedFailure(context, rule);
      values.push(value.value);
    }
    return t.success({ columns, values });
  },
  ({ columns, values }) => Object.fromEntries(columns.map((column, index) => [column, jsonOf(values[index] ?? null)])),
);
