import * as fc from 'fast-check';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  base64By,
  decodeBase64,
  decodeHexadecimal,
  encodeBase64,
  instantOf,
  isDate,
  isJsonList,
  isJsonObject,
  isSpace,
  isWellFormed,
  isWhole,
  parseExactly,
  parseJson,
  strictBase64,
  trimmed,
  wholeNumber,
} from '../../../src/operations/wire/values.js';

it('white space is what it is in any script', () => {
  const codes = Array.from({ length: 0x10000 }, (_, code) => code).filter(isSpace);
  const spaces = [9, 10, 11, 12, 13, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680];
  const more = [...Array.from({ length: 11 }, (_, at) => 0x2000 + at), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000];
  expect(codes).toEqual([...spaces, ...more]);
  expect(isSpace(NaN)).toBe(false);
  expect(['\u00a0 a b\t\n', ' ', ''].map((text) => trimmed(text))).toEqual(['a b', '', '']);
  expect(trimmed('x, a ,y', 2, 5)).toBe('a');
});

it('whole numbers keep every digit', () => {
  expect(['0', '-0', '007', '-5', '9007199254740991'].map(wholeNumber)).toEqual([0, 0, 7, -5, 9007199254740991]);
  expect(['9007199254740992', '-0009223372036854775808'].map(wholeNumber)).toEqual([
    9007199254740992n,
    -9223372036854775808n,
  ]);
  expect(['1', '-1', '01'].map(isWhole)).toEqual([true, true, true]);
  expect(['', '-', '+1', '1.', '1_0', '٣', ' 1', '1\n'].filter(isWhole)).toEqual([]);
});

it('text is well formed without NUL and without half a surrogate pair', () => {
  expect(['', 'é☃😀', '\ufeff', '\ud83d\ude00'].map(isWellFormed)).toEqual([true, true, true, true]);
  expect(['\0', 'a\0', '\ud83d', 'a\ude00', '\ude00\ud83d', '😀\ud83d'].filter(isWellFormed)).toEqual([]);
});

describe('instantOf', () => {
  it('agrees with Date on every millisecond of the years 1 to 9999', () => {
    const dates = fc.date({
      noInvalidDate: true,
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime());
      }),
      { numRuns: 5000 },
    );
  });

  const noon = Date.UTC(2017, 2, 1, 12);
  it.each([
    ['2017-03-01T12:00:00.000+00:00', noon],
    ['2017-03-01T17:30:00.000+05:30', noon],
    ['2017-03-01T07:00:00.000-05:00', noon],
    ['2017-03-01T17:30+0530', noon],
    ['2017-03-01 07:00-05', noon],
    ['2017-03-01T12:00Z', noon],
    ['2017-03-01T12:00:07.5Z', noon + 7500],
    ['2017-03-01T12:00:00.0019999999Z', noon + 1],
    ['2017-03-02T11:59:59.999+23:59', noon + 59_999],
  ])('reads %s', (text, milliseconds) => {
    expect(instantOf(text)).toBe(milliseconds);
  });

  it.each([
    '',
    'T',
    'not a date',
    '12/25',
    '2017-03-01',
    '2017-03-01T12:00',
    '2017-03-01T12Z',
    '2017-03-01T12:00:00',
    '2017-03-01t12:00:00z',
    '2017-03-01T12:00:00Z ',
    ' 2017-03-01T12:00:00Z',
    '2017-03-01T12:00:00.Z',
    '2017-03-01T12:00.5Z',
    '2017-03-01T12:00:00,5Z',
    '2017-03-01T24:00:00Z',
    '2017-03-01T12:60:00Z',
    '2017-03-01T12:00:60Z',
    '2017-03-01T12:00:00+24:00',
    '2017-03-01T12:00:00+00:60',
    '2017-03-01T12:00:00+5',
    '2017-03-01T12:00:00+053',
    '2017-03-01T12:00:00+05:3',
    '2017-03-01T12:00:00+05:30x',
    '2017-03-01T12:00:00+99:99x',
    '2017-03-01T12:00:00*05:30',
    '2017-02-29T12:00:00Z',
    '2017-00-01T12:00:00Z',
    '2017-13-01T12:00:00Z',
    '2017-03-00T12:00:00Z',
    '0000-03-01T12:00:00Z',
    '2017-3-01T12:00:00Z',
    '+2017-03-01T12:00:00Z',
    '２017-03-01T12:00:00Z',
    '2017-03-01T12:00:00Z2017-03-01T12:00:00Z',
  ])('finds no instant in %j', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });
});

describe('isDate', () => {
  it.each(['0001-01-01', '1900-02-28', '2000-02-29', '2024-02-29', '2023-04-30', '9999-12-31'])('takes %s', (text) => {
    expect(isDate(text)).toBe(true);
  });
  it.each([
    '',
    '1900-02-29',
    '2023-02-29',
    '2023-04-31',
    '2023-01-32',
    '0000-01-01',
    '2023-1-1',
    '2023/01/01',
    '2023-01-01T',
    '20230101',
    '2023-01-012023-01-01',
  ])('refuses %j', (text) => {
    expect(isDate(text)).toBe(false);
  });
});

const withSpaces = (text: string, places: readonly number[]): string =>
  places.reduce((spaced, place) => {
    const at = place % (spaced.length + 1);
    return `${spaced.slice(0, at)}\r\n ${spaced.slice(at)}`;
  }, text);

/** A platform without `Buffer`. */
const browser = base64By({ atob, btoa });

describe('bytes', () => {
  it('are written and read in base64 and read in hexadecimal as Node does, white space anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(80), { maxLength: 4 }), (bytes, places) => {
        const node = Buffer.from(bytes);
        expect(encodeBase64(bytes)).toBe(node.toString('base64'));
        expect(decodeBase64(withSpaces(node.toString('base64'), places))).toEqual(some(bytes));
        expect(browser.write(bytes)).toBe(node.toString('base64'));
        expect(strictBase64(browser.read)(node.toString('base64'))).toEqual(some(bytes));
        const hex = withSpaces(node.toString('hex'), places);
        expect(decodeHexadecimal(hex)).toEqual(bytes.length === 0 ? none : some(bytes));
        expect(decodeHexadecimal(hex.toUpperCase())).toEqual(bytes.length === 0 ? none : some(bytes));
      }),
    );
  });

  it('may be many, and a view into others', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251).subarray(1, 90_000);
    for (const { read, write } of [base64By(globalThis), browser]) expect(read(write(bytes))).toEqual(bytes);
  });

  it.each(['a', 'aGk', 'aGk==', 'aGk===', '=', '====', 'aG=k', 'aGk=aGk=', 'aGk-', 'aGk_', 'aGkＡ', 'a\u{1F600}='])(
    'are not %j in base64',
    (text) => {
      expect(decodeBase64(text)).toEqual(none);
      expect(strictBase64(browser.read)(text)).toEqual(none);
    },
  );

  it.each(['', ' ', '0', '0g', '00=', 'é0', '００'])('are not %j in hexadecimal', (text) => {
    expect(decodeHexadecimal(text)).toEqual(none);
  });

  it('cannot be read on a platform that has neither', () => {
    expect(strictBase64(base64By({}).read)('aGk=')).toEqual(none);
    expect(base64By({}).write(Uint8Array.of(1))).toBe('');
  });
});

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
