import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import { none, some, toNullable } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { userErrorMessage, type UserError } from '../../../src/index.js';
import type { PatientDetails, ReadPatient } from '../../../src/operations/patients/model.js';
import { textNames } from '../../../src/operations/patients/patient-details.js';
import {
  ownPatientsOnly,
  ownRowsOnly,
  validatePatientIdNums,
  validatePatients,
} from '../../../src/operations/patients/validate-patients.js';
import type { Row } from '../../../src/operations/uploads/upload-step.js';
import type { Value } from '../../../src/operations/wire/values.js';
import { invalidIdNumber, unknownIdNumberInUpload } from '../../../src/refusals/patients.js';
import { clinicInfo, nobody } from '../../support/patients.js';

const patient = (
  idNumbers: readonly (readonly [number, number | bigint])[],
  differences: Partial<ReadPatient> = {},
): ReadPatient => ({ ...nobody, sex: some('F'), finalizing: false, idNumbers: new Map(idNumbers), ...differences });

const patientFailsPolicy = (policy: 'upload' | 'finalizing', place: number): UserError => {
  return { code: 'patient-fails-policy', policy, patient: String(place) };
};
const unknownIdNumber = (type: number): UserError => ({ code: 'unknown-id-number', type: String(type) });

const good = patient([[1, 7]]);
const nhs = 9434765919;

describe('validatePatients', () => {
  it.each<readonly [string, readonly ReadPatient[]]>([
    ['no patient', []],
    ['one that meets the upload policy', [good]],
    ['one that meets the finalize policy only', [patient([[4, nhs]], { finalizing: true })]],
    ['a 64-bit number', [patient([[1, 9223372036854775807n]])]],
    ['a thousand', Array.from({ length: 1000 }, () => good)],
  ])('takes %s', (_, patients) => {
    expect(validatePatients(clinicInfo)(patients)).toEqual(right(undefined));
  });

  it.each<readonly [string, readonly ReadPatient[], UserError]>([
    [
      'an ID number of an unknown type',
      [
        good,
        patient([
          [1, 7],
          [99, 7],
        ]),
      ],
      unknownIdNumber(99),
    ],
    ['a wrong NHS number', [patient([[4, nhs - 1]])], invalidIdNumber(4)],
    [
      'the first failure of a patient',
      [
        patient([
          [4, 1],
          [99, 7],
        ]),
      ],
      invalidIdNumber(4),
    ],
    ['an ID number before a policy', [patient([[99, 7]], { sex: none })], unknownIdNumber(99)],
    ['the upload policy', [good, good, patient([])], patientFailsPolicy('upload', 3)],
    ['the finalize policy', [good, { ...good, finalizing: true }], patientFailsPolicy('finalizing', 2)],
    ['the first patient that fails', [patient([]), patient([[99, 7]])], patientFailsPolicy('upload', 1)],
    ['an empty text', [patient([[1, 7]], { sex: some('') })], patientFailsPolicy('upload', 1)],
  ])('refuses by %s', (_, patients, error) => {
    expect(validatePatients(clinicInfo)(patients)).toEqual(left(error));
  });
});

const change = (rows: readonly Row[], table = 'patient_idnum') => ({
  table,
  records: rows.map((each, key) => ({ key, whenLastModified: none, moveOffTablet: false, row: each })),
  keep: 'sent' as const,
  finalize: new Set<number>(),
});
const row = (which: Value, value: Value): Row => ({
  columns: ['id', 'idnum_value', 'which_idnum'],
  values: [1, value, which],
});
const rowOf = (column: string, value: Value): Row => ({ columns: [column], values: [value] });

describe('validatePatientIdNums', () => {
  it.each([
    ['no record', change([])],
    ['numbers of their types', change([row(1, 7), row(4, nhs), row(4n, BigInt(nhs)), row(1, -1), row(1, 0)])],
    ['NULL', change([row(1, null), row(4, null)])],
    ['no number', change([rowOf('which_idnum', 4)])],
    ['any value of a type without a method', change([row(1, 'seven'), row(1, new Uint8Array([7])), row(1, 0.5)])],
    ['another table', change([row(99, 7)], 'patient')],
  ])('takes %s', (_, of) => {
    expect(validatePatientIdNums(clinicInfo)(of)).toEqual(right(undefined));
  });

  it.each([
    ...[99, 0, -1, 2147483649, 4294967297n, -(10n ** 25n)].map(
      (type) => [type, unknownIdNumberInUpload(type)] as const,
    ),
    ...[null, '4', 'four', '', 1.5, NaN, Infinity, 1e300, new Uint8Array([4])].map(
      (type) => [type, { code: 'unknown-id-number-in-upload' }] as const,
    ),
  ])('refuses the type %s', (type, error) => {
    expect(validatePatientIdNums(clinicInfo)(change([row(1, 7), row(type, 7)]))).toEqual(left(error));
  });

  it('refuses a record without a type', () => {
    expect(validatePatientIdNums(clinicInfo)(change([{ columns: [], values: [] }]))).toEqual(
      left(unknownIdNumberInUpload()),
    );
    expect(validatePatientIdNums(clinicInfo)(change([rowOf('idnum_value', 7)]))).toEqual(
      left(unknownIdNumberInUpload()),
    );
  });

  it.each<readonly [Value]>([[nhs - 1], [String(nhs)], [0], [0.5], [-123456789], [''], [NaN], [new Uint8Array()]])(
    'refuses the NHS number %s',
    (value) => {
      expect(validatePatientIdNums(clinicInfo)(change([row(1, 7), row(4, value)]))).toEqual(left(invalidIdNumber(4)));
    },
  );
});

it.each([
  [unknownIdNumber(9), 'Bad ID number type: 9'],
  [unknownIdNumberInUpload(-1), 'No such ID number type: -1'],
  [unknownIdNumberInUpload(), 'No such ID number type'],
  [invalidIdNumber(4), 'The ID number of type 4 is invalid'],
  [patientFailsPolicy('upload', 1), 'Invalid patient (number 1 in the list): Fails upload ID policy'],
  [patientFailsPolicy('finalizing', 2), 'Invalid patient (number 2 in the list): Fails finalizing ID policy'],
])('words %j', (error, words) => {
  expect(userErrorMessage(error)).toBe(words);
});

const big = 9223372036854775807n;

const ann: PatientDetails = {
  ...nobody,
  forename: some('Ann'),
  sex: some('F'),
  dob: some('1950-01-02'),
  gp: some(''),
  idNumbers: new Map<number, number | bigint>([
    [1, 7],
    [2, big],
    [3, 0],
  ]),
};

const other = left({ code: 'other-patient' });

describe('ownPatientsOnly', () => {
  it('takes the own patient, however often', () => {
    expect([[], [ann], [ann, { ...ann, gp: none }]].map(ownPatientsOnly(ann))).toEqual(Array(3).fill(right(undefined)));
  });

  it('refuses any other', () => {
    expect(ownPatientsOnly(ann)([ann, { ...ann, forename: some('Bob') }])).toEqual(other);
    expect(ownPatientsOnly(ann)([nobody])).toEqual(other);
  });
});

describe('ownRowsOnly', () => {
  const change = (table: string, rows: readonly Row[]) => ({
    table,
    records: rows.map((row, key) => ({ key, whenLastModified: none, moveOffTablet: false, row })),
    keep: 'sent' as const,
    finalize: new Set<number>(),
  });
  const rowOf = (values: readonly (readonly [string, Value])[]): Row => ({
    columns: values.map(([column]) => column),
    values: values.map(([, value]) => value),
  });
  const told = { id: 3, forename: 'Ann', sex: 'F', dob: '1950-01-02' };
  const details = (differences: Readonly<Record<string, Value>> = {}): Row =>
    rowOf(Object.entries({ ...told, ...differences }));
  const number = (which: Value, value: Value): Row => ({
    columns: ['id', 'patient_id', 'which_idnum', 'idnum_value'],
    values: [9, 3, which, value],
  });
  const verdict = (table: string, ...rows: readonly Row[]) =>
    ownRowsOnly(ann)([change('phq9', []), change(table, rows)]);

  it.each<readonly [string, string, readonly Row[]]>([
    ['no row', 'patient', []],
    ['what is known alone', 'patient', [details()]],
    ['absent details as NULL', 'patient', [details({ surname: null, gp: null, other: null })]],
    ['absent details as empty texts', 'patient', [details({ surname: '', gp: '', email: '' })]],
    ['two rows', 'patient', [details(), details({ id: 4 })]],
    ['other columns', 'patient', [details({ patient_id: 99, ['__proto__']: 'x', Forename: 'Bob' })]],
    ['the numbers of the patient', 'patient_idnum', [number(1, 7), number(2, big), number(3, 0)]],
    ['a number as a bigint, and its type', 'patient_idnum', [number(1n, 7n)]],
    ['one number twice', 'patient_idnum', [number(1, 7), number(1, 7)]],
    ['minus zero', 'patient_idnum', [number(3, -0)]],
    ['NULL where there is no number', 'patient_idnum', [number(4, null), rowOf([['which_idnum', 4]])]],
    ['any row of another table', 'phq9', [details({ forename: 'Bob' }), number(1, 8)]],
    ['a table of another letter case', 'Patient', [details({ forename: 'Bob' })]],
  ])('takes %s', (_, table, rows) => {
    expect(verdict(table, ...rows)).toEqual(right(undefined));
  });

  it.each<readonly [string, Row]>([
    ['no columns at all', rowOf([])],
    ...textNames.map((name) => [`another ${name}`, details({ [name]: 'x' })] as const),
    ...[7, 7n, NaN, 0, new Uint8Array(), new Uint8Array([65, 110, 110])].map(
      (value) => [`a value that is no text: ${String(value)}`, details({ forename: value })] as const,
    ),
    ['zero for an absent text', details({ surname: 0 })],
    ['a detail that is missing', rowOf(Object.entries(told).filter(([column]) => column !== 'dob'))],
    ['a detail that is NULL', details({ sex: null })],
    ['letter case', details({ forename: 'ANN' })],
    ['white space', details({ forename: 'Ann ' })],
    ['a date with its time', details({ dob: '1950-01-02T00:00:00' })],
  ])('refuses a row of patient by %s, also after a good one', (_, row) => {
    expect([verdict('patient', row), verdict('patient', details(), row)]).toEqual([other, other]);
  });

  it.each<readonly [string, Row]>([
    ['no columns at all', rowOf([])],
    ['no type', rowOf([['idnum_value', 7]])],
    ['no number', rowOf([['which_idnum', 1]])],
    ['NULL for a number', number(1, null)],
    ['another number', number(1, 8)],
    ["another type's number", number(2, 7)],
    ['a type that the patient lacks', number(4, 7)],
    ['the last digit of 64 bits', number(2, big - 1n)],
    ['64 bits rounded', number(2, Number(big))],
    ...['7', '', 'undefined', 7.5, NaN, new Uint8Array([7])].map(
      (value) => [`the number ${typeof value} ${String(value)}`, number(1, value)] as const,
    ),
    ['the text undefined for a number that is absent', number(4, 'undefined')],
    ...[null, '1', '', 1.5, 0, -1, NaN, Infinity, 4294967297n, 2n ** 64n + 1n, new Uint8Array([1])].flatMap((which) =>
      [7, null].map((value) => [`the type ${String(which)} with ${String(value)}`, number(which, value)] as const),
    ),
  ])('refuses a row of patient_idnum by %s, also after a good one', (_, row) => {
    expect([verdict('patient_idnum', row), verdict('patient_idnum', number(1, 7), row)]).toEqual([other, other]);
  });

  it('takes the rows of just those patients that ownPatientsOnly takes', () => {
    const anyText = fc.constantFrom(none, some(''), some('x'));
    const anyNumber = fc.option(fc.constantFrom<(number | bigint)[]>(7, 7n, 8, big));
    const anyPatient = fc
      .tuple(fc.array(anyText, { minLength: 8, maxLength: 8 }), fc.array(anyNumber, { maxLength: 2 }))
      .map(([texts, numbers]): PatientDetails => {
        const idNumbers = new Map(numbers.flatMap((value, index) => (value === null ? [] : [[index + 1, value]])));
        return { ...nobody, ...Object.fromEntries(textNames.map((name, at) => [name, texts[at]])), idNumbers };
      });
    const rowsOf = ({ idNumbers, ...texts }: PatientDetails) => [
      change('patient', [rowOf(textNames.map((name) => [name, toNullable(texts[name])]))]),
      change(
        'patient_idnum',
        [1, 2].map((which) => number(which, idNumbers.get(which) ?? null)),
      ),
    ];
    fc.assert(
      fc.property(anyPatient, anyPatient, fc.constantFrom(...textNames, 'idNumbers' as const), (own, another, name) => {
        for (const sent of [own, { ...own, [name]: another[name] }]) {
          expect(ownRowsOnly(own)(rowsOf(sent))).toEqual(ownPatientsOnly(own)([sent]));
        }
      }),
    );
  });
});
