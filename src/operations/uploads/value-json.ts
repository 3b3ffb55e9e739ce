/** Values as JSON: what JSON cannot say is an object with one key. */
import * as t from 'io-ts';

import { base64, decodeBytes, encodeBase64 } from '../wire/bytes.js';
import type { Value } from '../wire/value.js';

/** A value as JSON. */
export type ValueJson =
  | null
  | string
  | number
  | { readonly bigint: string }
  | { readonly float: 'nan' | 'inf' | '-inf' | '-0' }
  | { readonly blob: string };

/** Whether something is a value. */
export const isValue = (input: unknown): input is Value =>
  input === null ||
  typeof input === 'string' ||
  typeof input === 'number' ||
  typeof input === 'bigint' ||
  input instanceof Uint8Array;

/** A value as JSON. */
export const jsonOfValue = (value: Value): ValueJson => {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (value instanceof Uint8Array) return { blob: encodeBase64(value) };
  if (Number.isNaN(value)) return { float: 'nan' };
  if (value === Infinity) return { float: 'inf' };
  if (value === -Infinity) return { float: '-inf' };
  return Object.is(value, -0) ? { float: '-0' } : value;
};

const floats: ReadonlyMap<unknown, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0],
]);

const BigIntJson = t.type({ bigint: t.string });
const FloatJson = t.type({ float: t.string });
const BlobJson = t.type({ blob: t.string });

/** The value that JSON says; `undefined` if it says none. */
export const valueOfJson = (json: unknown): Value | undefined => {
  if (json === null || typeof json === 'string') return json;
  if (typeof json === 'number') return Number.isFinite(json) ? json : undefined;
  if (BigIntJson.is(json)) return /^-?[0-9]+$/.test(json.bigint) ? BigInt(json.bigint) : undefined;
  if (FloatJson.is(json)) return floats.get(json.float);
  return BlobJson.is(json) ? decodeBytes(base64, json.blob, 0, json.blob.length) : undefined;
};
