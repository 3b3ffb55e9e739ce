import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { asciiJson, patientChecks, patientJson } from '../../../src/operations/answers/patient-json.js';
import type { PatientDetails } from '../../../src/operations/patients/patient-details.js';
import { nobody } from '../../support/patients.js';

const json = (differences: Partial<PatientDetails>): string => patientJson({ ...nobody, ...differences });

/** The rules that a patient breaks. */
const brokenBy = (differences: Partial<PatientDetails>): readonly unknown[] =>
  patientChecks({ ...nobody, ...differences }).flatMap(([field, rule, isKept]) => (isKept ? [] : [{ field, rule }]));

const absent = {
  forename: null,
  surname: null,
  sex: null,
  dob: null,
  address: null,
  email: null,
  gp: null,
  other: null,
};

describe('patientJson', () => {
  it('breaks no rule for a patient of whom nothing is known', () => {
    expect(brokenBy({})).toEqual([]);
  });

  it('is a list of one object that has every text', () => {
    expect(JSON.parse(json({}))).toEqual([absent]);
    expect(JSON.parse(json({ sex: some('X'), dob: some('2000-02-29'), gp: some(' ') }))).toEqual([
      { ...absent, sex: 'X', dob: '2000-02-29', gp: ' ' },
    ]);
  });

  it.each(['M', 'F', 'X'])('takes the sex %s, and the ID number 0', (sex) => {
    expect(brokenBy({ sex: some(sex), idNumbers: new Map([[1, 0]]) })).toEqual([]);
  });

  it('tells an empty text as absent', () => {
    expect(JSON.parse(json({ email: some(''), sex: some(''), dob: some('') }))).toEqual([absent]);
  });

  it('tells ID numbers with all their digits, and in their order', () => {
    const idNumbers = new Map<number, number | bigint>([
      [10, 9223372036854775807n],
      [2, 9007199254740993n],
      [1, 0],
      [2147483647, 9007199254740991],
      [3, -0],
    ]);
    expect(json({ idNumbers })).toMatch(
      /,"idnum10":9223372036854775807,"idnum2":9007199254740993,"idnum1":0,"idnum2147483647":9007199254740991,"idnum3":0\}\]$/,
    );
  });

  it.each([
    'O\'Hara "x" \\',
    'a\r\nb',
    '\u2028\u0085',
    '\u{1f511}\u00e9',
    '\0\u007f',
    '__proto__',
    'x'.repeat(100_000),
  ])('writes a text in ASCII and on one line: %.20j', (text) => {
    const written = json({ other: some(text) });
    expect(written).toMatch(/^[ -~\u007f]*$/);
    expect(JSON.parse(written)).toEqual([{ ...absent, other: text }]);
  });

  it('writes half of a surrogate pair as an escape', () => {
    expect(asciiJson('\ud800')).toBe('"\\ud800"');
  });

  it.each(['m', 'Male', ' ', 'FM'])('refuses the sex %j', (sex) => {
    expect(brokenBy({ sex: some(sex) })).toEqual([{ field: 'patient.sex', rule: 'must be M, F or X, or absent' }]);
  });

  it.each(['1950', '02/01/1950', '1950-1-2', '2001-02-29', '0000-01-01', '1950-01-02T00:00:00Z', ' 1950-01-02', '\n'])(
    'refuses the date of birth %j',
    (dob) => {
      expect(brokenBy({ dob: some(dob) })).toEqual([
        { field: 'patient.dob', rule: 'must be a date YYYY-MM-DD, or absent' },
      ]);
    },
  );

  it.each([0, -1, 1.5, NaN, 2147483648])('refuses the type %s of an ID number', (which) => {
    expect(brokenBy({ idNumbers: new Map([[which, 1]]) })).toEqual([
      { field: 'patient.idNumbers', rule: 'must have types from 1 to 2147483647' },
    ]);
  });

  it.each([-1, 1.5, NaN, Infinity, 1e21, 9007199254740992, 9223372036854775808n, -1n])(
    'refuses the ID number %s',
    (value) => {
      expect(brokenBy({ idNumbers: new Map<number, number | bigint>([[1, value]]) })).toEqual([
        { field: 'patient.idNumbers', rule: 'must be whole, 0 to 9223372036854775807' },
      ]);
    },
  );
});
