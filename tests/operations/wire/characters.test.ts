import { expect, it } from 'vitest';

import { isSpace, isWellFormed, isWhole, trimmed, wholeNumber } from '../../../src/operations/wire/characters.js';

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
