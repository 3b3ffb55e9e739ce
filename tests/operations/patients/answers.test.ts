import * as fc from 'fast-check';
import { isRight, left, match } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { secret } from '../../../src/index.js';
import * as answers from '../../../src/operations/patients/answers.js';
import type * as M from '../../../src/operations/patients/model.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { clientVersion, username } from '../../support/fixtures.js';
import { clinic, clinicInfo, nobody } from '../../support/patients.js';
import { untyped } from '../../support/untyped.js';

const { allowedTablesAnswer, extraStringsAnswer, oneLine, serverCamcopsVersion, serverInfo, serverInfoAnswer } =
  answers;
const { registerPatientAnswer, taskSchedulesAnswer } = answers;

const oneLineRule = 'must be on one line, without leading white space';
const idNumber = { which: 1, description: 'Hospital', shortDescription: 'Hosp', validation: none };

describe('serverInfo', () => {
  it.each<readonly [Partial<M.ServerInfoConfig>, string, string]>([
    [{ uploadPolicy: '' }, 'uploadPolicy', 'must be an ID policy: empty at position 0'],
    [{ uploadPolicy: 'sex, dob' }, 'uploadPolicy', 'must be an ID policy: unknown word at position 3'],
    [{ finalizePolicy: 'sex AND' }, 'finalizePolicy', 'must be an ID policy: syntax at position 7'],
    [{ finalizePolicy: '('.repeat(101) }, 'finalizePolicy', 'must be an ID policy: too deep at position 100'],
    ...[' Clinic', '\tClinic', '\u00a0Clinic', 'A\nB', 'A\r', 'A\u2028B', 'A\u0085B', 'A\ud800'].map(
      (databaseTitle) => [{ databaseTitle }, 'databaseTitle', oneLineRule] as const,
    ),
    ...[0, -1, 1.5, NaN, 2147483648].map(
      (which) =>
        [
          { idNumbers: [{ ...idNumber, which }] },
          'idNumbers[0].which',
          'must be a whole number from 1 to 2147483647',
        ] as const,
    ),
    [{ idNumbers: [idNumber, idNumber] }, 'idNumbers[1].which', 'must be unique'],
    [{ idNumbers: [{ ...idNumber, description: ' a' }] }, 'idNumbers[0].description', oneLineRule],
    [{ idNumbers: [{ ...idNumber, shortDescription: 'a\nb' }] }, 'idNumbers[0].shortDescription', oneLineRule],
  ])('refuses %j', (differences, field, rule) => {
    expect(serverInfo({ ...clinic, ...differences })).toEqual(left({ field, rule }));
  });

  const versionRule = 'must be a version x.y.z, y and z below 100, 2.4.24 or later';
  it.each(['2.4.23', '2.3.99', '1.99.99', '0.0.0', '2.100.0', '2.4.100', '2.4.24-rc.1', '2.5.0+build', '1.5'])(
    'refuses the version %s',
    (version) => {
      expect(serverInfo({ ...clinic, camcopsVersion: clientVersion(version) })).toEqual(
        left({ field: 'camcopsVersion', rule: versionRule }),
      );
    },
  );

  it.each(['2.4.24', '2.4.25', '2.4.99', '2.5.0', '3.0.0', '999999999.99.99'])('tells the version %s', (version) => {
    expect(rightOf(serverInfo({ ...clinic, camcopsVersion: clientVersion(version) })).camcopsVersion).toBe(version);
  });

  it('tells the version whose operations the package does, if the host names none', () => {
    expect(rightOf(serverInfo(clinic)).camcopsVersion).toBe(serverCamcopsVersion);
    expect(serverCamcopsVersion).toBe('2.4.24');
  });

  it.each<readonly [object, string]>([
    ...['', '2.4', 'v2.4.24', '02.4.24', '2.4.24\n', 2.4, null, ['2.4.24']].map(
      (camcopsVersion) => [{ camcopsVersion }, 'camcopsVersion'] as const,
    ),
    [{ databaseTitle: null }, 'databaseTitle'],
    [{ idNumbers: new Map() }, 'idNumbers'],
    [{ idNumbers: [null] }, 'idNumbers[0]'],
    [{ idNumbers: [{ ...idNumber, which: '1' }] }, 'idNumbers[0].which'],
    [{ idNumbers: [{ ...idNumber, validation: null }] }, 'idNumbers[0].validation'],
    [{ idNumbers: [{ ...idNumber, validation: some('luhn') }] }, 'idNumbers[0].validation'],
  ])('refuses %j of a host without types', (differences, field) => {
    expect(serverInfo(untyped({ ...clinic, ...differences }))).toMatchObject({ left: { field } });
  });

  it('names the validation method that there is', () => {
    const idNumbers = [{ ...idNumber, validation: some('luhn') }];
    expect(serverInfo(untyped({ ...clinic, idNumbers }))).toEqual(
      left({ field: 'idNumbers[0].validation', rule: "must be 'uk_nhs_number', was a string" }),
    );
  });

  it('never quotes a value', () => {
    const sentinel = '\nsentinel';
    const texts = [
      { databaseTitle: sentinel },
      { uploadPolicy: sentinel },
      { finalizePolicy: sentinel },
      { idNumbers: [{ ...idNumber, description: sentinel }] },
    ];
    for (const differences of texts) {
      expect(match(JSON.stringify, () => 'sentinel')(serverInfo({ ...clinic, ...differences }))).not.toContain(
        'sentinel',
      );
    }
  });
});

const whole = ['', 'a', 'a ', 'a\tb', ':a', 'a:b', '\\n', '\u{1f511}', '\u200ba', '\0'];
const broken = [
  ...[' a', '\ta', '\u3000a', '\ufeffa'],
  ...['a\n', 'a\rb', '\r\n', 'a\vb', 'a\fb', 'a\u0085b', 'a\u2029b'],
  ...['\ud800', 'a\udc00'],
];

describe('oneLine', () => {
  it('takes what the client reads back, and nothing else', () => {
    expect(whole.filter((text) => !isRight(oneLine(text)))).toEqual([]);
    expect(broken.filter((text) => isRight(oneLine(text)))).toEqual([]);
    expect(whole.map((title) => readByClient({ title }).get('title'))).toEqual(whole);
  });
});

describe('serverInfoAnswer', () => {
  it('tells all that a tablet stores and compares, in the order of the types', () => {
    expect(Object.entries(serverInfoAnswer(clinicInfo))).toEqual([
      ['databaseTitle', 'Clinic'],
      ['idPolicyUpload', 'SEX AND ANYIDNUM'],
      ['idPolicyFinalize', 'SEX AND IDNUM4'],
      ['serverCamcopsVersion', '2.4.24'],
      ['idDescription1', 'Hospital number'],
      ['idShortDescription1', 'Hosp'],
      ['idValidationMethod1', ''],
      ['idDescription4', 'NHS number'],
      ['idShortDescription4', 'NHS'],
      ['idValidationMethod4', 'uk_nhs_number'],
    ]);
  });

  it('is read back exactly', () => {
    const description = 'a: b,\\n \u{1f511} \u00e9';
    const config = {
      databaseTitle: description,
      uploadPolicy: '\n(sex\r\nOR dob)',
      finalizePolicy: `not${' '.repeat(1000)}sex`,
      idNumbers: [{ which: 7, description, shortDescription: '', validation: some('uk_nhs_number' as const) }],
    };
    const answer = serverInfoAnswer(rightOf(serverInfo(config)));
    const read = readByClient(answer);
    for (const [key, value] of Object.entries(answer)) expect(read.get(key)).toBe(value);
    expect(read.get('databaseTitle')).toBe(description);
    expect(read.get('idPolicyUpload')).toBe('(SEX OR DOB)');
    expect(read.get('idShortDescription7')).toBe('');
  });

  it('tells the version that the host names', () => {
    const info = rightOf(serverInfo({ ...clinic, camcopsVersion: clientVersion('2.5.0') }));
    expect(serverInfoAnswer(info)).toMatchObject({ serverCamcopsVersion: '2.5.0' });
  });
});

describe('allowedTablesAnswer', () => {
  const tables = (...versions: readonly string[]) =>
    new Map(
      versions.map((version, index) => [
        `t${String(index)}`,
        { columns: new Set(['id']), minClientVersion: clientVersion(version) },
      ]),
    );

  it('lists all tables, in the order of the host', () => {
    expect(rightOf(allowedTablesAnswer(tables('2.0.0', '99.0.0')))).toEqual({
      nfields: '2',
      fields: 'tablename,min_client_version',
      nrecords: '2',
      record0: "'t0','2.0.0'",
      record1: "'t1','99.0.0'",
    });
  });

  it('may list none', () => {
    expect(rightOf(allowedTablesAnswer(new Map()))).toMatchObject({ nrecords: '0' });
  });

  it.each([
    ['2.4.0-beta.1', '2.4.0'],
    ['2.4.0+build-7', '2.4.0'],
    ['2.4.0-beta+build', '2.4.0'],
    ['1.5', '1.50.0'],
    ['0.99.99', '0.99.99'],
  ])('tells %s as %s', (version, release) => {
    expect(rightOf(allowedTablesAnswer(tables(version)))['record0']).toBe(`'t0','${release}'`);
  });

  it.each(['2.100.0', '2.0.100', '1.123'])('refuses %s, which the client would misread', (version) => {
    expect(allowedTablesAnswer(tables('2.0.0', version))).toEqual(
      left({ field: 'tables.t1.minClientVersion', rule: 'must have a second and third number below 100' }),
    );
  });

  it.each(['', 'two', '2.4', 'v2.4.0'])('refuses %j of a host without types', (version) => {
    const unread = new Map([['t0', { columns: new Set<string>(), minClientVersion: untyped(version) }]]);
    expect(allowedTablesAnswer(unread)).toMatchObject({ left: { field: 'tables.t0.minClientVersion' } });
  });
});

describe('extraStringsAnswer', () => {
  const text = { task: 'phq9', name: 'q1', language: 'en_GB', value: "It's\na \\ line" };

  it('is a table of four columns', () => {
    expect(rightOf(extraStringsAnswer([text, { ...text, name: 'q2', language: '', value: '' }]))).toEqual({
      nfields: '4',
      fields: 'task,name,language,value',
      nrecords: '2',
      record0: "'phq9','q1','en_GB','It''s\\na \\\\ line'",
      record1: "'phq9','q2','',''",
    });
  });

  it('may be empty', () => {
    expect(rightOf(extraStringsAnswer([]))).toMatchObject({ nrecords: '0' });
  });

  it('writes 100,000 strings', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ ...text, name: `q${String(index)}` }));
    expect(rightOf(extraStringsAnswer(many))['record99999']).toContain("'q99999'");
  });

  it.each([{ task: '' }, { task: ' ' }, { name: '' }, { name: '\n' }])('refuses %j', (differences) => {
    expect(extraStringsAnswer([text, { ...text, ...differences }])).toEqual(
      left({ field: 'extraStrings[1]', rule: 'must have a task and a name' }),
    );
  });

  /** The client drops the quotes, and what it escaped. */
  const readByClient = (literal: string): string =>
    literal
      .slice(1, -1)
      .replaceAll("''", "'")
      .replace(/\\([^])/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped);

  it('is read back exactly', () => {
    const anyText = fc.string({ unit: fc.constantFrom('a', "'", '\\', '\n', '\r', ',', '\u{1f511}', 'n', ' ') });
    fc.assert(
      fc.property(anyText, (value) => {
        const record = String(rightOf(extraStringsAnswer([{ ...text, value }]))['record0']);
        expect(record).not.toMatch(/[\r\n]/);
        expect(readByClient(record.slice("'phq9','q1','en_GB',".length))).toBe(value);
      }),
    );
  });
});

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
