import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  instantOf,
  isDate,
  isSpace,
  isWellFormed,
  isWhole,
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
