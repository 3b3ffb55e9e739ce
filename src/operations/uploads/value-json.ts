/** Values as JSON: what JSON cannot say is an object with one key. */
import * as t from 'io-ts';

import { base64, decodeBytes, encodeBase64 } from '../wire/bytes.js';
import { isWhole } from '../wire/characters.js';
import type { Value } from '../wire/value.js';

/** A value as JSON. */
export type ValueJson =
  | null
  | string
  | number
  | { readonly bigint: string }
  | { readonly float: 'nan' | 'inf' | '-inf' | '-0' }
  | { readonly blob: string };

const plainTypes = ['string', 'number', 'bigint'];

/** Whether something is a value. */
export const isValue = (input: unknown): input is Value =>
  input === null || plainTypes.includes(typeof input) || input instanceof Uint8Array;

/** The numbers that JSON cannot say. */
const floats = [
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0],
] as const;

/** A value as JSON. */
export const jsonOfValue = (value: Value): ValueJson => {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (value instanceof Uint8Array) return { blob: encodeBase64(value) };
  const special = floats.find(([, float]) => Object.is(float, value));
  return special === undefined ? value : { float: special[0] };
};

const BigIntJson = t.type({ bigint: t.string });
const FloatJson = t.type({ float: t.string });
const BlobJson = t.type({ blob: t.string });

/** The value that JSON says; `undefined` if it says none. */
export const valueOfJson = (json: unknown): Value | undefined => {
  if (json === null || typeof json === 'string') return json;
  if (typeof json === 'number') return Number.isFinite(json) ? json : undefined;
  if (BigIntJson.is(json)) return isWhole(json.bigint) ? BigInt(json.bigint) : undefined;
  if (FloatJson.is(json)) return floats.find(([word]) => word === json.float)?.[1];
  return BlobJson.is(json) ? decodeBytes(base64, json.blob, 0, json.blob.length) : undefined;
};
