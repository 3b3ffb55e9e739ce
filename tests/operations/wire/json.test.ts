import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  isRead,
  jsonOf,
  otherKind,
  readList,
  readObject,
  readScalar,
  readString,
  type Scalar,
} from '../../../src/operations/wire/json.js';

const isValid = (text: string): boolean => {
  const json = jsonOf(text);
  readScalar(json);
  return isRead(json);
};

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
    ...['[1]\u0000', '\ufeff1', '{"__proto__":[]}', '[[[[]]]]', '{1:2}', '{null:1}', '{[]:1}', '{:1}'],
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

  it('is visited part by part, in its order', () => {
    const json = jsonOf(' {"a" : 1, "\\u0061":["b", 2 ], "__proto__": "x" } ');
    const seen: unknown[] = [];
    const isObject = readObject(json, (name, index) => {
      const items: Scalar[] = [];
      const value = name === 'a' && index === 1 ? readList(json, () => items.push(readScalar(json))) : readScalar(json);
      seen.push([name, index, value, ...items]);
    });
    expect([isObject, isRead(json)]).toEqual([true, true]);
    expect(seen).toEqual([
      ['a', 0, 1],
      ['a', 1, true, 'b', 2],
      ['__proto__', 2, 'x'],
    ]);
  });

  it('has names that may be likely', () => {
    const namesOf = (text: string, likely: readonly string[]): unknown => {
      const json = jsonOf(text);
      const names: string[] = [];
      const visit = (name: string): void => {
        names.push(name);
        readScalar(json);
      };
      readObject(json, visit, likely);
      return isRead(json) && names;
    };
    expect(namesOf('{"a":1, "bc" : 2,"d":3}', ['a', 'bc'])).toEqual(['a', 'bc', 'd']);
    expect(namesOf('{"ab":1,"b":2}', ['a', 'bc'])).toEqual(['ab', 'b']);
    expect(namesOf('{"\\u0061":1}', ['a'])).toEqual(['a']);
    expect(namesOf('{"a:1}', ['a'])).toBe(false);
    expect(namesOf('{aa":1}', ['a'])).toBe(false);
  });

  it('is skipped if it is of another kind', () => {
    for (const text of ['[{"a":[1]}, 2]', '{"a":"x"}', '-1.5']) {
      const json = jsonOf(text);
      expect(readString(json)).toBe(false);
      expect(isRead(json)).toBe(true);
    }
    const [list, object] = [jsonOf('{"a":1}'), jsonOf('["a"]')];
    expect([readList(list, () => undefined), isRead(list)]).toEqual([false, true]);
    expect([readObject(object, () => undefined), isRead(object)]).toEqual([false, true]);
    expect(readString(jsonOf('"a'))).toBe(false);
  });

  it('has strings that are parts of a text', () => {
    const json = jsonOf(' "ab" "\\u0061\\"" ');
    const parts = [0, 1].map(() => readString(json) && json.source.slice(json.from, json.to));
    expect(parts).toEqual(['ab', 'a"']);
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
    expect(scalars.map((text) => readScalar(jsonOf(text)))).toEqual(values);
  });
});
