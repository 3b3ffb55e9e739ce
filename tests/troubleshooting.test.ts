/** The words in `docs/troubleshooting.md` are those that a host's mistakes give. */
import { readFileSync } from 'node:fs';
import { left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import { handleTabletRequest, secret, versionPolicy } from '../src/index.js';
import { noUploads, operationHandlers, serverInfo, type UploadStore } from '../src/operations/index.js';
import { inMemoryHost } from '../src/testing/index.js';
import { untyped } from './support/untyped.js';

const page = readFileSync(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8');

const { ports, host } = inMemoryHost({
  users: [{ username: 'nurse', password: 'pw' }],
  devices: [{ name: 'tablet-1' }],
  tables: { phq9: [] },
});
const handlers = operationHandlers(host);
const answering = (value: unknown) => () => () => Promise.resolve(value);
const withTextState: UploadStore<unknown>['transact'] = (_, transition) => () =>
  Promise.resolve(transition(untyped(JSON.stringify(noUploads))).answer);

const withHandler = (register: unknown) => ({ ports, handlers: { ...handlers, register } });
const withHost = (functions: object) => ({
  ports,
  handlers: operationHandlers(untyped({ ...host, ...functions })),
});
const withDevice = (answer: unknown) => ({
  handlers,
  ports: { ...ports, devices: { findDeviceByName: answering(answer) } },
});
const nurse = { id: 1, username: 'nurse', superuser: true, uploadGroupId: some(1), memberships: [] };
const withUser = (user: object) => ({
  handlers,
  ports: { ...ports, users: { authenticate: answering(right(some({ ...nurse, ...user }))) } },
});
const withSessions = (sessions: object) => ({
  handlers,
  ports: { ...ports, sessions: { ...ports.sessions, ...sessions } },
});

const info = serverInfo({ databaseTitle: '', uploadPolicy: 'sex', finalizePolicy: 'sex', idNumbers: [] });
const registration = {
  patient: {
    ...{ forename: none, surname: none, sex: none, dob: some('1.1.1950'), address: none, email: none },
    ...{ gp: none, other: none, idNumbers: new Map() },
  },
  username: 'nurse',
  password: secret('pw'),
  ipUse: {},
};
const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
const record = { table: 'phq9', pkname: 'id', fields: 'id,when_last_modified,_move_off_tablet', values: '1,NULL,0' };

/** The words, a server with the mistake, and what a tablet asks for besides `register`. */
const mistakes: readonly (readonly [words: string, server: object, fields?: Readonly<Record<string, string>>])[] = [
  [
    'WHERE returned a Promise: a TaskEither is a function that returns one',
    withHandler(() => Promise.resolve(right(''))),
  ],
  ['WHERE answered a string: it must be an Either (left or right)', withHandler(answering('welcome'))],
  ['WHERE: a failure must be a refusal or a fault(cause), was a string', withHandler(answering(left('no')))],
  ['WHERE: the answer must be an Option (none or some), was null', withDevice(right(null))],
  [
    'DeviceStore.findDeviceByName: id must be a number, was a string',
    withDevice(right(some({ id: '1', name: 'tablet-1' }))),
  ],
  [
    'DeviceStore.findDeviceByName: name must be the one asked for, was another',
    withDevice(right(some({ id: 1, name: 'Tablet-1' }))),
  ],
  [
    'UserAuthenticator.authenticate: uploadGroupId must be an Option (none or some), was a number',
    withUser({ uploadGroupId: 1 }),
  ],
  ['UserAuthenticator.authenticate: memberships must be an array, was undefined', withUser({ memberships: undefined })],
  [
    'SessionStore.startSession: token must be a Secret that is not blank, was a string',
    withSessions({ startSession: answering(right({ id: 1, token: 'abc' })) }),
  ],
  [
    'SessionStore.findSession: token must be the one asked for, was another',
    withSessions({ findSession: answering(right(some({ id: 1, token: secret('abc'), user: nurse }))) }),
    { session_id: '1', session_token: 'guess' },
  ],
  [
    'the handler of OPERATION: the answer must be undefined, a string or a plain object of strings, was a Map',
    withHandler(answering(right(new Map()))),
  ],
  [
    'the handler of OPERATION: success is reserved: the package writes it',
    withHandler(answering(right({ success: '1' }))),
  ],
  [
    'TabletHost.serverInfo: the answer must be the right of serverInfo(config), was an Either',
    withHost({ serverInfo: answering(right(info)) }),
  ],
  [
    'TabletHost.extraStrings: extraStrings[0] must have a task and a name',
    withHost({ extraStrings: answering(right([{ task: '', name: '', language: '', value: '' }])) }),
    { operation: 'get_extra_strings' },
  ],
  [
    'PatientMode.registerPatient: patient.dob must be a date YYYY-MM-DD, or absent',
    withHost({ patientMode: { ...host.patientMode, registerPatient: answering(right(registration)) } }),
    { operation: 'register_patient', patient_proquint: accessKey },
  ],
  [
    'UploadStore.currentRecords: [0].key must be a number, was a string',
    withHost({ uploads: { ...host.uploads, currentRecords: answering(right([{ ref: 1, key: '1' }])) } }),
    { ...record, operation: 'upload_record' },
  ],
  ['messages must return a string, returned a number', { ports, handlers, messages: () => 3 }, { operation: 'dance' }],
  ['registerDevice must be a function, was undefined', withHost({ registerDevice: undefined })],
  [
    'UploadStore.transact: the answer must come from the transition, which was not called',
    withHost({ uploads: { ...host.uploads, transact: answering(right(undefined)) } }),
    { operation: 'start_upload' },
  ],
  [
    'UploadStore.transact: the state must be noUploads or a state that a transition returned',
    withHost({ uploads: { ...host.uploads, transact: withTextState } }),
    { operation: 'start_upload' },
  ],
  ['ports must be an object, was undefined', { handlers }],
  ['ports.users.authenticate must be a function, was undefined', { handlers, ports: { ...ports, users: {} } }],
  ['handlers.OPERATION must be a function, was a number', withHandler(3)],
  [
    'versions must be the right of versionPolicy(config), was an Either',
    { ports, handlers, versions: versionPolicy({ supported: '>=2.0.0' }) },
  ],
];

it.each(mistakes.map((mistake) => [mistake[0], mistake] as const))('%s', async (words, [, server, fields]) => {
  const sent = { operation: 'register', camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'pw' };
  const handle = handleTabletRequest<unknown>(untyped(server));
  const { outcome } = await handle({ method: 'POST', fields: { ...sent, ...fields } })();
  const { result } = outcome;
  expect(result.code).toBe('defect');
  if (result.code !== 'defect') return;
  const said = String(result.cause).replace(/^TypeError: /, '');
  const general = said.replace('of register', 'of OPERATION').replace('handlers.register', 'handlers.OPERATION');
  expect([general, general.replace(result.where.replace('of register', 'of OPERATION'), 'WHERE')]).toContain(words);
});

it('each of the words is in the page, and no others are', () => {
  const tables = page.slice(page.indexOf("## What the host's log says"), page.indexOf('## When the compiler'));
  const rows = [...tables.matchAll(/^\| `(.*?)` \|/gm)].map(([, words]) => words);
  expect(rows).toEqual(mistakes.map(([words]) => words));
});
