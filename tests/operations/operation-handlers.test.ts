/** All operations, derived from a host's functions: their answers, their order, and what becomes of a host's mistakes. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { fault, handleTabletRequest, refused, serverProblem, type Operation } from '../../src/index.js';
import { noUploads, operationHandlers, serverInfo, type TabletHost } from '../../src/operations/index.js';
import { admissionTo, inMemoryHost, type InMemoryHost } from '../../src/testing/index.js';
import { nobody } from '../support/patients.js';
import { untyped } from '../support/untyped.js';

const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
const world = () =>
  inMemoryHost({
    devices: [{ name: 'tablet-1' }],
    users: [{ username: 'nurse', password: 'pw' }],
    tables: {
      phq9: ['q1'],
      patient: ['sex'],
      patient_idnum: ['patient_id', 'which_idnum', 'idnum_value'],
      newer: { columns: ['q1'], minClientVersion: '3.0.0' },
    },
    patients: [{ accessKey, username: 'nurse', password: 'pw', sex: 'F', idNumbers: { 1: 7 } }],
    extraStrings: [{ task: 'phq9', name: 'q1', language: 'en_GB', value: 'Little interest' }],
  });

type Fields = Readonly<Record<string, string>>;
type Host = TabletHost<unknown>;

/** Serves requests of one session. */
const serving = ({ ports }: Pick<InMemoryHost, 'ports'>, host: Host) => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const sent = { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'pw' };
  let session: Fields = {};
  return async (operation: Operation, fields: Fields = {}) => {
    const reply = await handle({ method: 'POST', fields: { ...sent, ...session, operation, ...fields } })();
    const [, session_id = '', session_token = ''] = /session_id:(.*)\nsession_token:(.*)\n$/.exec(reply.body) ?? [];
    session = { session_id, session_token };
    const lines = reply.body.slice(0, reply.body.search(/^success:|^session_id:/m));
    return { ...reply, lines, result: reply.outcome.result };
  };
};

const date = "'2026-03-01T12:00:00.000+00:00'";
const columns = 'id,when_last_modified,_move_off_tablet';
const oneRecord = { table: 'phq9', pkname: 'id', fields: columns, nrecords: '1', record0: `1,${date},0` };
const idNumber = (which: number) => ({
  table: 'patient_idnum',
  pkname: 'id',
  fields: `${columns},patient_id,which_idnum,idnum_value`,
  nrecords: '1',
  record0: `1,${date},0,1,${String(which)},7`,
});
const noIdNumbers = { table: 'patient_idnum', pkname: 'id', fields: columns, nrecords: '0' };
const patient = JSON.stringify([{ sex: 'F', idnum1: 7, finalizing: false }]);
const serverLines =
  'databaseTitle:In-memory server\nidPolicyUpload:SEX AND IDNUM1\nidPolicyFinalize:SEX AND IDNUM1\n' +
  'serverCamcopsVersion:2.4.24\nidDescription1:ID number\nidShortDescription1:ID\nidValidationMethod1:\n';
const patientInfo =
  '[{"forename":null,"surname":null,"sex":"F","dob":null,"address":null,"email":null,"gp":null,"other":null,"idnum1":7}]';

/** A day, and what each step is answered. */
const day: readonly (readonly [Operation, Fields, string])[] = [
  ['check_device_registered', {}, 'result:check_device_registered\n'],
  [
    'register_patient',
    { patient_proquint: accessKey },
    `patient_info:${patientInfo}\nuser:nurse\npassword:pw\n` +
      'ip_use_info:{"ip_use_commercial":0,"ip_use_clinical":1,"ip_use_educational":0,"ip_use_research":0}\n',
  ],
  ['register', { devicefriendlyname: 'Ward 1' }, serverLines],
  [
    'get_allowed_tables',
    {},
    "nfields:2\nfields:tablename,min_client_version\nnrecords:4\nrecord0:'phq9','0.0.0'\nrecord1:'patient','0.0.0'\n" +
      "record2:'patient_idnum','0.0.0'\nrecord3:'newer','3.0.0'\n",
  ],
  [
    'get_extra_strings',
    {},
    "nfields:4\nfields:task,name,language,value\nnrecords:1\nrecord0:'phq9','q1','en_GB','Little interest'\n",
  ],
  ['get_task_schedules', { patient_proquint: accessKey }, `patient_info:${patientInfo}\ntask_schedules:[]\n`],
  ['check_upload_user_and_device', {}, 'result:check_upload_user_and_device\n'],
  ['get_id_info', {}, serverLines],
  ['validate_patients', { patient_info: patient }, 'result:Success\n'],
  ['start_upload', {}, 'result:start_upload\n'],
  ['start_preservation', {}, 'result:STARTPRESERVATION\n'],
  ['upload_empty_tables', { tables: 'patient' }, 'result:UPLOAD-EMPTY-TABLES\n'],
  ['upload_table', oneRecord, 'result:Table phq9 upload successful\n'],
  ['upload_table', idNumber(1), 'result:Table patient_idnum upload successful\n'],
  ['delete_where_key_not', { table: 'phq9', pkname: 'id', pkvalues: '1,2' }, 'result:Trimmed\n'],
  [
    'which_keys_to_send',
    { table: 'phq9', pkname: 'id', pkvalues: '1,2', datevalues: `${date},${date}`, move_off_tablet_values: '0,0' },
    'result:1,2\n',
  ],
  ['upload_record', { table: 'phq9', pkname: 'id', fields: columns, values: `2,${date},0` }, 'result:UPLOAD-INSERT\n'],
  ['end_upload', {}, 'result:end_upload\n'],
  ['upload_entire_database', { finalizing: '0', pknameinfo: '{}', dbdata: '{}' }, 'result:Success\n'],
];

it('a day of all operations is answered as a tablet reads it', async () => {
  const server = world();
  const post = serving(server, server.host);
  for (const [operation, fields, lines] of day)
    expect([operation, (await post(operation, fields)).lines]).toEqual([operation, lines]);
  expect(new Set(day.map(([operation]) => operation)).size).toBe(18);
  const versions = server.versions('tablet-1', 'phq9');
  expect(versions.map(({ key, finalized }) => [key, finalized])).toEqual([
    [1, true],
    [2, true],
  ]);
});

it('a one-step upload deletes the records of tables that it does not name', async () => {
  const server = world();
  const post = serving(server, server.host);
  const whole = (dbdata: object) =>
    post('upload_entire_database', {
      finalizing: '0',
      pknameinfo: JSON.stringify(Object.fromEntries(Object.keys(dbdata).map((name) => [name, 'id']))),
      dbdata: JSON.stringify(dbdata),
    });
  await whole({ phq9: [{ id: '1', when_last_modified: date, _move_off_tablet: '0' }] });
  await whole({ patient: [] });
  expect(server.versions('tablet-1', 'phq9').map(({ key, state }) => [key, state])).toEqual([[1, 'deleted']]);
});

it('upload_record tells an update from an insert by what is stored', async () => {
  const server = world();
  const post = serving(server, server.host);
  for (const operation of ['start_upload', 'upload_table', 'end_upload', 'start_upload'] as const) {
    await post(operation, operation === 'upload_table' ? oneRecord : {});
  }
  const record = (values: string) => post('upload_record', { table: 'phq9', pkname: 'id', fields: columns, values });
  expect((await record(`1,${date},0`)).lines).toBe('result:UPLOAD-UPDATE\n');
  expect((await record(`3,${date},0`)).lines).toBe('result:UPLOAD-INSERT\n');
});

describe('a refusal', () => {
  /** The calls of the host's functions. */
  const counting = () => {
    const server = world();
    const calls: string[] = [];
    const counted = <F extends (...given: never[]) => unknown>(name: string, called: F): F =>
      untyped((...given: never[]) => {
        calls.push(name);
        return called(...given);
      });
    const { uploads } = server.host;
    const host: Host = {
      ...server.host,
      serverInfo: counted('serverInfo', server.host.serverInfo),
      ownPatient: counted('ownPatient', () => () => Promise.resolve(right(some({ ...nobody, sex: some('M') })))),
      uploads: {
        transact: counted('transact', uploads.transact),
        currentRecords: counted('currentRecords', uploads.currentRecords),
      },
    };
    return { post: serving(server, host), calls };
  };

  it.each<readonly [Operation, Fields, object, readonly string[]]>([
    ['upload_table', { ...oneRecord, record0: '1' }, { code: 'count-mismatch' }, []],
    ['upload_table', idNumber(9), { code: 'unknown-id-number-in-upload', type: '9' }, ['serverInfo']],
    ['upload_table', idNumber(1), { code: 'other-patient' }, ['serverInfo', 'ownPatient']],
    ['upload_table', { ...oneRecord, table: 'patient' }, { code: 'other-patient' }, ['ownPatient']],
    ['upload_table', oneRecord, { code: 'no-upload-under-way' }, ['transact']],
    ['upload_table', noIdNumbers, { code: 'no-upload-under-way' }, ['transact']],
    ['start_preservation', {}, { code: 'no-upload-under-way' }, ['transact']],
    ['end_upload', {}, { code: 'no-upload-under-way' }, ['transact']],
    [
      'which_keys_to_send',
      { table: 'phq9', pkname: 'id', pkvalues: '1', datevalues: date },
      { code: 'no-upload-under-way' },
      ['currentRecords', 'transact'],
    ],
    ['upload_record', { table: 'phq9', pkname: 'id', fields: columns, values: '1' }, { code: 'count-mismatch' }, []],
    ['upload_entire_database', { finalizing: '0', pknameinfo: '{}' }, { code: 'missing-field', field: 'dbdata' }, []],
    [
      'upload_entire_database',
      {
        finalizing: '1',
        pknameinfo: '{"phq9":"id","patient_idnum":"id"}',
        dbdata: JSON.stringify({
          phq9: [{ id: '1', when_last_modified: date, _move_off_tablet: '0' }],
          patient_idnum: [
            { id: '1', when_last_modified: date, _move_off_tablet: '0', which_idnum: '2', idnum_value: '7' },
          ],
        }),
      },
      { code: 'unknown-id-number-in-upload', type: '2' },
      ['serverInfo'],
    ],
    ['validate_patients', { patient_info: '[{}]' }, { code: 'wrong-json' }, []],
    [
      'validate_patients',
      { patient_info: JSON.stringify([{ sex: 'F', finalizing: true }]) },
      { code: 'patient-fails-policy', policy: 'finalizing', patient: '1' },
      ['serverInfo'],
    ],
    ['validate_patients', { patient_info: patient }, { code: 'other-patient' }, ['serverInfo', 'ownPatient']],
    ['register_patient', { patient_proquint: accessKey, device: '' }, { code: 'missing-field', field: 'device' }, []],
    ['register_patient', { patient_proquint: accessKey.toUpperCase().slice(1) }, { code: 'unknown-access-key' }, []],
    ['get_task_schedules', {}, { code: 'missing-field', field: 'patient_proquint' }, []],
    [
      'register',
      { devicefriendlyname: untyped(['a', 'b']) },
      { code: 'invalid-field', field: 'devicefriendlyname' },
      [],
    ],
  ])('of %s %j is %j, and nothing more is asked of the host', async (operation, fields, refusal, asked) => {
    const { post, calls } = counting();
    expect((await post(operation, fields)).result).toMatchObject(refusal);
    expect(calls).toEqual(asked);
  });

  it('of a patient whom the server does not know, or of a server without such patients', async () => {
    const server = world();
    const { patientMode: _, extraStrings: __, ownPatient: ___, ...without } = server.host;
    const [full, bare] = [serving(server, server.host), serving(server, without)];
    const other = { patient_proquint: 'babab-babab-babab-babab-babab-babab-babab-babab-b' };
    for (const operation of ['register_patient', 'get_task_schedules'] as const) {
      expect((await full(operation, other)).result).toEqual({ code: 'unknown-access-key' });
      expect((await bare(operation, other)).result).toEqual({ code: 'unsupported-operation', operation });
    }
    expect((await bare('get_extra_strings')).lines).toContain('nrecords:0\n');
    expect((await bare('validate_patients', { patient_info: patient })).lines).toBe('result:Success\n');
  });
});

/** Each function of a host: its name, an operation that asks it, and a host in which it is another. */
const functions: readonly (readonly [string, Operation, Fields, (host: Host, other: unknown) => unknown])[] = [
  ['TabletHost.serverInfo', 'get_id_info', {}, (host, serverInfo) => ({ ...host, serverInfo })],
  ['TabletHost.serverInfo', 'register', {}, (host, serverInfo) => ({ ...host, serverInfo })],
  [
    'TabletHost.serverInfo',
    'validate_patients',
    { patient_info: patient },
    (host, serverInfo) => ({ ...host, serverInfo }),
  ],
  ['TabletHost.serverInfo', 'upload_table', idNumber(1), (host, serverInfo) => ({ ...host, serverInfo })],
  ['TabletHost.registerDevice', 'register', {}, (host, registerDevice) => ({ ...host, registerDevice })],
  ['TabletHost.extraStrings', 'get_extra_strings', {}, (host, extraStrings) => ({ ...host, extraStrings })],
  [
    'TabletHost.ownPatient',
    'validate_patients',
    { patient_info: patient },
    (host, ownPatient) => ({ ...host, ownPatient }),
  ],
  ['TabletHost.ownPatient', 'upload_table', idNumber(1), (host, ownPatient) => ({ ...host, ownPatient })],
  [
    'PatientMode.registerPatient',
    'register_patient',
    { patient_proquint: accessKey },
    (host, registerPatient) => ({ ...host, patientMode: { ...host.patientMode, registerPatient } }),
  ],
  [
    'PatientMode.taskSchedules',
    'get_task_schedules',
    { patient_proquint: accessKey },
    (host, taskSchedules) => ({ ...host, patientMode: { ...host.patientMode, taskSchedules } }),
  ],
  ...(
    [
      ['start_upload', {}],
      ['start_preservation', {}],
      ['end_upload', {}],
      ['upload_entire_database', { finalizing: '0', pknameinfo: '{}', dbdata: '{}' }],
    ] as const
  ).map(
    ([operation, fields]) =>
      [
        ...['UploadStore.transact', operation, fields],
        (host: Host, transact: unknown) => ({ ...host, uploads: { ...host.uploads, transact } }),
      ] as unknown as (typeof functions)[number],
  ),
  [
    'UploadStore.currentRecords',
    'which_keys_to_send',
    { table: 'phq9', pkname: 'id', pkvalues: '1', datevalues: date },
    (host, currentRecords) => ({ ...host, uploads: { ...host.uploads, currentRecords } }),
  ],
  [
    'UploadStore.currentRecords',
    'upload_record',
    { table: 'phq9', pkname: 'id', fields: columns, values: `1,${date},0` },
    (host, currentRecords) => ({ ...host, uploads: { ...host.uploads, currentRecords } }),
  ],
];

describe.each(functions)('%s, asked by %s', (where, operation, fields, withOther) => {
  /** The outcome when the function is another, in an upload that is under way. */
  const resultOf = async (other: unknown) => {
    const server = world();
    await serving(server, server.host)('start_upload');
    const reply = await serving(server, untyped(withOther(server.host, other)))(operation, fields);
    return { reply, staged: server.versions('tablet-1', 'phq9').length };
  };
  const down = new Error('the database is down');

  it('may refuse, and its fault keeps its cause', async () => {
    const no = await resultOf(() => () => Promise.resolve(left(refused('No', 'why'))));
    expect(no.reply.outcome.result).toEqual({ code: 'refused', message: 'No', reason: 'why' });
    const { reply } = await resultOf(() => () => Promise.resolve(left(fault(down))));
    expect([reply.status, reply.result]).toEqual([503, { code: 'fault', cause: down }]);
  });

  it.each<readonly [string, unknown, RegExp | Error]>([
    [
      'throws',
      () => {
        throw down;
      },
      down,
    ],
    [
      'throws in its task',
      () => () => {
        throw down;
      },
      down,
    ],
    ['rejects', () => () => Promise.reject(down), down],
    [
      'is async, without a second arrow',
      async () => Promise.reject(down),
      / returned a Promise: a TaskEither is a function that returns one$/,
    ],
    ['answers no Either', () => () => Promise.resolve('done'), / answered a string: it must be an Either/],
    [
      'fails with a bare error',
      () => () => Promise.resolve(left(down)),
      /: a failure must be a refusal or a fault\(cause\), was an Error$/,
    ],
  ])('is a defect that names it if it %s', async (_, other, words) => {
    const { reply, staged } = await resultOf(other);
    expect(reply.status).toBe(503);
    expect(reply.result).toMatchObject({ code: 'defect', where });
    const cause: unknown = 'cause' in reply.result ? reply.result.cause : undefined;
    if (words instanceof Error) expect(cause).toBe(words);
    else expect(String(cause)).toMatch(words);
    expect(staged).toBe(0);
  });
});

describe('what no tablet can be told is a defect that names the function and the rule', () => {
  const answering = (answer: unknown) => () => () => Promise.resolve(right(answer));
  type Transact = Host['uploads']['transact'];
  const ignoringTheAnswer: Transact = (_, transition) => () => {
    transition(noUploads);
    return Promise.resolve(right(undefined));
  };
  const withState =
    (state: unknown): Transact =>
    (_, transition) =>
    () =>
      Promise.resolve(transition(untyped(state)).answer);

  it.each<readonly [Operation, Fields, (host: Host) => unknown, string]>([
    [
      'get_id_info',
      {},
      (host) => ({
        ...host,
        serverInfo: answering(
          serverInfo({ databaseTitle: '', uploadPolicy: 'sex', finalizePolicy: 'sex', idNumbers: [] }),
        ),
      }),
      'TabletHost.serverInfo: the answer must be the right of serverInfo(config), was an Either',
    ],
    [
      'get_id_info',
      {},
      (host) => ({ ...host, serverInfo: answering({ idNumbers: new Map() }) }),
      'TabletHost.serverInfo: the answer must be the right of serverInfo(config), was an object',
    ],
    [
      'get_id_info',
      {},
      (host) => ({ ...host, serverInfo: answering(null) }),
      'TabletHost.serverInfo: the answer must be the right of serverInfo(config), was null',
    ],
    [
      'get_id_info',
      {},
      (host) => ({
        ...host,
        serverInfo: answering({ databaseTitle: '', uploadPolicy: [], finalizePolicy: [], idNumbers: [] }),
      }),
      'TabletHost.serverInfo: the answer must be the right of serverInfo(config), was an object',
    ],
    [
      'get_extra_strings',
      {},
      (host) => ({ ...host, extraStrings: answering([{ task: '', name: 'x', language: '', value: '' }]) }),
      'TabletHost.extraStrings: extraStrings[0] must have a task and a name',
    ],
    [
      'get_allowed_tables',
      {},
      (host) => ({ ...host, tables: new Map([['phq9', { columns: new Set(), minClientVersion: '2.100.0' }]]) }),
      'TabletHost.tables: tables.phq9.minClientVersion must have a second and third number below 100',
    ],
    [
      'register_patient',
      { patient_proquint: accessKey },
      (host) => ({
        ...host,
        patientMode: {
          ...host.patientMode,
          registerPatient: answering({ patient: nobody, username: 'a b', password: '', ipUse: {} }),
        },
      }),
      'PatientMode.registerPatient: the answer does not have the form that its type demands',
    ],
    [
      'get_task_schedules',
      { patient_proquint: accessKey },
      (host) => ({
        ...host,
        patientMode: {
          ...host.patientMode,
          taskSchedules: answering({ patient: { ...nobody, sex: some('f') }, schedules: [] }),
        },
      }),
      'PatientMode.taskSchedules: patient.sex must be M, F or X, or absent',
    ],
    [
      'validate_patients',
      { patient_info: patient },
      (host) => ({ ...host, ownPatient: answering(nobody) }),
      'TabletHost.ownPatient: the answer must be an Option (none or some), was an object',
    ],
    [
      'validate_patients',
      { patient_info: patient },
      (host) => ({ ...host, ownPatient: answering(some({ ...nobody, surname: 'Jones' })) }),
      'TabletHost.ownPatient: surname must be an Option (none or some), was a string',
    ],
    [
      'validate_patients',
      { patient_info: patient },
      (host) => ({ ...host, ownPatient: answering(some({ ...nobody, idNumbers: { 1: 7 } })) }),
      'TabletHost.ownPatient: idNumbers must be a Map, was an object',
    ],
    [
      'start_upload',
      {},
      (host) => ({ ...host, uploads: { ...host.uploads, transact: answering(undefined) } }),
      'UploadStore.transact: the answer must come from the transition, which was not called',
    ],
    [
      'end_upload',
      {},
      (host) => ({ ...host, uploads: { ...host.uploads, transact: ignoringTheAnswer } }),
      'UploadStore.transact: the answer must come from the transition, which refused',
    ],
    [
      'start_upload',
      {},
      (host) => ({ ...host, uploads: { ...host.uploads, transact: withState(JSON.stringify(noUploads)) } }),
      'UploadStore.transact: the state must be noUploads or a state that a transition returned',
    ],
    [
      'which_keys_to_send',
      { table: 'phq9', pkname: 'id', pkvalues: '1', datevalues: date },
      (host) => ({
        ...host,
        uploads: { ...host.uploads, currentRecords: answering([{ key: '1', whenLastModified: none, ref: 1 }]) },
      }),
      'UploadStore.currentRecords: [0].key must be a number, was a string',
    ],
    [
      'which_keys_to_send',
      { table: 'phq9', pkname: 'id', pkvalues: '1', datevalues: date },
      (host) => ({
        ...host,
        uploads: { ...host.uploads, currentRecords: answering([{ key: 1, whenLastModified: some(7), ref: 1 }]) },
      }),
      'UploadStore.currentRecords: [0].whenLastModified must be a string, was a number',
    ],
  ])('%s', async (operation, fields, broken, words) => {
    const server = world();
    const { result } = await serving(server, untyped(broken(server.host)))(operation, fields);
    const cause: unknown = result.code === 'defect' && 'cause' in result ? result.cause : result;
    expect(cause instanceof Error ? cause.message : cause).toBe(words);
  });
});

it('a store whose state is damaged is told to do nothing', async () => {
  const server = world();
  const effects: unknown[] = [];
  const transact: Host['uploads']['transact'] = (_, transition) => () => {
    const told = transition(untyped('damaged'));
    effects.push(...told.effects);
    return Promise.resolve(told.answer);
  };
  const post = serving(server, { ...server.host, uploads: { ...server.host.uploads, transact } });
  expect((await post('start_upload')).result).toMatchObject({ code: 'defect', where: 'UploadStore.transact' });
  expect(effects).toEqual([]);
});

it('what a host answers in another form is told with what was thrown when it was read', async () => {
  const server = world();
  const thrown = new Error('not yet');
  const lazy = Object.defineProperty({ username: 'nurse' }, 'password', {
    get: () => {
      throw thrown;
    },
  });
  const patientMode = { ...server.host.patientMode, registerPatient: () => () => Promise.resolve(right(lazy)) };
  const post = serving(server, untyped({ ...server.host, patientMode }));
  const { result } = await post('register_patient', { patient_proquint: accessKey });
  expect(result.code === 'defect' && result.cause).toHaveProperty('cause', thrown);
});

it('registerPatient is given the admission and the name of the device', async () => {
  const server = world();
  const given: unknown[] = [];
  const { patientMode } = server.host;
  const registerPatient: typeof patientMode.registerPatient = (admission, command) => {
    given.push(admission.deviceName, admission.operation, admission.session.deviceName);
    return patientMode.registerPatient(admission, command);
  };
  const post = serving(server, { ...server.host, patientMode: { ...patientMode, registerPatient } });
  await post('register_patient', { patient_proquint: accessKey });
  expect(given).toEqual(['tablet-1', 'register_patient', some('tablet-1')]);
});

it('which_keys_to_send stages which records are kept, and which are finalized', async () => {
  const server = world();
  const post = serving(server, server.host);
  for (const [operation, fields] of [
    ['start_upload', {}],
    ['upload_table', oneRecord],
    ['end_upload', {}],
    ['start_upload', {}],
    ['which_keys_to_send', { table: 'phq9', pkname: 'id', pkvalues: '2', datevalues: date }],
    ['end_upload', {}],
  ] as const)
    await post(operation, fields);
  expect(server.versions('tablet-1', 'phq9').map(({ key, state }) => [key, state])).toEqual([[1, 'deleted']]);
});

it("a host's own handler replaces a derived one, and an extension of a device comes back", async () => {
  const server = world();
  const handlers = operationHandlers(server.host);
  const handle = handleTabletRequest({
    ports: server.ports,
    handlers: { ...handlers, get_extra_strings: () => () => Promise.resolve(right('mine')) },
  });
  const fields = {
    camcops_version: '2.4.24',
    operation: 'get_extra_strings',
    device: 'tablet-1',
    user: 'nurse',
    password: 'pw',
  };
  expect((await handle({ method: 'POST', fields })()).body).toContain('result:mine\n');
  const admitted = await handlers.start_upload(admissionTo('start_upload'), {})();
  expect(isLeft(admitted)).toBe(false);
});

describe('a host that lacks what it must have', () => {
  it.each<readonly [string, (host: Host) => unknown]>([
    ['uploads must be an object, was undefined', ({ uploads: _, ...host }) => host],
    ['uploads.transact must be a function, was undefined', (host) => ({ ...host, uploads: {} })],
    ['serverInfo must be a function, was undefined', ({ serverInfo: _, ...host }) => host],
    ['tables must be a Map, was an object', (host) => ({ ...host, tables: {} })],
    [
      'patientMode.taskSchedules must be a function, was undefined',
      (host) => ({ ...host, patientMode: { registerPatient: () => undefined } }),
    ],
    ['must be an object, was null', () => null],
  ])('is told so at the start, and by each reply: %s', async (words, lacking) => {
    const server = world();
    const host: Host = untyped(lacking(server.host));
    const handlers = { ...operationHandlers(host), get_extra_strings: () => () => Promise.resolve(right('mine')) };
    const problem = serverProblem({ ports: server.ports, handlers });
    expect(isSome(problem) && problem.value).toContain(words);
    const fields = {
      camcops_version: '2.4.24',
      device: 'tablet-1',
      operation: 'get_extra_strings',
      user: 'nurse',
      password: 'pw',
    };
    const { status, outcome } = await handleTabletRequest({ ports: server.ports, handlers })({
      method: 'POST',
      fields,
    })();
    expect(status).toBe(503);
    expect(outcome.result).toMatchObject({ code: 'defect', cause: { message: isSome(problem) ? problem.value : '' } });
  });

  it('is told nothing if it lacks nothing', () => {
    const { ports, host } = world();
    expect(serverProblem({ ports, handlers: operationHandlers(host) })).toEqual(none);
  });
});
