/** Whatever somebody has put on `Object.prototype`: nobody is let in who would not be let in without it. */
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { handleTabletRequest, secret, type TabletForm } from 'camcops-tablet-session';
import { alice, device, fieldsOf } from '../support/fixtures.js';
import { untyped } from '../support/untyped.js';

const root: Record<PropertyKey, unknown> = untyped(Object.prototype);

/** Runs with properties put on `Object.prototype`, as values or as getters, and takes them away again. */
const polluted = async <A>(properties: object, run: () => Promise<A>, asGetters = false): Promise<A> => {
  const names = Reflect.ownKeys(properties).filter((name) => !(name in root));
  try {
    for (const name of names) {
      const value: unknown = Reflect.get(properties, name);
      const descriptor = asGetters ? { get: () => value } : { value, writable: true, enumerable: true };
      // Without a prototype, since a descriptor must not inherit a `value`.
      Object.defineProperty(root, name, untyped({ __proto__: null, ...descriptor, configurable: true }));
    }
    return await run();
  } finally {
    for (const name of names) Reflect.deleteProperty(root, name);
  }
};

const membership = { groupId: 1, mayUpload: true, mayRegisterDevices: true };
const user = { ...alice, superuser: true, memberships: [membership] };
const stored = { id: 501, token: secret('tok'), user };
const form = { method: 'POST', fields: fieldsOf({ session_id: '501', session_token: 'tok' }) };

/** What the ports answer, and the form. */
interface World {
  readonly form: unknown;
  readonly findDeviceByName: unknown;
  readonly authenticate: unknown;
  readonly findSession: unknown;
}
const signedIn: World = {
  form,
  findDeviceByName: right(some(device)),
  authenticate: right(some(user)),
  findSession: right(some(stored)),
};

const answering = (answer: unknown) => () => () => Promise.resolve(answer);

/** How often the handler was called, while a world is asked under pollution. */
const servedIn = async (world: World, pollution: object, asGetters = false): Promise<number> => {
  let served = 0;
  const upload_table = () => {
    served += 1;
    return () => Promise.resolve(right(undefined));
  };
  const startSession = answering(right({ id: 900, token: secret('new-token') }));
  const handle = handleTabletRequest<unknown>(
    untyped({
      ports: {
        devices: { findDeviceByName: answering(world.findDeviceByName) },
        users: { authenticate: answering(world.authenticate) },
        sessions: { findSession: answering(world.findSession), startSession },
      },
      handlers: { upload_table },
    }),
  );
  await polluted(pollution, async () => handle(untyped(world.form))(), asGetters);
  return served;
};

const without = (whole: object, name: string): object =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));
const nobody = right(none);
const byPassword = { ...signedIn, findSession: nobody };
const resumed = { ...signedIn, authenticate: nobody };

/** A world that lacks one property, and that property on `Object.prototype`. */
const lacks: readonly (readonly [what: string, world: World, pollution: object])[] = [
  ...Object.entries(user).map(
    ([name, value]) =>
      [
        `a user without ${name}`,
        { ...byPassword, authenticate: right(some(without(user, name))) },
        { [name]: value },
      ] as const,
  ),
  ...Object.entries(user).map(
    ([name, value]) =>
      [
        `the user of a session, without ${name}`,
        { ...resumed, findSession: right(some({ ...stored, user: without(user, name) })) },
        { [name]: value },
      ] as const,
  ),
  ...Object.entries(membership).map(([name, value]) => {
    const member = { ...user, superuser: false, memberships: [without(membership, name)] };
    return [
      `a membership without ${name}`,
      { ...byPassword, authenticate: right(some(member)) },
      { [name]: value },
    ] as const;
  }),
  [
    'a hole among memberships',
    { ...byPassword, authenticate: right(some({ ...user, superuser: false, memberships: new Array<unknown>(1) })) },
    { 0: membership },
  ],
  ...Object.entries(stored).map(
    ([name, value]) =>
      [
        `a session without ${name}`,
        { ...resumed, findSession: right(some(without(stored, name))) },
        { [name]: value },
      ] as const,
  ),
  ...Object.entries<unknown>({ ...device }).map(
    ([name, value]) =>
      [
        `a device without ${name}`,
        { ...signedIn, findDeviceByName: right(some(without(device, name))) },
        { [name]: value },
      ] as const,
  ),
  ['an Option without a tag', { ...byPassword, authenticate: right({ value: user }) }, { _tag: 'Some' }],
  ['an Option without a value', { ...byPassword, authenticate: right({ _tag: 'Some' }) }, { value: user }],
  ['no Either', { ...byPassword, authenticate: {} }, right(some(user))],
  ['an Either without a tag', { ...byPassword, authenticate: { right: some(user) } }, { _tag: 'Right' }],
  ['an Either without a right', { ...byPassword, authenticate: { _tag: 'Right' } }, { right: some(user) }],
  ['a group that is no Option', { ...byPassword, authenticate: right(some({ ...user, uploadGroupId: {} })) }, some(1)],
  ['a form without a method', { ...signedIn, form: without(form, 'method') }, { method: 'POST' }],
  ['a form without fields', { ...signedIn, form: without(form, 'fields') }, { fields: form.fields }],
  [
    'fields without an operation',
    { ...signedIn, form: { method: 'POST', fields: without(Object.fromEntries(form.fields), 'operation') } },
    { operation: 'upload_table' },
  ],
  [
    'a pair without a value',
    { ...signedIn, form: { method: 'POST', fields: [...fieldsOf({ operation: undefined }), ['operation']] } },
    { 1: 'upload_table' },
  ],
  [
    'a pair without a name',
    {
      ...signedIn,
      form: {
        method: 'POST',
        fields: [...fieldsOf({ operation: undefined }), Object.assign([], { 1: 'upload_table' })],
      },
    },
    { 0: 'operation' },
  ],
];

describe('a property that is missing is not made up for by Object.prototype', () => {
  it.each(lacks)('%s', async (_, world, pollution) => {
    expect(await servedIn(world, pollution)).toBe(0);
    expect(await servedIn(world, pollution, true)).toBe(0);
  });
});

it('a left that is missing is a defect, whatever is on Object.prototype', async () => {
  const devices = { findDeviceByName: answering({ _tag: 'Left' }) };
  const ports = untyped({ devices, users: { authenticate: answering(nobody) } });
  const handle = handleTabletRequest<unknown>(untyped({ ports, handlers: {} }));
  const { outcome } = await polluted({ left: 'down' }, async () => handle(form)());
  expect(outcome.result).toMatchObject({ code: 'defect', where: 'DeviceStore.findDeviceByName' });
});

describe('everything at once on Object.prototype', () => {
  const everything = {
    ...right(some(user)),
    ...some(user),
    ...{ ...user, ...membership, ...stored, ...device, ...form, device: some(device), ports: {}, handlers: {} },
    ...Object.fromEntries(form.fields),
    ...{ upload_table: () => 'mine', 0: membership, 1: 'upload_table', onlyDevice: undefined, code: 'fault', cause: 0 },
  };

  it.each([
    ['nobody is signed in', { ...signedIn, authenticate: nobody, findSession: nobody }],
    ['the device is unknown', { ...signedIn, findDeviceByName: nobody }],
    ['the form is empty', { ...signedIn, form: {} }],
    ['the answers are empty', { ...signedIn, authenticate: right({}), findSession: right({}) }],
  ])('%s', async (_, world) => {
    expect(await servedIn(world, everything)).toBe(0);
  });

  it('and whoever may, still may', async () => {
    expect(await servedIn(signedIn, everything)).toBe(1);
    expect(await servedIn(byPassword, everything)).toBe(1);
  });
});

it('an operation that the host has no handler for is not served by what is on Object.prototype', async () => {
  let served = 0;
  const mine = () => {
    served += 1;
    return () => Promise.resolve(right(undefined));
  };
  const lawful = {
    devices: { findDeviceByName: answering(right(some(device))) },
    users: { authenticate: answering(right(some(user))) },
  };
  const ask = (server: object) => polluted({ upload_table: mine }, handleTabletRequest<unknown>(untyped(server))(form));
  const { outcome } = await ask({ ports: lawful, handlers: {} });
  expect([outcome.result.code, served]).toEqual(['unsupported-operation', 0]);
});

it('the server itself is not made up for: its policy, its session store, its handlers', async () => {
  const ports = { devices: { findDeviceByName: answering(nobody) }, users: { authenticate: answering(nobody) } };
  const sessions = { findSession: answering(right(some(stored))), startSession: answering(nobody) };
  const versions = { refusal: () => none, isDeprecated: () => false };
  const old = { method: 'POST', fields: fieldsOf({ camcops_version: '1.14' }) };
  const handlers = { upload_table: answering(right(undefined)) };
  const codeOf = async (pollution: object, server: object, asked: TabletForm) =>
    (await polluted(pollution, async () => handleTabletRequest<unknown>(untyped(server))(asked)())).outcome.result.code;
  expect(await codeOf({ sessions }, { ports, handlers }, form)).toBe('invalid-credentials');
  expect(await codeOf({ versions }, { ports, handlers }, old)).toBe('version-too-old');
  expect(await codeOf({ handlers }, { ports }, form)).toBe('defect');
  expect(await codeOf({ ports: { ...ports, sessions } }, { handlers }, form)).toBe('defect');
});
