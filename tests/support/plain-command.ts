/** What the package reads, in the plain form of the recordings and of the models. */

import type { Row, Value } from 'camcops-tablet-session/operations';

const numberInWords = (value: number): string => String(value).toLowerCase().replace('infinity', 'inf');

const pairsOf = ({ columns, values }: Row): ReadonlyMap<string, Value> =>
  new Map(columns.map((column, index) => [column, values[index] ?? null]));

/** A number that JSON cannot hold is `{ float }` or `{ bigint }`, bytes are `{ blob }`. What no recording says is left out. */
export const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { float: numberInWords(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { blob: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  if (Array.isArray(value)) return value.map(plain);
  if ('_tag' in value) return 'value' in value ? plain(value.value) : null;
  const entries = Object.entries(value).filter(([key]) => !['primaryKey', 'finalize', 'accessKey'].includes(key));
  return Object.fromEntries(
    entries.map(([key, one]: [string, unknown]) => {
      if (key === 'row') return ['values', plain(pairsOf(one as Row))];
      if (key === 'keep') return [key, typeof one === 'string' ? one : [...new Set(one as Iterable<unknown>)].sort()];
      return [key, plain(key === 'idNumbers' ? [...(one as Iterable<unknown>)] : one)];
    }),
  );
};

/** The plain form without what need not be compared; `keep` is a set. */
export const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, part: unknown) => {
      if (name === 'keep' && Array.isArray(part)) return [...new Set<unknown>(part)].sort();
      return name === 'primaryKey' || name === 'accessKey' ? undefined : part;
    }),
  );
