import * as fc from 'fast-check';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { isJsonList, isJsonObject, parseExactly, parseJson } from '../../../src/operations/wire/json.js';

/** The number that a text says, if it is whole and above 0. */
const wholeIn = (text: string) => {
  const exact = parseExactly(text);
  return isSome(exact) ? exact.value.wholeNumberOf(exact.value.json) : 'not JSON';
};

describe('JSON', () => {
  it('is what JSON.parse takes, whatever is changed in it', () => {
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const more = fc.constantFrom(...['', '"', '\\', ',', ']', '}', '1', '\n', 'u', '.', 'e', '-', '12345678901234567']);
    fc.assert(
      fc.property(fc.json(), fc.nat(), more, (json, place, change) => {
        const at = place % (json.length + 1);
        const changed = json.slice(0, at) + change + json.slice(at + 1);
        for (const text of [json, changed]) {
          expect(isSome(parseJson(text))).toBe(parses(text));
          expect(isSome(parseExactly(text))).toBe(parses(text));
        }
      }),
    );
  });

  it('keeps the digits of thousands of numbers', () => {
    const numbers = Array.from({ length: 5000 }, (_, index) => 10n ** 18n + BigInt(index));
    const exact = parseExactly(`[${numbers.map(String).join(',7.5,')}]`);
    const parts = isSome(exact) && isJsonList(exact.value.json) ? exact.value.json : [];
    const read = parts.map((part) => (isSome(exact) ? exact.value.wholeNumberOf(part) : none));
    expect(read).toEqual(numbers.flatMap((number) => [some(number), none]).slice(0, -1));
  });

  it.each<readonly [string, unknown]>([
    ['7', some(7)],
    ['9007199254740991', some(9007199254740991)],
    ['9007199254740993', some(9007199254740993n)],
    ['9223372036854775807', some(9223372036854775807n)],
    ['1'.repeat(1000), some(BigInt('1'.repeat(1000)))],
    ['1'.repeat(1001), none],
    ['0', none],
    ['-7', none],
    ['-9223372036854775807', none],
    ['7.0', none],
    ['7.5', none],
    ['1e2', none],
    ['10000000000000000000e2', none],
    ['"12345678901234567890"', none],
    ['"0.5"', none],
    ['true', none],
    ['[7]', none],
    ['01234567890123456789', 'not JSON'],
    ['+12345678901234567890', 'not JSON'],
    ['12345678901234567890.', 'not JSON'],
  ])('the whole number of %.40s keeps every digit', (text, whole) => {
    expect(wholeIn(text)).toEqual(whole);
  });

  it('has numbers of its own for whatever else stands there', () => {
    const text = '{"0.5":["a\\"1.5,",0.5,12345678901234567891,1.5,98765432109876543210,"98765432109876543210"]}';
    const exact = parseExactly(text);
    const list = isSome(exact) && isJsonObject(exact.value.json) ? exact.value.json['0.5'] : undefined;
    expect(isJsonList(list) && isSome(exact) && list.map((part) => exact.value.wholeNumberOf(part))).toEqual([
      ...[none, none, some(12345678901234567891n), none, some(98765432109876543210n), none],
    ]);
    expect(isJsonList(list) && [list[0], list[5]]).toEqual(['a"1.5,', '98765432109876543210']);
  });

  it.each(['0.50', '5e-1', '5E-1', '50e-02', '0.05e+1', '"0.5"'])(
    'does not take %s for its first large number',
    (text) => {
      const exact = parseExactly(`[12345678901234567890,${text}]`);
      const list = isSome(exact) && isJsonList(exact.value.json) ? exact.value.json : [];
      expect(list.map((part) => isSome(exact) && exact.value.wholeNumberOf(part))).toEqual([
        some(12345678901234567890n),
        none,
      ]);
    },
  );

  it('may be nested as deep as a client likes', () => {
    for (const deep of ['['.repeat(100_000), '{"a":'.repeat(100_000), `${'['.repeat(5000)}${']'.repeat(5000)}`])
      expect(() => [parseJson(deep), parseExactly(deep)]).not.toThrow();
  });

  it('has members called __proto__, which are no prototype', () => {
    const parsed = parseJson('{"__proto__":{"polluted":1}}');
    const json = isSome(parsed) && isJsonObject(parsed.value) ? parsed.value : {};
    expect(Object.keys(json)).toEqual(['__proto__']);
    expect('polluted' in json).toBe(false);
  });
});
