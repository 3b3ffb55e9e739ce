/** No password and no token is ever printed: not of a request, a session, an admission, a refusal or an outcome. */
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';

import {
  admit,
  defaultVersionPolicy,
  handleTabletRequest,
  openTabletSession,
  parseTabletRequest,
  secret,
  TabletRequestFromForm,
  type Ports,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { alice, device, fieldsOf, post } from './support/fixtures.js';

const secrets = { password: 'PaSsWoRd-9', sent: 'SeNt-ToKeN', stored: 'StOrEd-ToKeN' };

const ports: Ports<never> = {
  devices: { findDeviceByName: () => () => Promise.resolve(right(some(device))) },
  users: { authenticate: () => () => Promise.resolve(right(some(alice))) },
  sessions: {
    findSession: () => () => Promise.resolve(right(none)),
    startSession: () => () => Promise.resolve(right({ id: 900, token: secret(secrets.stored) })),
  },
};

const form = post({ password: secrets.password, session_id: '501', session_token: secrets.sent });
const parse = parseTabletRequest(defaultVersionPolicy);
const request = rightOf(parse(form));
const session = rightOf(await openTabletSession(ports)(request)());
const { outcome } = await handleTabletRequest({ ports, handlers: {} })(form)();

const misplaced = fieldsOf(
  Object.fromEntries(Object.keys(Object.fromEntries(form.fields)).map((name) => [name, secrets.password])),
);
const refusals = [
  parse({ method: 'GET', fields: form.fields }),
  parse({ method: 'POST', fields: misplaced }),
  parse({ method: 'POST', fields: [...form.fields, ...form.fields] }),
  parse({ method: 'POST', fields: { ...Object.fromEntries(form.fields), password: [secrets.password] } }),
  parse(post({ ...Object.fromEntries(form.fields), camcops_version: secrets.password })),
  TabletRequestFromForm.decode({ method: 'POST', fields: misplaced }),
];

const values: readonly (readonly [string, object])[] = [
  ['a request', request],
  ['a session', session],
  ['an admission', rightOf(admit(session))],
  ['an outcome', outcome],
  ...refusals.map((refusal, index) => [`refusal ${String(index)}`, refusal] as const),
];

it.each(values)('%s prints none', (_, value) => {
  const printed = [
    JSON.stringify(value),
    String(Object.values(value)),
    Object.values(value).join(),
    format('%s %o %O %j', value, value, value, value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    inspect(value, { depth: 0 }),
    inspect(value, { depth: Infinity, customInspect: false }),
  ].join('\n');
  for (const text of Object.values(secrets)) expect(printed).not.toContain(text);
});

it('they were there to be printed', () => {
  expect(request.password._tag === 'Some' && request.password.value.reveal()).toBe(secrets.password);
  expect(request.sessionToken._tag === 'Some' && request.sessionToken.value.reveal()).toBe(secrets.sent);
  expect(session.sessionToken._tag === 'Some' && session.sessionToken.value.reveal()).toBe(secrets.stored);
  expect(refusals.map(({ _tag }) => _tag)).toEqual(refusals.map(() => 'Left'));
});
