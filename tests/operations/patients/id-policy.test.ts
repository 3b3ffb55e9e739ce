import { isRight, left } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  parseIdPolicy,
  satisfiesIdPolicy,
  showIdPolicy,
  type IdPolicyError,
} from '../../../src/operations/patients/id-policy.js';
import type { PatientDetails } from '../../../src/operations/patients/model.js';
import { rightOf } from '../../support/decoded.js';
import { nobody } from '../../support/patients.js';

describe('parseIdPolicy', () => {
  it.each<readonly [string, IdPolicyError['reason'], number]>([
    ['', 'empty', 0],
    [' \t\n\v\f\r', 'empty', 0],
    ['()', 'syntax', 1],
    ['sex dob', 'syntax', 4],
    ['sex (dob)', 'syntax', 4],
    ['sex not dob', 'syntax', 4],
    ['sex and or dob', 'syntax', 8],
    ['and sex', 'syntax', 0],
    ['(or sex)', 'syntax', 1],
    ['sex and', 'syntax', 7],
    ['(sex and)', 'syntax', 8],
    ['not', 'syntax', 3],
    ['not and sex', 'syntax', 4],
    ['sex)', 'syntax', 3],
    ['(sex', 'syntax', 0],
    ['((sex) and (dob', 'syntax', 11],
    [')', 'syntax', 0],
    ['sex, dob', 'unknown-word', 3],
    ['sex & dob', 'unknown-word', 4],
    ['[sex]', 'unknown-word', 0],
    ['"sex"', 'unknown-word', 0],
    ['sexes', 'unknown-word', 0],
    ['sex_', 'unknown-word', 0],
    ['idnum', 'unknown-word', 0],
    ['idnum 1', 'unknown-word', 0],
    ['xidnum1', 'unknown-word', 0],
    ['idnum0', 'unknown-word', 0],
    ['idnum2147483648', 'unknown-word', 0],
    ['idnum1_0', 'unknown-word', 0],
    ['idnum1e1', 'unknown-word', 0],
    ['idnum0x1', 'unknown-word', 0],
    ['idnum-1', 'unknown-word', 0],
    [`idnum${'9'.repeat(1_000_000)}`, 'unknown-word', 0],
    [`idnum${'0'.repeat(4300)}1`, 'unknown-word', 0],
    ['idnum\u0661', 'unknown-word', 0],
    ['\u017fex', 'unknown-word', 0],
    ['g\u0131', 'unknown-word', 0],
    ['sex\u00a0and dob', 'unknown-word', 3],
    ['sex\u2028', 'unknown-word', 3],
    ['\ufeffsex', 'unknown-word', 0],
    ['sex\0', 'unknown-word', 3],
    ['sex \u{1f511}', 'unknown-word', 4],
    ['__proto__', 'unknown-word', 0],
    ['constructor', 'unknown-word', 0],
    ['sex and nonsense and', 'unknown-word', 8],
    [`${'not '.repeat(500)}sex`, 'too-long', 2000],
    [`${'('.repeat(101)}sex${')'.repeat(101)}`, 'too-deep', 100],
    ['('.repeat(1_000_000), 'too-deep', 100],
    ['not '.repeat(1_000_000), 'too-long', 2000],
    [' '.repeat(1_000_000), 'empty', 0],
  ])('refuses %.30j', (text, reason, position) => {
    expect(parseIdPolicy(text)).toEqual(left({ reason, position }));
  });

  it.each([
    'sex AND ((forename AND surname AND dob) OR anyidnum)',
    'not(sex)and(dob)',
    'NOT NOT Sex',
    'sex\u000bAND\fdob\r\nOR\tgp',
    'idnum00000000001',
    `idnum${'0'.repeat(4299)}1`,
    `${'sex or '.repeat(249)}not sex`,
    `${'('.repeat(100)}sex${')'.repeat(100)}`,
    `${' '.repeat(1_000_000)}email`,
  ])('takes %.60j', (text) => {
    expect(isRight(parseIdPolicy(text))).toBe(true);
  });
});

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
    ['(sex AND dob) OR gp', both, true],
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
