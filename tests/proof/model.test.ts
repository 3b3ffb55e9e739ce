/** The package and the model agree on every generated request, and these have met every rule of the model. */
import { expect, it } from 'vitest';

import { firstDifference } from './model-comparison.js';
import { modelOperations, type ModelForm, type ModelResult, type ModelServer } from './model.js';
import { packageOf, type Visible } from './package-result.js';
import { seed } from './seed.js';

const requests = 200_000;
const floor = 200;

const fieldNames = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'];
const registrationGate = ['open', 'invalid-credentials', 'no-upload-group', 'not-authorized-to-register-devices'];
const uploadGate = [
  'open',
  'invalid-credentials',
  'no-upload-group',
  'not-authorized-to-upload',
  'unregistered-device',
];
const formRefusals = [
  ...['not-post', 'missing-version', 'nonsensical-version', 'reserved-device-name', 'reserved-username'],
  ...['version-too-old', 'version-too-new', 'version-blocked'],
];

/** All that a request can meet. */
const rules = [
  ...[...formRefusals, ...uploadGate.slice(1), ...registrationGate.slice(3), 'missing-field', 'unsupported-operation'],
  ...['refused', 'fault', 'defect', 'served'],
  ...fieldNames.flatMap((field) => [`duplicate-field ${field}`, `invalid-field ${field}`]),
  ...[200, 400, 405, 503].map((status) => `status ${String(status)}`),
  ...['resumed', 'password', 'none', 'failed'].map((method) => `sign-in: ${method}`),
  ...[1, 2, 3, 4, 5].map((row) => `sign-in row ${String(row)}`),
  ...['open', 'unregistered-device'].map((code) => `gate of devices: ${code}`),
  ...registrationGate.map((code) => `gate of registration: ${code}`),
  ...uploadGate.map((code) => `gate of uploading: ${code}`),
  ...modelOperations.map((operation) => `served: ${operation}`),
  ...['copeWithDeletedPatientDescriptors', 'copeWithOldIdNums', 'explicitPkNameForUploadTable'],
  ...['pkNameInUploadTableNeitherFirstNorExplicit', 'deprecated client', 'no session store'],
];

const metBy = ({ refusal, session, signInRow, outcome, reply }: ModelResult, storesSessions: boolean): string[] => {
  const field = refusal?.field ?? null;
  const met = [
    outcome.result + (field === null ? '' : ` ${field}`),
    `status ${String(reply.status)}`,
    `sign-in: ${outcome.signIn}`,
    ...(outcome.result === 'served' ? [`served: ${String(outcome.operation)}`] : []),
    ...(outcome.deprecatedClient ? ['deprecated client'] : []),
  ];
  if (session === null) return met;
  return [
    ...met,
    `sign-in row ${String(signInRow)}`,
    `gate of devices: ${session.ensureDeviceRegistered ?? 'open'}`,
    `gate of registration: ${session.ensureValidUserForDeviceRegistration ?? 'open'}`,
    `gate of uploading: ${session.ensureValidDeviceAndUserForUploading ?? 'open'}`,
    ...Object.entries(session).flatMap(([name, value]) => (value === true ? [name] : [])),
    ...(storesSessions ? [] : ['no session store']),
  ];
};

it.each<readonly [string, (result: Visible) => Visible]>([
  ['does not log a wrong password', (result) => ({ ...result, outcome: { ...result.outcome, signIn: 'none' } })],
  ['tells a token', (result) => ({ ...result, outcome: Object.assign({ token: 'tok' }, result.outcome) })],
  ['calls a handler too often', (result) => ({ ...result, handlerCalls: result.handlerCalls * 2 })],
  ['does not refuse', (result) => ({ ...result, admissionRefusal: null })],
  ['words a reply in another way', (result) => ({ ...result, reply: { ...result.reply, body: '' } })],
])('a package that %s is found to differ', async (_, spoil) => {
  const spoilt = (server: ModelServer) => async (form: ModelForm) => spoil(await packageOf(server)(form));
  expect(await firstDifference(seed, 10_000, () => undefined, spoilt)).toBeDefined();
});

it(`${String(requests)} requests, each rule met at least ${String(floor)} times (FUZZ_SEED=${String(seed)})`, async () => {
  const counts = new Map(rules.map((rule) => [rule, 0]));
  const difference = await firstDifference(seed, requests, (result, { world }) => {
    for (const rule of metBy(result, world.storesSessions)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  });
  expect(difference).toBeUndefined();
  if (process.env['FUZZ_SHOW'] !== undefined) console.table([...counts].sort(([, a], [, b]) => a - b));
  expect([...counts].filter(([, count]) => count < floor)).toEqual([]);
  expect([...counts.keys()]).toEqual(rules);
}, 120_000);
