import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rowsAnswer } from '../../../src/operations/wire/rows-answer.js';
import type { Value } from '../../../src/operations/wire/value.js';

const written = (value: Value): string | undefined => rowsAnswer(['value'])([{ value }])['record0'];

/** The client: text in quotes, a blob, a number with a point, or a 32-bit integer; what does not fit is 0. */
const readByClient = (literal: string): unknown => {
  if (/^null$/i.test(literal)) return null;
  const blob = /^64'(.*)'$/.exec(literal);
  if (blob !== null) return Uint8Array.from(Buffer.from(blob[1] ?? '', 'base64'));
  const text = /^'(.*)'$/s.exec(literal);
  if (text !== null) {
    const single = (text[1] ?? '').replaceAll("''", "'");
    return single.replace(/\\([^])/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped);
  }
  if (literal.includes('.')) return Number(literal);
  return /^-?\d+$/.test(literal) && (Number(literal) | 0) === Number(literal) ? Number(literal) : 0;
};

describe('rowsAnswer', () => {
  it('counts columns and rows', () => {
    expect(rowsAnswer(['a', 'b'])([])).toEqual({ nfields: '2', fields: 'a,b', nrecords: '0' });
    expect(
      rowsAnswer(['b', 'a'])([
        { a: 1, b: 'x' },
        { a: null, b: "it's" },
      ]),
    ).toEqual({
      nfields: '2',
      fields: 'b,a',
      nrecords: '2',
      record0: "'x',1",
      record1: "'it''s',NULL",
    });
  });

  it.each<readonly [string, Value]>([
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
    ["'2147483648'", 2147483648],
    ["'-2147483649'", -2147483649],
    ['7', 7n],
    ["'9223372036854775807'", 9223372036854775807n],
    ['0.5', 0.5],
    ['-0.0', -0],
    ['30000000000.5', 3e10 + 0.5],
    ["'1e+21'", 1e21],
    ["'1.5e-7'", 1.5e-7],
    ["'NaN'", NaN],
    ["'Infinity'", Infinity],
    ["64'aGk='", Uint8Array.of(0x68, 0x69)],
    [String.raw`'a\\b\r\nc'`, 'a\\b\r\nc'],
  ])('writes %s', (literal, value) => {
    expect(written(value)).toBe(literal);
  });

  it('is read back by the client exactly, or as text of the same digits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', "'", '\\', '\n', '\r', ',', '😀', 'n', ' ') });
    const value = fc.oneof(text, fc.double(), fc.integer(), fc.bigInt(), fc.uint8Array(), fc.constant(null));
    fc.assert(
      fc.property(value, (any) => {
        const literal = written(any) ?? '';
        const back = readByClient(literal);
        const digits = typeof any === 'number' || typeof any === 'bigint' ? String(any) : any;
        expect(literal).not.toMatch(/[\r\n]/);
        expect(typeof back === 'string' ? back : typeof any === 'bigint' ? String(back) : back).toEqual(
          typeof back === 'string' || typeof any === 'bigint' ? digits : any,
        );
      }),
    );
  });
});
