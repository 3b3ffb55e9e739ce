import { left } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { secret } from '../../../src/index.js';
import type * as M from '../../../src/operations/patients/model.js';
import { registerPatientAnswer, taskSchedulesAnswer } from '../../../src/operations/patients/patient-mode.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { username } from '../../support/fixtures.js';
import { nobody } from '../../support/patients.js';
import { untyped } from '../../support/untyped.js';

const registration: M.PatientRegistration = {
  patient: { ...nobody, surname: some('O\u2028Hara'), idNumbers: new Map([[1, 9223372036854775807n]]) },
  username: username('user-{4d1c8ee0}-7'),
  password: secret('p&w d+%;\u00e9: "\\" '),
  ipUse: { commercial: false, clinical: true, educational: false, research: true },
};

const answerFor = (differences: Partial<M.PatientDetails>) =>
  registerPatientAnswer({ ...registration, patient: { ...nobody, ...differences } });
const json = (differences: Partial<M.PatientDetails>): string => rightOf(answerFor(differences))['patient_info'] ?? '';

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

describe('a patient', () => {
  it('is a list of one object that has every text', () => {
    expect(JSON.parse(json({}))).toEqual([absent]);
    expect(JSON.parse(json({ sex: some('X'), dob: some('2000-02-29'), gp: some(' ') }))).toEqual([
      { ...absent, sex: 'X', dob: '2000-02-29', gp: ' ' },
    ]);
  });

  it.each(['M', 'F', 'X'])('takes the sex %s, and the ID number 0', (sex) => {
    expect(json({ sex: some(sex), idNumbers: new Map([[1, 0]]) })).toContain(`"sex":"${sex}"`);
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
      [4, 0n],
    ]);
    expect(json({ idNumbers })).toMatch(
      /,"idnum10":9223372036854775807,"idnum2":9007199254740993,"idnum1":0,"idnum2147483647":9007199254740991,"idnum3":0,"idnum4":0\}\]$/,
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
    expect(json({ other: some('\ud800') })).toContain('"\\ud800"');
  });

  it.each(['m', 'Male', ' ', 'FM'])('refuses the sex %j', (sex) => {
    expect(answerFor({ sex: some(sex) })).toEqual(left({ field: 'patient.sex', rule: 'must be M, F or X, or absent' }));
  });

  it.each(['1950', '02/01/1950', '1950-1-2', '2001-02-29', '0000-01-01', '1950-01-02T00:00:00Z', ' 1950-01-02', '\n'])(
    'refuses the date of birth %j',
    (dob) => {
      expect(answerFor({ dob: some(dob) })).toEqual(
        left({ field: 'patient.dob', rule: 'must be a date YYYY-MM-DD, or absent' }),
      );
    },
  );

  const idNumbersProblem = {
    field: 'patient.idNumbers',
    rule: 'must have types from 1 to 2147483647, and whole numbers from 0 to 9223372036854775807',
  };
  it.each([0, -1, 1.5, NaN, 2147483648])('refuses the type %s of an ID number', (which) => {
    expect(answerFor({ idNumbers: new Map([[which, 1]]) })).toEqual(left(idNumbersProblem));
  });

  it.each([-1, 1.5, NaN, Infinity, 1e21, 9007199254740992, 9223372036854775808n, -1n])(
    'refuses the ID number %s',
    (value) => {
      const idNumbers = new Map<number, number | bigint>([
        [2, 7],
        [1, value],
      ]);
      expect(answerFor({ idNumbers })).toEqual(left(idNumbersProblem));
    },
  );
});

describe('registerPatientAnswer', () => {
  it.each<readonly [object, string, string]>([
    [{ patient: null }, 'patient', 'must be an object, was null'],
    [{ patient: { ...nobody, gp: null } }, 'patient.gp', 'must be an Option (none or some), was null'],
    [{ patient: { ...nobody, gp: some(7) } }, 'patient.gp', 'must be a string, was a number'],
    [{ patient: { ...nobody, dob: some(7) } }, 'patient.dob', 'must be a date YYYY-MM-DD, or absent'],
    [
      { patient: { ...nobody, idNumbers: {} } },
      'patient.idNumbers',
      expect.stringContaining('must have types') as string,
    ],
    [
      { patient: { ...nobody, idNumbers: new Map([[1, '7']]) } },
      'patient.idNumbers',
      expect.stringContaining('whole numbers') as string,
    ],
    [{ ipUse: {} }, 'ipUse.commercial', 'must be a boolean, was undefined'],
    [{ ipUse: { ...registration.ipUse, research: 1 } }, 'ipUse.research', 'must be a boolean, was a number'],
  ])('refuses %j of a host without types', (differences, field, rule) => {
    expect(registerPatientAnswer(untyped({ ...registration, ...differences }))).toEqual(left({ field, rule }));
  });

  it('is read back exactly', () => {
    const read = readByClient(rightOf(registerPatientAnswer(registration)));
    expect(read.get('user')).toBe('user-{4d1c8ee0}-7');
    expect(read.get('password')).toBe('p&w d+%;\u00e9: "\\" ');
    expect(read.get('patient_info')).toContain('"surname":"O\\u2028Hara"');
    expect(read.get('patient_info')).toContain('"idnum1":9223372036854775807');
  });

  it('tells the purposes as numbers', () => {
    expect(rightOf(registerPatientAnswer(registration))['ip_use_info']).toBe(
      '{"ip_use_commercial":0,"ip_use_clinical":1,"ip_use_educational":0,"ip_use_research":1}',
    );
  });

  it.each([
    ['', 'must not be blank'],
    [' sentinel', 'must be on one line, without leading white space'],
    ['sentinel\n', 'must be on one line, without leading white space'],
  ])('refuses the password %j, and does not quote it', (password, rule) => {
    const answer = registerPatientAnswer({ ...registration, password: secret(password) });
    expect(answer).toEqual(left({ field: 'password', rule }));
    expect(JSON.stringify(answer)).not.toContain('sentinel');
  });

  it.each(['', ' alice', 'alice\nsuccess:0'])('refuses the username %j of a host without types', (name) => {
    expect(registerPatientAnswer({ ...registration, username: untyped(name) })).toMatchObject({
      left: { field: 'username' },
    });
  });

  it('refuses what no tablet could read of the patient', () => {
    expect(registerPatientAnswer({ ...registration, patient: { ...nobody, dob: some('1950') } })).toMatchObject({
      left: { field: 'patient.dob' },
    });
  });
});

const task: M.ScheduledTask = {
  table: 'phq9',
  anonymous: false,
  settings: {},
  dueFrom: '2026-11-24T09:00:00Z',
  dueBy: '2026-12-01T09:00:00.5+05:30',
  complete: false,
  whenCompleted: none,
};
const told = {
  table: 'phq9',
  anonymous: false,
  settings: {},
  due_from: '2026-11-24T09:00:00Z',
  due_by: '2026-12-01T09:00:00.5+05:30',
  complete: false,
  when_completed: null,
};

const answer = (...items: readonly Partial<M.ScheduledTask>[]) =>
  taskSchedulesAnswer({
    patient: nobody,
    schedules: [
      { name: 'Empty', items: [] },
      { name: 'O\u2028"Hara\r\n', items: items.map((differences) => ({ ...task, ...differences })) },
    ],
  });

const circle: { self?: unknown } = {};
circle.self = circle;
const deep: unknown = Array.from({ length: 100_000 }).reduce((inner) => [inner], 0);

describe('taskSchedulesAnswer', () => {
  it('is read back exactly', () => {
    const settings = { text: 'a\nb\u0085', list: [1, null, true], ['__proto__']: { x: 1.5 } };
    const completed = { complete: true, whenCompleted: some('2026-11-25T10:11:12-08:00') };
    const read = readByClient(rightOf(answer({}, { ...completed, anonymous: true, settings }, { complete: true })));
    expect(read.get('task_schedules')).toMatch(/^[ -~]*$/);
    expect(JSON.parse(read.get('task_schedules') ?? '')).toEqual([
      { task_schedule_name: 'Empty', task_schedule_items: [] },
      {
        task_schedule_name: 'O\u2028"Hara\r\n',
        task_schedule_items: [
          told,
          { ...told, anonymous: true, settings, complete: true, when_completed: '2026-11-25T10:11:12-08:00' },
          { ...told, complete: true },
        ],
      },
    ]);
    expect(JSON.parse(read.get('patient_info') ?? '')).toHaveLength(1);
  });

  it('can have no schedule', () => {
    expect(rightOf(taskSchedulesAnswer({ patient: nobody, schedules: [] }))['task_schedules']).toBe('[]');
  });

  const dateRule = 'must be an ISO 8601 date and time with an offset';
  it.each<readonly [string, Partial<M.ScheduledTask>, string]>([
    ...[
      '',
      '2026-11-24',
      '2026-11-24T09:00:00',
      '2026-11-24 09:00:00Z',
      '2026-02-30T09:00:00Z',
      'tomorrow',
      'T\n',
    ].flatMap(
      (date) =>
        [
          ['dueFrom', { dueFrom: date }, dateRule],
          ['dueBy', { dueBy: date }, dateRule],
          ['whenCompleted', { complete: true, whenCompleted: some(date) }, dateRule],
        ] as const,
    ),
    ['whenCompleted', { whenCompleted: some('2026-11-24T09:00:00Z') }, 'must be none unless complete'],
    ...['', 'phq 9', 'x'.repeat(129), 'phq9\n'].map(
      (table) => ['table', { table }, 'must be 1 to 128 letters, digits and underscores'] as const,
    ),
    ...[[], new Date(0), () => 1, circle, { deep }, { big: 1n }, { toJSON: () => null }].map(
      (settings) => ['settings', { settings }, 'must be an object that JSON can hold'] as const,
    ),
  ])('refuses %s', (name, differences, rule) => {
    expect(answer({}, differences)).toEqual(left({ field: `schedules[1].items[1].${name}`, rule }));
  });

  it('refuses settings that JSON can hold only once', () => {
    const kept: unknown[] = [{}];
    expect(answer({ settings: { toJSON: () => kept.pop() ?? 1n } })).toEqual(
      left({ field: 'schedules', rule: 'must be what JSON can hold' }),
    );
  });

  it.each<readonly [object, string]>([
    [{ name: 7, items: [] }, 'name'],
    [{ name: 'A', items: null }, 'items'],
    [{ name: 'A', items: [null] }, 'items[0]'],
    [{ name: 'A', items: [{ ...task, table: 7 }] }, 'items[0].table'],
    [{ name: 'A', items: [{ ...task, anonymous: 0 }] }, 'items[0].anonymous'],
    [{ name: 'A', items: [{ ...task, complete: undefined }] }, 'items[0].complete'],
    [{ name: 'A', items: [{ ...task, settings: null }] }, 'items[0].settings'],
    [{ name: 'A', items: [{ ...task, dueFrom: new Date(0) }] }, 'items[0].dueFrom'],
    [{ name: 'A', items: [{ ...task, whenCompleted: null }] }, 'items[0].whenCompleted'],
  ])('refuses %j of a host without types', (schedule, field) => {
    expect(taskSchedulesAnswer(untyped({ patient: nobody, schedules: [schedule] }))).toMatchObject({
      left: { field: `schedules[0].${field}` },
    });
  });

  it('refuses what no tablet could read of the patient', () => {
    const patient = { ...nobody, idNumbers: new Map([[0, 1]]) };
    expect(taskSchedulesAnswer({ patient, schedules: [] })).toMatchObject({ left: { field: 'patient.idNumbers' } });
  });
});
