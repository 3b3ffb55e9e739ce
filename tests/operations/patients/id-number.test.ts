import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { isIdNumberType, isValidIdNumber } from '../../../src/operations/patients/id-number.js';
import type { Value } from '../../../src/operations/wire/value.js';

const isNhsNumber = isValidIdNumber(some('uk_nhs_number'));

const valid: readonly Value[] = [null, 9434765919, 9434765919n, 1000000028, 9999999999];
const invalid: readonly Value[] = [
  9434765918,
  9434765909,
  4943476591,
  943476591,
  94347659190,
  0,
  -0,
  1,
  -1,
  -123456789,
  -9434765919,
  0.5,
  9434765919.5,
  943476591.9,
  1e21,
  NaN,
  Infinity,
  -Infinity,
  0n,
  -123456789n,
  10n ** 400n,
  '9434765919',
  '',
  new Uint8Array([9, 4]),
];

describe('an NHS number', () => {
  it.each(valid.map((value) => [value]))('can be %s', (value) => {
    expect(isNhsNumber(value)).toBe(true);
  });

  it.each(invalid.map((value) => [value]))('cannot be %s', (value) => {
    expect(isNhsNumber(value)).toBe(false);
  });

  it('has at most one check digit after nine others, and sometimes none', () => {
    const endings = Array.from({ length: 1100 }, (_, nine) =>
      Array.from({ length: 10 }, (_digit, check) => 1_234_000_000 + nine * 10 + check).filter(isNhsNumber),
    );
    expect(new Set(endings.map(({ length }) => length))).toEqual(new Set([0, 1]));
    expect(endings.filter(({ length }) => length === 0)).toHaveLength(100);
  });
});

it('any value is valid of a type without a method', () => {
  expect([...valid, ...invalid].filter((value) => !isValidIdNumber(none)(value))).toEqual([]);
});

it('the types of ID numbers are 1 to 2147483647', () => {
  expect([1, 2147483647].filter((which) => !isIdNumberType(which))).toEqual([]);
  expect([0, -0, -1, 0.5, 1.5, 2147483648, NaN, Infinity].filter(isIdNumberType)).toEqual([]);
});
