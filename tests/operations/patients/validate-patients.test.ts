import { left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { userErrorMessage, type UserError } from '../../../src/index.js';
import type { ReadPatient } from '../../../src/operations/patients/patient-details.js';
import { validatePatientIdNums, validatePatients } from '../../../src/operations/patients/validate-patients.js';
import type { Row } from '../../../src/operations/uploads/row.js';
import type { Value } from '../../../src/operations/wire/values.js';
import {
  invalidIdNumber,
  patientFailsPolicy,
  unknownIdNumber,
  unknownIdNumberInUpload,
} from '../../../src/refusals/patients.js';
import { clinicInfo, nobody } from '../../support/patients.js';

const patient = (
  idNumbers: readonly (readonly [number, number | bigint])[],
  differences: Partial<ReadPatient> = {},
): ReadPatient => ({ ...nobody, sex: some('F'), finalizing: false, idNumbers: new Map(idNumbers), ...differences });

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
