import { isRight, left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { parseIdPolicy, type IdPolicyError } from '../../../src/operations/patients/parse-id-policy.js';

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
