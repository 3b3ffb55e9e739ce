import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { textNames, type PatientDetails } from '../../../src/operations/patients/patient-details.js';
import { samePatient } from '../../../src/operations/patients/same-patient.js';
import { nobody } from '../../support/patients.js';

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
