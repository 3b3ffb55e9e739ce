import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import type { Operation } from '../../../src/index.js';
import { nobody } from '../../support/patients.js';
import { read } from '../../support/reading.js';

describe('readCommand', () => {
  it.each<Operation>([
    'check_device_registered',
    'check_upload_user_and_device',
    'end_upload',
    'get_allowed_tables',
    'get_extra_strings',
    'get_id_info',
    'start_preservation',
    'start_upload',
  ])('reads nothing of %s', (operation) => {
    expect(read(operation, { table: '__proto__' })).toEqual({});
  });

  it.each([
    ["Ann's tablet", some("Ann's tablet")],
    [' ', some(' ')],
    ['', none],
    [undefined, none],
  ])('reads the friendly name %j of a device', (devicefriendlyname, friendlyName) => {
    const fields = devicefriendlyname === undefined ? {} : { devicefriendlyname };
    expect(read('register', fields)).toEqual({ friendlyName });
  });

  it('refuses a friendly name that is not well formed, or sent twice', () => {
    const rule = 'must hold no NUL and no lone surrogate';
    expect(read('register', { devicefriendlyname: '\0' })).toBe(`Bad devicefriendlyname field: ${rule}`);
    const twice = [['devicefriendlyname', 'a'] as const, ['devicefriendlyname', 'a'] as const];
    expect(read('register', twice)).toBe('The field devicefriendlyname was sent more than once');
  });

  it.each(['register_patient', 'get_task_schedules'] as const)('reads the access key of %s', (operation) => {
    const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
    expect(read(operation, { patient_proquint: ` ${accessKey.toUpperCase()} ` })).toEqual({ accessKey });
    const words = 'There is no patient with that access key. Have you entered the key correctly?';
    expect(read(operation, { patient_proquint: accessKey.slice(1) })).toBe(words);
    expect(read(operation, {})).toBe('Must provide the variable: patient_proquint');
    const twice = [['patient_proquint', accessKey] as const, ['patient_proquint', accessKey] as const];
    expect(read(operation, twice)).toBe('The field patient_proquint was sent more than once');
  });
});

const patientsOf = (patient_info: string) => read('validate_patients', { patient_info });
const plain = { ...nobody, finalizing: false };

describe('validate_patients', () => {
  it('reads every detail', () => {
    const json =
      '[{"forename":"Ann","surname":null,"sex":"F","dob":"1950-01-02","address":"","email":"a@b.example","gp":"\\u00e9","other":"x",' +
      '"idnum10":9223372036854775807,"idnum2":7,"idnum003":true,"idnum-1":1,"finalizing":true}, {"finalizing":false} ]';
    const ann = {
      ...{ forename: some('Ann'), surname: none, sex: some('F'), dob: some('1950-01-02'), address: some('') },
      ...{ email: some('a@b.example'), gp: some('é'), other: some('x'), finalizing: true },
      idNumbers: new Map<number, number | bigint>([
        [10, 9223372036854775807n],
        [2, 7],
        [3, 1],
        [-1, 1],
      ]),
    };
    expect(patientsOf(json)).toEqual({ patients: [ann, plain] });
    expect(patientsOf(' [ ] ')).toEqual({ patients: [] });
  });

  it('takes the last of a detail that was sent more than once', () => {
    const json = '[{"forename":7,"idnum1":0,"finalizing":1,"forename":"Ann","idnum1":5,"finalizing":false}]';
    const ann = { ...plain, forename: some('Ann'), idNumbers: new Map([[1, 5]]) };
    expect(patientsOf(json)).toEqual({ patients: [ann] });
  });

  it.each([
    ['dob', '""', none],
    ['dob', 'null', none],
    ['dob', '"2000-02-29"', some('2000-02-29')],
    ['email', '""', some('')],
    ['email', 'null', none],
    ['email', `"${'a'.repeat(253)}@b"`, some(`${'a'.repeat(253)}@b`)],
    ['email', `"a!#$%&'*+/=?^_\`{|}~-.z@${'a'.repeat(63)}.b-c"`, some(`a!#$%&'*+/=?^_\`{|}~-.z@${'a'.repeat(63)}.b-c`)],
    ['sex', '"X"', some('X')],
  ])('%s may be %s', (key, value, detail) => {
    expect(patientsOf(`[{"${key}":${value},"finalizing":false}]`)).toEqual({ patients: [{ ...plain, [key]: detail }] });
  });

  const text = 'must be a string or null';
  const dob = 'must be a date YYYY-MM-DD, empty or null';
  const email = 'must be an e-mail address, empty or null';
  const number = 'must be a whole number above 0';
  it.each([
    ['forename', '7', text],
    ['surname', 'true', text],
    ['address', '["a"]', text],
    ['gp', '{}', text],
    ['other', '1.5', text],
    ['sex', 'null', 'must be M, F or X'],
    ['sex', '""', 'must be M, F or X'],
    ['sex', '"m"', 'must be M, F or X'],
    ['dob', '19500102', dob],
    ['dob', '"1950-1-2"', dob],
    ['dob', '"1950-02-30"', dob],
    ['dob', '"1950-01-02T00:00:00"', dob],
    ['email', '7', email],
    ['email', '"a"', email],
    ['email', '"@b"', email],
    ['email', '"a@"', email],
    ['email', '"a@b@c"', email],
    ['email', '"a@b..c"', email],
    ['email', '"a@-b"', email],
    ['email', '"a@b-"', email],
    ['email', '"a b@c"', email],
    ['email', '"é@b"', email],
    ['email', '"a@b\\n"', email],
    ['email', `"a@${'b'.repeat(64)}"`, email],
    ['email', `"${'a'.repeat(252)}@b.c"`, email],
    ['idnum1', 'null', number],
    ['idnum1', '0', number],
    ['idnum1', '-5', number],
    ['idnum1', 'false', number],
    ['idnum1', '"7"', number],
    ['idnum1', '7.0', number],
    ['idnum1', '1e3', number],
    ['idnum1', '[7]', number],
    ['idnum1', '-9223372036854775808', number],
    ['finalizing', 'null', 'must be true or false'],
    ['finalizing', '1', 'must be true or false'],
    ['finalizing', '"true"', 'must be true or false'],
  ])('%s must not be %.50s', (key, value, rule) => {
    const json = `[{"finalizing":false},{"finalizing":false,"${key}":${value}},7]`;
    expect(patientsOf(json)).toBe(`Bad value in patient_info, patient 2, ${key}: ${rule}`);
  });

  it.each([
    ['', 'Must provide the variable: patient_info'],
    ['[', "Bad JSON for key 'patient_info'"],
    ['[{"sex":"Q"}', "Bad JSON for key 'patient_info'"],
    ['{"finalizing":false}', 'Top-level JSON is not a list'],
    ['null', 'Top-level JSON is not a list'],
    ['[7]', 'Patient JSON is not a dict'],
    ['[[]]', 'Patient JSON is not a dict'],
    ['[{}]', 'Patient JSON is empty'],
    ['[{"sex":"F"}]', "Missing 'finalizing' JSON key"],
    ['[{"nhs":1,"sex":"Q"}]', "Unknown JSON key: 'nhs'"],
    ['[{"__proto__":1}]', "Unknown JSON key: '__proto__'"],
    ['[{"toString":1}]', "Unknown JSON key: 'toString'"],
    ['[{"IDNUM1":1}]', "Unknown JSON key: 'IDNUM1'"],
    ['[{"a.b":1}]', 'Unknown JSON key'],
    ['[{"idnum":1}]', "Bad idnum key: 'idnum'"],
    ['[{"idnumx":1}]', "Bad idnum key: 'idnumx'"],
    ['[{"idnum+1":1}]', 'Bad idnum key'],
    ['[{"idnum\\u0661":1}]', 'Bad idnum key'],
    ['[{"idnum1 ":1}]', 'Bad idnum key'],
    ['[{"idnum9007199254740992":1}]', "Bad idnum key: 'idnum9007199254740992'"],
    ['[{"idnum1":5,"idnum01":5}]', 'More than one ID number supplied for ID number type 1'],
    [
      `[{"idnum1":${'7'.repeat(1_000_000)}}]`,
      'Bad value in patient_info, patient 1, idnum1: must be a whole number above 0',
    ],
    ['['.repeat(5_000) + ']'.repeat(5_000), 'Patient JSON is not a dict'],
    [
      '[{"surname":"\\u0000"}]',
      'Bad value in patient_info, patient 1, surname: must hold no NUL and no lone surrogate',
    ],
    ['[{"gp":"\\ud83d"}]', 'Bad value in patient_info, patient 1, gp: must hold no NUL and no lone surrogate'],
    [
      `[{${Array.from({ length: 1001 }, (_, at) => `"idnum${String(at + 1)}":5`).join(',')}}]`,
      'Too many ID numbers of a patient in patient_info: at most 1000',
    ],
    [`[{"${'x'.repeat(50_000_000)}":1}]`, 'Unknown JSON key'],
  ])('of %.40j is refused', (json, words) => {
    expect(patientsOf(json)).toBe(words);
  });

  it('takes 200,000 patients, and no more', () => {
    expect(patientsOf(`[${'7,'.repeat(199_999)}7]`)).toBe('Patient JSON is not a dict');
    expect(patientsOf(`[${'7,'.repeat(200_000)}7]`)).toBe('Too many patients in patient_info: at most 200000');
  });
});
