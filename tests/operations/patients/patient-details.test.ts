import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import { none, some, toNullable } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  isIdNumberType,
  isValidIdNumber,
  ownPatientsOnly,
  ownRowsOnly,
  type PatientDetails,
  samePatient,
  textNames,
  textOf,
} from '../../../src/operations/patients/patient-details.js';
import type { Row } from '../../../src/operations/uploads/row.js';
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
