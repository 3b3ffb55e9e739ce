import fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { TableChangeJson, type TableChange, type Value } from '../../../src/operations/index.js';
import { decoded } from '../../support/decoded.js';
import { untyped } from '../../support/untyped.js';

const bytes = fc.uint8Array({ maxLength: 20 });
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, NaN, Infinity, -Infinity, -0, 2n ** 63n - 1n, -(2n ** 70n)),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt(),
  bytes,
);
const anyKey = fc.maxSafeNat();
const anyKeys = fc.uniqueArray(anyKey).map((keys) => new Set(keys));
const anyColumn = fc.oneof(fc.constantFrom('id', '__proto__', 'constructor', '10', '2', ''), fc.string());

const anyChange: fc.Arbitrary<TableChange> = fc.record({
  table: anyColumn,
  records: fc.array(
    fc.record({
      key: anyKey,
      whenLastModified: fc.option(fc.string()).map(fromNullable),
      moveOffTablet: fc.boolean(),
      values: fc.array(fc.tuple(anyColumn, anyValue)).map((pairs) => new Map(pairs)),
    }),
  ),
  keep: fc.oneof(fc.constantFrom('sent' as const, 'all' as const), anyKeys),
  finalize: anyKeys,
});

const changeOf = (...values: readonly (readonly [string, Value])[]): TableChange => ({
  table: 'blobs',
  records: [{ key: 1, whenLastModified: some('2026'), moveOffTablet: true, values: new Map(values) }],
  keep: new Set([3, 2]),
  finalize: new Set([5]),
});

const json = {
  table: 'blobs',
  records: [{ key: 1, whenLastModified: '2026', moveOffTablet: true, values: [['q1', 'text']] }],
  keep: [3, 2],
  finalize: [5],
};

const withValues = (...values: readonly unknown[]) => ({ ...json, records: [{ ...json.records[0], values }] });
const withRecord = (differences: object) => ({ ...json, records: [{ ...json.records[0], ...differences }] });

describe('TableChangeJson', () => {
  it('is JSON in which keys are lists, and an absent date null', () => {
    expect(TableChangeJson.encode(changeOf(['q1', 'text']))).toEqual(json);
    const undated = {
      ...changeOf(),
      records: [{ key: 1, whenLastModified: none, moveOffTablet: true, values: new Map() }],
    };
    expect(TableChangeJson.encode(undated).records[0]?.whenLastModified).toBeNull();
  });

  it.each([
    [null, null],
    ['', ''],
    [1.5, 1.5],
    [NaN, { float: 'nan' }],
    [Infinity, { float: 'inf' }],
    [-Infinity, { float: '-inf' }],
    [-0, { float: '-0' }],
    [2n ** 64n, { bigint: '18446744073709551616' }],
    [new Uint8Array([255, 0]), { blob: '/wA=' }],
  ])('writes %o as %j', (value, written) => {
    expect(TableChangeJson.encode(changeOf(['q1', value])).records[0]?.values).toEqual([['q1', written]]);
  });

  it('writes bytes as Node does, a photograph too', () => {
    for (const length of [1, 2, 3, 6143, 6144, 6145, 20_000]) {
      const photograph = Uint8Array.from({ length }, (_, at) => at % 251);
      const [record] = TableChangeJson.encode(changeOf(['theblob', photograph])).records;
      expect(record?.values).toEqual([['theblob', { blob: Buffer.from(photograph).toString('base64') }]]);
    }
  });

  it('brings back whatever it wrote, through JSON text', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        expect(TableChangeJson.is(change)).toBe(true);
        const text = JSON.stringify(TableChangeJson.encode(change));
        expect(decoded(TableChangeJson, JSON.parse(text))).toEqual(change);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['no object', 'blobs'],
    ['null', null],
    ['no table', { ...json, table: undefined }],
    ['records that are no list', { ...json, records: {} }],
    ['a key that is a string', withRecord({ key: '1' })],
    ['a key below 0', withRecord({ key: -1 })],
    ['a key beyond 2^53 - 1', withRecord({ key: 2 ** 53 })],
    ['a date that is a number', withRecord({ whenLastModified: 2026 })],
    ['a mark that is a number', withRecord({ moveOffTablet: 1 })],
    ['values that are an object', withRecord({ values: { q1: 1 } })],
    ['a column without a value', withValues(['q1'])],
    ['a column that is a number', withValues([1, 1])],
    ['a boolean', withValues(['q1', true])],
    ['a list', withValues(['q1', []])],
    ['an object of another kind', withValues(['q1', { text: 'x' }])],
    ['a number that JSON cannot say', withValues(['q1', NaN])],
    ['an unknown float', withValues(['q1', { float: '1e5' }])],
    ['a float that is the name of a method', withValues(['q1', { float: 'toString' }])],
    ['a bigint with a point', withValues(['q1', { bigint: '1.5' }])],
    ['a bigint in hexadecimal digits', withValues(['q1', { bigint: '0x10' }])],
    ['an empty bigint', withValues(['q1', { bigint: '' }])],
    ['bytes that are no base64', withValues(['q1', { blob: '*' }])],
    ['another word for keep', { ...json, keep: 'none' }],
    ['a kept key that is a string', { ...json, keep: ['1'] }],
    ['finalize that is a word', { ...json, finalize: 'all' }],
  ])('refuses %s, and never quotes it', (_, input) => {
    const result = TableChangeJson.decode(input);
    if (isRight(result)) expect.fail('accepted');
    const [error] = result.left;
    expect(error?.message).toBe('must be a change of a table');
    expect(error?.context.map(({ type }) => type.name)).toEqual(['TableChangeJson']);
    expect(
      [error?.value, ...(error?.context ?? []).map(({ actual }) => actual)].every((held) => held === undefined),
    ).toBe(true);
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }), (input) => {
        expect(isRight(TableChangeJson.decode(input))).toBe(false);
        expect(TableChangeJson.is(input)).toBe(false);
      }),
    );
  });

  it.each([
    ['a list of keys', { ...changeOf(), keep: [1] }],
    ['a key that is a string', { ...changeOf(), finalize: new Set(['1']) }],
    ['values that are an object', { ...changeOf(), records: [{ ...changeOf().records[0], values: { q1: 1 } }] }],
    ['a column that is a number', changeOf(untyped([1, 1]))],
    ['a boolean', changeOf(['q1', untyped(true)])],
    ['a date that is a string', { ...changeOf(), records: [{ ...changeOf().records[0], whenLastModified: '2026' }] }],
  ])('does not take %s for a change', (_, input) => {
    expect(TableChangeJson.is(input)).toBe(false);
  });
});
