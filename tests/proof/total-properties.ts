/** No value of a declared type makes a public function throw, or a promise that it returns reject. */
import fc from 'fast-check';
import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import assert from 'node:assert/strict';

import * as face from 'camcops-tablet-session';
import * as testing from 'camcops-tablet-session/testing';
import { untyped } from '../support/untyped.js';
import { anyText } from './arbitraries.js';
import { modelOperations } from './model.js';
import { holds, type NamedProperty } from './named-property.js';

/** Of the declared types, and no more than that: strings that were cast to brands, numbers that are nobody's id. */
export interface Hostile {
  readonly text: string;
  readonly other: string;
  readonly number: number;
  readonly isThere: boolean;
  readonly operation: string;
}

/** All that is made of a hostile value. Brands are casts; everything is frozen. */
const partsOf = ({ text, other, number, isThere, operation }: Hostile) => {
  const optional = <A>(value: A): Option<A> => Object.freeze(isThere ? some(value) : none);
  const membership = Object.freeze({ groupId: number, mayUpload: isThere, mayRegisterDevices: !isThere });
  const user: face.User = Object.freeze({
    id: number,
    username: untyped(text),
    uploadGroupId: optional(number),
    superuser: !isThere,
    memberships: Object.freeze([membership, membership]),
    ...(isThere && { onlyDevice: untyped(other) }),
  });
  const device: face.Device = Object.freeze({ id: number, name: untyped(other) });
  const token = face.secret(text);
  const request: face.TabletRequest = Object.freeze({
    operation: optional<face.OperationName>(untyped(operation)),
    deviceName: optional<face.DeviceName>(untyped(other)),
    username: optional<face.Username>(untyped(text)),
    password: optional(token),
    sessionId: optional(number),
    sessionToken: optional(token),
    clientVersion: untyped(text),
  });
  const session: face.TabletSession = Object.freeze({ ...request, device: optional(device), user: optional(user) });
  const stored = Object.freeze({ id: number, token, user, device: optional(device.name) });
  const ports: face.Ports<string> = Object.freeze({
    devices: { findDeviceByName: () => () => Promise.resolve(isThere ? right(some(device)) : left(text)) },
    users: { authenticate: () => () => Promise.resolve(right(optional(user))) },
    sessions: {
      findSession: () => () => Promise.resolve(right(optional(stored))),
      startSession: () => () => Promise.resolve(right(stored)),
    },
  });
  const form: face.TabletForm = Object.freeze({
    method: isThere ? 'POST' : text,
    fields: Object.freeze({ operation, camcops_version: isThere ? '2.4.24' : text, device: other, user: text }),
  });
  const error: face.UserError = untyped({ ...face.refused(text, other), code: isThere ? 'refused' : 'not-post' });
  const policy = face.versionPolicy({ supported: '>=2.0.0 <3.0.0 || ^4.1.0-rc.1', deprecated: '<2.3.0' });
  return { optional, user, device, token, request, session, stored, ports, form, error, policy };
};

type Call = (hostile: Hostile, parts: ReturnType<typeof partsOf>) => unknown;

const predicate =
  (of: (client: face.HasClientVersion) => boolean): Call =>
  (_, { session }) =>
    of(session);
const gate =
  (of: (session: face.TabletSession) => unknown): Call =>
  (_, { session }) =>
    of(session);
interface Codec {
  readonly is: (value: unknown) => boolean;
  readonly decode: (value: unknown) => unknown;
  readonly encode: (value: never) => unknown;
}
const codec =
  (of: Codec): Call =>
  ({ text, number }) => [of.is(text), of.decode(text), of.decode(number), of.encode(untyped(text))];
const worded =
  (make: (a: string, b: string) => face.UserError): Call =>
  ({ text, other }) =>
    face.userErrorMessage(make(text, other));

/** Each public function, called with what is hostile. */
export const calls: Readonly<Record<string, Call>> = {
  handleTabletRequest: (hostile, { ports, form, error, policy }) => {
    const server: face.TabletServer<string> = {
      ports,
      handlers: untyped(
        Object.fromEntries(
          modelOperations.map((name) => [
            name,
            () => () => Promise.resolve(hostile.isThere ? right({ [hostile.other]: hostile.text }) : left(error)),
          ]),
        ),
      ),
      ...(isRight(policy) && { versions: policy.right }),
      messages: () => hostile.other,
    };
    return face.handleTabletRequest(server)(form)();
  },
  parseTabletRequest: (_, { form, policy }) => isRight(policy) && face.parseTabletRequest(policy.right)(form),
  openTabletSession: (_, { ports, request }) => face.openTabletSession(ports)(request)(),
  reloadDevice: (_, { ports, session }) => face.reloadDevice(ports)(session)(),
  setSessionIdToken: ({ number }, { token, session }) => face.setSessionIdToken(number, token)(session),
  tabletSession: (_, { request, optional, device, user, stored }) =>
    face.tabletSession(request)({ device: optional(device), user: optional(user), session: optional(stored) }),
  deviceId: gate(face.deviceId),
  userId: gate(face.userId),
  isDeviceRegistered: gate(face.isDeviceRegistered),
  ensureDeviceRegistered: gate(face.ensureDeviceRegistered),
  ensureValidDeviceAndUserForUploading: gate(face.ensureValidDeviceAndUserForUploading),
  ensureValidUserForDeviceRegistration: gate(face.ensureValidUserForDeviceRegistration),
  mayUpload: (_, { user }) => face.mayUpload(user),
  mayRegisterDevices: (_, { user }) => face.mayRegisterDevices(user),
  admit: gate(face.admit),
  privilegeOf: ({ operation }) => face.privilegeOf(untyped(operation)),
  encodeReply: ({ text, other, operation, isThere }, { session, error }) => [
    face.encodeReply({ kind: 'served', operation: untyped(operation), answer: { [other]: text }, session }),
    face.encodeReply({ kind: 'served', operation: untyped(text), answer: isThere ? other : undefined, session }),
    face.encodeReply({ kind: 'refused', error, session, ...(isThere && { message: other }) }),
    face.encodeReply({ kind: 'not-a-tablet', error }),
    face.encodeReply({ kind: 'fault', session }),
  ],
  fault: ({ text }) => face.fault(text),
  secret: ({ text }) => [String(face.secret(text)), JSON.stringify(face.secret(text)), face.secret(text).reveal()],
  parseClientVersion: ({ text }) => face.parseClientVersion(text),
  copeWithDeletedPatientDescriptors: predicate(face.copeWithDeletedPatientDescriptors),
  copeWithOldIdNums: predicate(face.copeWithOldIdNums),
  explicitPkNameForUploadTable: predicate(face.explicitPkNameForUploadTable),
  pkNameInUploadTableNeitherFirstNorExplicit: predicate(face.pkNameInUploadTableNeitherFirstNorExplicit),
  versionPolicy: ({ text, other }) => {
    // What is huge is the client's; a host's own range may take its time.
    const range = text.slice(0, 1000);
    return [
      face.versionPolicy({ supported: range }),
      face.versionPolicy({ supported: '*', deprecated: other.slice(0, 99) }),
    ];
  },
  serverProblem: (hostile, { ports }) => {
    const told = face.serverProblem({
      ports: hostile.isThere ? ports : untyped(hostile.text),
      handlers: untyped(hostile.other),
    });
    return isSome(told) && told.value;
  },
  userErrorMessage: (_, { error }) => face.userErrorMessage(error),
  duplicateField: worded(face.duplicateField),
  invalidField: worded(face.invalidField),
  missingField: worded(face.missingField),
  noUploadGroup: worded((a) => face.noUploadGroup(untyped(a))),
  unsupportedOperation: worded(face.unsupportedOperation),
  refused: worded(face.refused),
  versionTooOld: worded((a, b) => face.versionTooOld(untyped(a), b)),
  versionTooNew: worded((a, b) => face.versionTooNew(untyped(a), b)),
  versionBlocked: worded((a, b) => face.versionBlocked(untyped(a), b)),

  // Not functions, but made of them
  DeviceName: codec(face.DeviceName),
  Username: codec(face.Username),
  OperationName: codec(face.OperationName),
  ClientVersion: codec(face.ClientVersion),
  TabletRequestFromForm: (_, { form, request }) => [
    face.TabletRequestFromForm.decode(form),
    face.TabletRequestFromForm.is(request),
    face.TabletRequestFromForm.encode(request),
  ],
  clientVersionOrd: ({ text, other }) => [
    face.clientVersionOrd.compare(untyped(text), untyped(other)),
    face.clientVersionOrd.equals(untyped(text), untyped(text)),
  ],
  defaultVersionPolicy: ({ text }) => [
    face.defaultVersionPolicy.refusal(untyped(text)),
    face.defaultVersionPolicy.isDeprecated(untyped(text)),
  ],

  inMemoryPorts: async ({ text, other, number, operation }, { user, device, token, optional }) => {
    const users = [{ id: number, username: text, password: other, uploadGroupId: number, onlyDevice: other }];
    const sessions = [{ id: number, token: text, username: text, device: other }];
    const { ports, ...world } = testing.inMemoryPorts({
      devices: [{ id: number, name: text }, { name: other }],
      users,
      sessions,
    });
    world.addDevice({ name: operation });
    for (const each of users) world.addUser(each);
    for (const each of sessions) world.addSession(each);
    world.endSession(number);
    await ports.devices.findDeviceByName(device.name)();
    await ports.users.authenticate(user.username, token)();
    await ports.sessions.startSession(user, optional(device.name))();
    return ports.sessions.findSession(number, token)();
  },
  portLaws: async ({ text, other }, { ports }) => {
    const done = () => Promise.resolve();
    const names = { deviceName: text, username: other, password: text, onlyDevice: text };
    const subjects = { ...names, expireSession: done, changePassword: done };
    return Promise.all(testing.portLaws(ports, subjects).map(({ check }) => check()));
  },
};

/** What the table must name. The uploads and hosts of `testing` have tests of their own. */
export const publicNames: readonly string[] = [
  ...Object.entries(face)
    .filter(([name, value]) => typeof value === 'function' || /^[A-Z]|Ord$|Policy$/.test(name))
    .map(([name]) => name),
  ...['inMemoryPorts', 'portLaws'],
];

const numbers = [NaN, -0, 0, 1, -1, 1.5, Infinity, -Infinity, 2 ** 53, Number.MAX_SAFE_INTEGER, 5e-324];

const hostile: fc.Arbitrary<Hostile> = fc.record({
  text: fc.oneof(
    { weight: 9, arbitrary: anyText },
    { weight: 1, arbitrary: fc.constantFrom('9'.repeat(20_000), '1.'.repeat(9999)) },
  ),
  other: anyText,
  number: fc.constantFrom(...numbers),
  isThere: fc.boolean(),
  operation: fc.oneof(fc.constantFrom(...modelOperations), anyText),
});

const total = holds('no value of a declared type makes a public function throw', hostile, async (values) => {
  const parts = partsOf(values);
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call(values, parts);
    } catch (thrown) {
      assert.fail(`${name} threw ${String(thrown)}`);
    }
  }
});

/** One function, called with one value. */
export const callWith = async (name: string, values: Hostile): Promise<void> => {
  await calls[name]?.(values, partsOf(values));
};

export const totalProperties: readonly NamedProperty[] = [total];
