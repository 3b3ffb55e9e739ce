import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  eachPart,
  isJson,
  notJson,
  otherKind,
  scalarAt,
  skipValue,
  stringAt,
} from '../../../src/operations/wire/json.js';

const isValid = (text: string): boolean => isJson(text, (at) => skipValue(text, at));

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('JSON', () => {
  it.each([
    ...['', ' ', '{', '[', '"', '{}', '[]', ' [ ] ', '[1,]', '[,1]', '[1 2]', '{"a"}', '{"a":}', '{"a":1,}', '{a:1}'],
    ...['{"a":1}', ' {"a" : [1 , {"b":null}] , "a":2} ', '[}', '{]', '[1}', '{}}', "{'a':1}", 'abc', 'nul', 'nullx'],
    ...['0', '-0', '01', '1.', '.5', '1.5e+3', '1E5', '+1', '-', '1e', 'NaN', 'Infinity', '0x1', '1_0', 'true', 'TRUE'],
    ...[
      '"\\n\\u00e9\\ud83d"',
      '"\\x"',
      '"\\u00g0"',
      '"\\u00',
      '"\\',
      '"a\u0001"',
      '"\t"',
      '"\u001f"',
      '"\u0020"',
      '"\u007f\u2028"',
      '\u00a01',
    ],
    ...['[1]\u0000', '\ufeff1', '{"__proto__":[]}', '[[[[]]]]'],
  ])('%j is JSON if JSON.parse says so', (text) => {
    expect(isValid(text)).toBe(parses(text));
  });

  it('is what JSON.parse takes, whatever is changed in it', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', ']', '}', '1', '\n', 'u'),
        (json, place, more) => {
          const at = place % (json.length + 1);
          const changed = json.slice(0, at) + more + json.slice(at + 1);
          expect(isValid(json)).toBe(true);
          expect(isValid(changed)).toBe(parses(changed));
        },
      ),
    );
  });

  it('has at most 50 levels, and numbers of at most 1,000 digits', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect([1, 50, 51, 100_000].map((levels) => isValid(nested(levels)))).toEqual([true, true, false, false]);
    expect(isValid('{"a":'.repeat(100_000))).toBe(false);
    expect([1000, 1001, 1_000_000].map((digits) => isValid('1'.repeat(digits)))).toEqual([true, false, false]);
  });

  it('is visited part by part, in its order, until a visit stops it', () => {
    const text = ' {"a" : 1, "\\u0061":[], "__proto__": "x" } ';
    const seen: unknown[] = [];
    const visit = (at: number, nameFrom: number, nameTo: number): number => {
      const end = skipValue(text, at);
      seen.push([stringAt(text, nameFrom, nameTo), text.slice(at, end)]);
      return end;
    };
    expect(isJson(text, (at) => eachPart(text, at, visit))).toBe(true);
    expect(seen).toEqual([
      ['a', '1'],
      ['a', '[]'],
      ['__proto__', '"x"'],
    ]);
    let visits = 0;
    expect(
      eachPart('[1,2,3]', 0, (at) => {
        visits += 1;
        return visits === 2 ? notJson : at + 1;
      }),
    ).toBe(notJson);
    expect(visits).toBe(2);
  });

  it('has whole numbers with every digit, strings unescaped, and fractions and lists told apart from both', () => {
    const scalars = [
      'null',
      'true',
      'false',
      '"a\\"\\n"',
      '"a"',
      '-7',
      '9223372036854775807',
      '7.0',
      '1e2',
      '[1]',
      '{}',
    ];
    const values = [
      null,
      true,
      false,
      'a"\n',
      'a',
      -7,
      9223372036854775807n,
      otherKind,
      otherKind,
      otherKind,
      otherKind,
    ];
    expect(scalars.map((text) => scalarAt(text, 0, text.length))).toEqual(values);
  });
});
