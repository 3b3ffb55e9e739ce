import { cell, RowFromJson, type Row } from 'camcops-tablet-session/operations';
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { decoded } from '../../support/decoded.js';
import { untyped } from '../../support/untyped.js';
import { anyValue } from '../../support/uploads.js';

describe('cell', () => {
  it('tells a column that is NULL from one that was not sent', () => {
    const row: Row = { columns: ['q1', '__proto__'], values: [null, 3] };
    expect(['q1', '__proto__', 'q2', 'constructor'].map((column) => cell(column)(row))).toEqual([
      ...[some(null), some(3), none, none],
    ]);
  });
});

describe('RowFromJson', () => {
  it.each([
    [null, null],
    ['null', 'null'],
    [1.5, 1.5],
    [NaN, { float: 'nan' }],
    [Infinity, { float: 'inf' }],
    [-Infinity, { float: '-inf' }],
    [-0, { float: '-0' }],
    [-(2n ** 64n), { bigint: '-18446744073709551616' }],
    [new Uint8Array([255, 0]), { blob: '/wA=' }],
  ])('writes %o as %j', (value, written) => {
    expect(RowFromJson.encode({ columns: ['q1'], values: [value] })).toEqual({ q1: written });
  });

  it('writes bytes as Node does, a photograph too', () => {
    for (const length of [1, 2, 3, 6143, 6144, 6145, 20_000]) {
      const photograph = Uint8Array.from({ length }, (_, at) => at % 251);
      const blob = Buffer.from(photograph).toString('base64');
      expect(RowFromJson.encode({ columns: ['theblob'], values: [photograph] })).toEqual({ theblob: { blob } });
    }
  });

  it('brings back whatever it wrote, through JSON text, in the order of its columns', () => {
    const anyColumn = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'q1', ''), fc.string());
    // JSON.parse puts such names first. No column of a tablet has one.
    const isIndex = (column: string): boolean => /^[0-9]+$/.test(column);
    const anyCells = fc.uniqueArray(fc.tuple(anyColumn, anyValue), { selector: ([column]) => column });
    fc.assert(
      fc.property(anyCells, (cells) => {
        const own = cells.filter(([column]) => !isIndex(column));
        const row: Row = { columns: own.map(([column]) => column), values: own.map(([, value]) => value) };
        expect(RowFromJson.is(row)).toBe(true);
        expect(decoded(RowFromJson, JSON.parse(JSON.stringify(RowFromJson.encode(row))))).toStrictEqual(row);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ...[null, 'secret', 7, ['secret']],
    ...[undefined, true, ['secret'], {}, { text: 'secret' }, NaN, Infinity].map((q1) => ({ id: 'secret', q1 })),
    ...['1e5', 'toString', '__proto__', 'NaN', 7].map((float) => ({ q1: { float } })),
    ...['1.5', '0x10', '', '-', ' 1', '1n', '+1', 7].map((bigint) => ({ q1: { bigint } })),
    ...['*secret', 'A', 'AQID=', 7].map((blob) => ({ q1: { blob } })),
    JSON.parse('{"__proto__": true}') as unknown,
  ])('refuses %o, and never quotes it', (input) => {
    const result = RowFromJson.decode(input);
    expect(PathReporter.report(result)).toEqual(['must be a row: an object of columns and values']);
    expect(JSON.stringify(isLeft(result) && result.left.map(({ value, context }) => [value, context]))).not.toMatch(
      /secret|actual/,
    );
  });

  it('takes no other value for a row', () => {
    const row = (columns: unknown, values: unknown): unknown => ({ columns, values });
    const others = [
      ...[undefined, null, 'row', [], {}, new Map([['q1', 1]])],
      ...[row(['q1'], []), row([], [1]), row(['q1'], [undefined]), row(['q1'], [true]), row(['q1'], [new Date()])],
      ...[row(['q1'], [[]]), row(['q1'], [{}]), row([1], [1]), row('q', '1'), row(['q1'], new Map())],
    ];
    expect(others.filter(RowFromJson.is)).toEqual([]);
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }), (input) => {
        const result = RowFromJson.decode(untyped(input));
        expect(isLeft(result) || RowFromJson.is(result.right)).toBe(true);
      }),
    );
  });
});
