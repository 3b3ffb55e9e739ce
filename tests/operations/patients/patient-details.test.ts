import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import type { PatientDetails } from '../../../src/operations/patients/model.js';
import {
  isIdNumberType,
  isValidIdNumber,
  samePatient,
  textNames,
  textOf,
} from '../../../src/operations/patients/patient-details.js';
import type { Value } from '../../../src/operations/wire/values.js';
import { nobody } from '../../support/patients.js';

it('names each detail but the ID numbers', () => {
  expect([...textNames, 'idNumbers'].sort()).toEqual(Object.keys(nobody).sort());
});

it('reads an absent detail as an empty text', () => {
  expect([none, some(''), some(' ')].map(textOf)).toEqual(['', '', ' ']);
});

const withNumbers = (...idNumbers: readonly (readonly [number, number | bigint])[]): PatientDetails => ({
  ...nobody,
  idNumbers: new Map(idNumbers),
});

const big = 9223372036854775807n;

describe('samePatient', () => {
  it.each<readonly [string, PatientDetails, PatientDetails]>([
    ['empty and absent texts', nobody, { ...nobody, email: some(''), dob: some('') }],
    ['ID numbers in another order', withNumbers([1, 7], [10, 8]), withNumbers([10, 8], [1, 7])],
    ['a number and a bigint', withNumbers([1, 7]), withNumbers([1, 7n])],
    ['64-bit numbers', withNumbers([1, big]), withNumbers([1, big])],
  ])('does not mind %s', (_, a, b) => {
    expect([samePatient(a)(b), samePatient(b)(a)]).toEqual([true, true]);
  });

  it.each<readonly [string, PatientDetails, PatientDetails]>([
    ...textNames.map((name) => [name, nobody, { ...nobody, [name]: some('x') }] as const),
    ['white space', { ...nobody, gp: some('x') }, { ...nobody, gp: some('x ') }],
    ['letter case', { ...nobody, gp: some('x') }, { ...nobody, gp: some('X') }],
    ['Unicode forms', { ...nobody, gp: some('\u00e9') }, { ...nobody, gp: some('e\u0301') }],
    ['an ID number more', withNumbers([1, 7]), withNumbers([1, 7], [2, 8])],
    ['another type', withNumbers([1, 7]), withNumbers([2, 7])],
    ['another number', withNumbers([1, 7]), withNumbers([1, 8])],
    ['0 and no number', withNumbers([1, 0]), nobody],
    ['the last digit of 64 bits', withNumbers([1, big]), withNumbers([1, big - 1n])],
  ])('sees %s', (_, a, b) => {
    expect([samePatient(a)(b), samePatient(b)(a)]).toEqual([false, false]);
  });

  it('looks at no more than the details', () => {
    const extended = { ...nobody, forename: none, finalizing: true };
    expect(samePatient(nobody)(extended)).toBe(true);
  });
});

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
