import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { satisfiesIdPolicy, showIdPolicy } from '../../../src/operations/patients/id-policy.js';
import { parseIdPolicy } from '../../../src/operations/patients/parse-id-policy.js';
import type { PatientDetails } from '../../../src/operations/patients/patient-details.js';
import { rightOf } from '../../support/decoded.js';
import { nobody } from '../../support/patients.js';

const policy = (text: string) => rightOf(parseIdPolicy(text));
const satisfies = (text: string, patient: Partial<PatientDetails>): boolean =>
  satisfiesIdPolicy(policy(text))({ ...nobody, ...patient });

const sex = { sex: some('F') };
const both = { sex: some('F'), dob: some('1950-01-02') };
const numbered = { idNumbers: new Map([[1, 0]]) };

describe('showIdPolicy', () => {
  it.each([
    ['NOT(SEX) or idnum01', 'NOT (SEX) OR IDNUM1'],
    ['\t(( sex)\r\n)', '((SEX))'],
    ['not not sex AND not(dob)', 'NOT NOT SEX AND NOT (DOB)'],
    ['idnum2147483647', 'IDNUM2147483647'],
  ])('prints %j', (text, shown) => {
    expect(showIdPolicy(policy(text))).toBe(shown);
    expect(parseIdPolicy(shown)).toEqual(parseIdPolicy(text));
  });
});

describe('satisfiesIdPolicy', () => {
  it.each<readonly [string, Partial<PatientDetails>, boolean]>([
    ['sex OR dob AND gp', sex, false],
    ['sex OR (dob AND gp)', sex, true],
    ['gp AND dob OR sex', sex, true],
    ['gp AND (dob OR sex)', sex, false],
    ['NOT gp AND dob', sex, false],
    ['NOT (gp AND dob)', sex, true],
    ['NOT NOT sex', sex, true],
    ['sex AND NOT dob', both, false],
    ['(sex) AND ((dob))', both, true],
    ['(NOT sex) OR (NOT (NOT (dob)))', both, true],
  ])('reads %s from left to right', (text, patient, expected) => {
    expect(satisfies(text, patient)).toBe(expected);
  });

  it.each<readonly [string, keyof PatientDetails]>([
    ['forename', 'forename'],
    ['surname', 'surname'],
    ['sex', 'sex'],
    ['dob', 'dob'],
    ['address', 'address'],
    ['email', 'email'],
    ['gp', 'gp'],
    ['otherdetails', 'other'],
  ])('asks with %s for a text that is not empty', (word, name) => {
    expect([some(''), some(' '), some('x')].map((text) => satisfies(word, { [name]: text }))).toEqual([
      false,
      true,
      true,
    ]);
    expect(satisfies(word, {})).toBe(false);
  });

  it.each<readonly [string, Partial<PatientDetails>, boolean]>([
    ['idnum1', numbered, true],
    ['idnum2', numbered, false],
    ['anyidnum', numbered, true],
    ['anyidnum', {}, false],
    ['otheridnum', numbered, true],
    ['otheridnum', {}, false],
    ['NOT idnum1 OR otheridnum', numbered, false],
    ['idnum2 OR otheridnum', numbered, true],
  ])('asks for ID numbers with %s', (text, patient, expected) => {
    expect(satisfies(text, patient)).toBe(expected);
  });

  it('reads the longest and the deepest policy', () => {
    expect(satisfies(`${'not '.repeat(499)}sex`, sex)).toBe(false);
    expect(satisfies(`${'('.repeat(100)}sex${')'.repeat(100)}`, sex)).toBe(true);
    expect(satisfies(`${'not('.repeat(100)}sex${')'.repeat(100)} or sex`, {})).toBe(false);
  });
});
