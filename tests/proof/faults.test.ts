/** Whatever a port or a handler does wrong: nothing escapes, nobody is let in, and the outcome says whose doing it was. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import {
  defaultVersionPolicy,
  fault,
  handleTabletRequest,
  openTabletSession,
  parseTabletRequest,
  reloadDevice,
  secret,
  tabletSession,
  unregisteredDevice,
  type Ports,
} from 'camcops-tablet-session';
import { rightOf } from '../support/decoded.js';
import { alice, device, nothingFound, post, username } from '../support/fixtures.js';
import { untyped } from '../support/untyped.js';
import { modelOperations } from './model.js';

// A world in which all goes well: every port is asked, and whoever asks may do everything

const session = { id: 900, token: secret('new-token') };
const sent = { id: 501, token: secret('sent-token') };
const calls = {
  findDeviceByName: () => right(some(device)),
  authenticate: () => right(some({ ...alice, superuser: true })),
  findSession: () => right(none),
  startSession: () => right(session),
} as const;
type Port = keyof typeof calls;
const ports = Object.keys(calls).filter((name): name is Port => name in calls);
const owner = { findDeviceByName: 'DeviceStore', authenticate: 'UserAuthenticator' } as const;
const whereOf = (port: Port): string => `${port in owner ? owner[port as keyof typeof owner] : 'SessionStore'}.${port}`;

/** The ports, some of which do as they are told. */
const portsDoing = (behaviours: Readonly<Partial<Record<Port, unknown>>> = {}): Ports<unknown> => {
  const lawful = Object.fromEntries(ports.map((name) => [name, () => () => Promise.resolve(calls[name]())]));
  const all = { ...lawful, ...behaviours };
  return untyped({ devices: all, users: all, sessions: all });
};

const request = rightOf(
  parseTabletRequest(defaultVersionPolicy)(post({ session_id: '501', session_token: 'sent-token' })),
);

/** Serves an operation, and says whether its handler was called. */
const serve = async (operation: string, given: Ports<unknown>, handler?: unknown) => {
  let called = false;
  const welcome = () => {
    called = true;
    return () => Promise.resolve(right(undefined));
  };
  const form = post({ operation, session_id: '501', session_token: 'sent-token' });
  const server = { ports: given, handlers: { [operation]: untyped(handler ?? welcome) } };
  const { outcome, ...reply } = await handleTabletRequest<unknown>(server)(form)();
  return { ...reply, outcome, called };
};

const told = 'success:0\nerror:Server error\n';
const withSession = `${told}session_id:900\nsession_token:new-token\n`;
const withoutSession = `${told}session_id:\nsession_token:\n`;

// What they do

const down = new Error('the database is down');
const thrower = (): never => {
  throw down;
};
const late = async (answer: unknown): Promise<unknown> => {
  await setImmediate();
  return answer;
};
const answering = (answer: unknown) => () => () => Promise.resolve(answer);

/** Ways to fail for a cause of the host's own: those that answer are faults, the others defects. */
const failing: Readonly<Record<string, (cause: Error) => unknown>> = {
  answers: (cause) => answering(left(cause)),
  'answers late': (cause) => () => () => late(left(cause)),
  rejects: (cause) => () => () => Promise.reject(cause),
  'rejects late': (cause) => () => () => setImmediate().then(() => Promise.reject(cause)),
  'throws in its task': (cause) => () => () => {
    throw cause;
  },
  throws: (cause) => () => {
    throw cause;
  },
};
/** What JavaScript may throw is more than its types say. A refusal that was thrown is a defect too. */
const causes: readonly Error[] = [
  down,
  ...[null, undefined, 0, '', {}, [], { code: 'served' }, unregisteredDevice, fault(down), secret('x')].map((cause) =>
    untyped(cause),
  ),
];
/** What falls to pieces when it is looked at. */
const traps: readonly unknown[] = [
  Object.defineProperty({}, '_tag', { get: thrower }),
  Object.defineProperty({ _tag: 'Right' }, 'right', { get: thrower }),
  new Proxy({}, { has: thrower, get: thrower }),
  { then: thrower },
  right(Object.defineProperties({}, { _tag: { get: thrower }, id: { get: thrower } })),
  right(new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower, ownKeys: thrower })),
];

/** What was thrown is the cause, or the cause of words that name the function. */
const thrown: unknown = {
  // By hand: vitest's own `expect.toSatisfy` needs its worker, and mutants run without one.
  asymmetricMatch: (cause: unknown) =>
    cause === down ||
    (cause instanceof TypeError &&
      cause.cause === down &&
      cause.message.endsWith(': the answer does not have the form that its type demands')),
};

/** In a right; wrong for every port. */
const notAnswers: readonly unknown[] = [
  ...[undefined, null, 7, NaN, '', 'alice', true, {}, [], [device], right(none), new Map(), Symbol('none')],
  ...[{ _tag: 'some', value: device }, { _tag: 'Some' }, { value: device }, { _tag: 'Nothing' }],
  ...[undefined, null, 7, '', {}, [], some(device), some(alice)].map((value) => some(value)),
];
const withEach = <A extends object>(whole: A, wrong: Readonly<Record<string, readonly unknown[]>>): readonly A[] =>
  Object.entries(wrong).flatMap(([name, values]) => values.map((value) => ({ ...whole, [name]: value })));
const member = { groupId: 1, mayUpload: true, mayRegisterDevices: true };
const wrongUsers = withEach(alice, {
  id: [NaN, Infinity, '1', null, undefined],
  username: ['', 'a b', 'Alice', 'bob', null, 7],
  uploadGroupId: [1, null, undefined, some('1'), some(null), some(NaN), { _tag: 'Some' }],
  superuser: ['yes', 1, null, undefined],
  onlyDevice: ['', 'a b', null, 7, some('tablet-1')],
  memberships: [
    ...[null, undefined, {}, 'x', [null], [{}]],
    ...withEach(member, { groupId: [NaN, '1'], mayUpload: ['yes'], mayRegisterDevices: [1] }).map((each) => [each]),
  ],
});
const wrongInSessions = {
  id: [NaN, Infinity, 0, -1, 1.5, '501', null, undefined],
  token: ['sent-token', secret(''), null, undefined, { reveal: () => 'sent-token' }, Object.create(sent.token)],
};
const wrongFor: Readonly<Record<Port, readonly unknown[]>> = {
  findDeviceByName: withEach(device, {
    id: [NaN, Infinity, '11', null, undefined],
    name: ['', 'tablet-2', 'Tablet-1', null],
  }).map(some),
  authenticate: wrongUsers.map(some),
  findSession: [
    // A stored session of another user is no mistake.
    ...wrongUsers
      .filter((user) => user.username !== 'bob' && user.username !== 'Alice')
      .map((user) => ({ ...sent, user })),
    ...withEach({ ...sent, user: alice }, { ...wrongInSessions, id: [...wrongInSessions.id, 502] }),
    ...[{ ...sent, user: alice, token: secret('Sent-token') }, sent],
    ...withEach({ ...sent, user: alice }, { device: ['tablet-1', null, some(''), some(null), { _tag: 'Some' }] }),
  ].map((stored) => some(stored)),
  startSession: [...withEach(session, wrongInSessions), some(session), none, alice],
};

/** All that an outcome tells of a request that has been checked. */
const loggedKeys = ['clientVersion', 'deprecatedClient', 'deviceName', 'operation', 'result', 'signIn', 'username'];

describe.each(ports)('%s', (port) => {
  const body = port === 'findDeviceByName' ? withSession : withoutSession;
  const signIn = port === 'findDeviceByName' ? 'password' : 'failed';

  /** Asserts that nobody is let in by any operation, or by a session opened or reloaded without the whole job. */
  const expectFailure = async (behaviour: unknown, failure: object) => {
    const broken = portsDoing({ [port]: behaviour });
    for (const operation of ['register_patient', 'register', 'upload_table']) {
      const reply = await serve(operation, broken);
      expect(reply).toMatchObject({ called: false, status: 503, body, outcome: { operation, signIn } });
      expect(reply.outcome.result).toEqual(failure);
      expect(Object.keys(reply.outcome).sort()).toEqual(loggedKeys);
    }
    expect(await openTabletSession(broken)(request)()).toEqual(left(failure));
    const reloaded = await reloadDevice(broken)(tabletSession(request)(nothingFound))();
    if (port === 'findDeviceByName') expect(reloaded).toEqual(left(failure));
  };
  const defect = (cause: unknown) => ({ code: 'defect', where: whereOf(port), cause });

  it.each(Object.entries(failing))('%s', async (how, behaviour) => {
    for (const cause of causes) {
      await expectFailure(behaviour(cause), how.startsWith('answers') ? fault(cause) : defect(cause));
      const opened = await openTabletSession(portsDoing({ [port]: behaviour(cause) }))(request)();
      expect(isLeft(opened) && Object.is(opened.left.cause, cause)).toBe(true);
    }
  });

  it.each([...notAnswers, ...wrongFor[port]].map((value) => [inspect(value, { breakLength: Infinity }), value]))(
    'answers a right of %s',
    async (_, value) => {
      await expectFailure(answering(right(value)), defect(expect.any(TypeError)));
    },
  );

  it('returns no task, or answers no Either', async () => {
    for (const value of [undefined, null, 7, 'x', {}, { _tag: 'Nothing' }, some(1), Promise.resolve(right(none))]) {
      await expectFailure(() => value, defect(expect.any(TypeError)));
      if (!(value instanceof Promise)) await expectFailure(answering(value), defect(expect.any(TypeError)));
    }
  });

  it('answers what throws when it is looked at', async () => {
    for (const trap of traps) {
      await expectFailure(() => () => late(trap), defect(thrown));
      await expectFailure(() => () => trap, defect(thrown));
    }
  });

  it.each(Object.entries(failing))('%s, while the others are slow, or fail too', async (how, behaviour) => {
    const slow = Object.fromEntries(ports.map((name) => [name, () => () => late(calls[name]())]));
    const alsoDown = port === 'findDeviceByName' ? 'authenticate' : 'findDeviceByName';
    const own = how.startsWith('answers') ? fault(down) : defect(down);
    const other = { code: 'defect', where: whereOf(alsoDown), cause: down };
    for (const others of [slow, { ...slow, [alsoDown]: () => () => Promise.reject(down) }]) {
      const reply = await serve('upload_table', portsDoing({ ...others, [port]: behaviour(down) }));
      expect(reply).toMatchObject({ called: false, status: 503 });
      expect([own, other]).toContainEqual(reply.outcome.result);
    }
  });

  it('answers late: served', async () => {
    const reply = await serve('upload_table', portsDoing({ [port]: () => () => late(calls[port]()) }));
    expect(reply).toMatchObject({ called: true, status: 200, outcome: { result: { code: 'served' } } });
  });
});

it('a stored session of another user lets nobody in', async () => {
  const stored = some({ ...sent, user: { ...alice, username: username('bob'), superuser: true } });
  const answers = { findSession: answering(right(stored)), authenticate: answering(right(none)) };
  const { called, outcome } = await serve('upload_table', portsDoing(answers));
  expect([called, outcome.result, outcome.signIn]).toEqual([false, { code: 'invalid-credentials' }, 'failed']);
});

describe.each(modelOperations)('the handler of %s', (operation) => {
  const expectFailure = async (handler: unknown, failure: object) => {
    const reply = await serve(operation, portsDoing(), handler);
    expect(reply).toMatchObject({ status: 503, body: withSession, outcome: { operation, signIn: 'password' } });
    expect(reply.outcome.result).toEqual(failure);
    expect(Object.keys(reply.outcome).sort()).toEqual(loggedKeys);
  };
  const defect = (cause: unknown) => ({ code: 'defect', where: `the handler of ${operation}`, cause });

  it.each(Object.entries(failing))('%s', async (how, behaviour) => {
    for (const cause of causes) {
      if (!how.startsWith('answers')) await expectFailure(behaviour(cause), defect(cause));
      else await expectFailure(behaviour(untyped(fault(cause))), fault(cause));
    }
  });

  it('answers what throws when it is looked at', async () => {
    for (const trap of [...traps, left(Object.defineProperty({}, 'code', { get: thrower }))]) {
      await expectFailure(answering(trap), defect(thrown));
    }
  });
});
