/** Whatever a port or a handler does wrong: nothing escapes, nobody is let in, and the outcome names the fault. */
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
  type Handlers,
  type Ports,
} from 'camcops-tablet-session';
import { rightOf } from '../support/decoded.js';
import { alice, device, nothingFound, post, username } from '../support/fixtures.js';
import { untyped } from '../support/untyped.js';
import { modelOperations } from './model.js';

// A world in which all goes well: every port is asked, and whoever asks may do everything

const session = { id: 900, token: secret('new-token') };
const calls = {
  findDeviceByName: () => right(some(device)),
  authenticate: () => right(some({ ...alice, superuser: true })),
  findSession: () => right(none),
  startSession: () => right(session),
} as const;
type Port = keyof typeof calls;
const ports = Object.keys(calls).filter((name): name is Port => name in calls);

/** The ports, some of which do as they are told. */
const portsDoing = (behaviours: Readonly<Partial<Record<Port, unknown>>>): Ports<unknown> => {
  const all: Record<string, unknown> = {
    ...Object.fromEntries(ports.map((name) => [name, () => () => Promise.resolve(calls[name]())])),
    ...behaviours,
  };
  return untyped({ devices: all, users: all, sessions: all });
};
const portsWith = (port?: Port, behaviour?: unknown): Ports<unknown> =>
  portsDoing(port === undefined ? {} : { [port]: behaviour });
const owner: Readonly<Record<Port, string>> = {
  findDeviceByName: 'DeviceStore',
  authenticate: 'UserAuthenticator',
  findSession: 'SessionStore',
  startSession: 'SessionStore',
};

const sent = { id: 501, token: secret('sent-token') };
const form = (operation: string) => post({ operation, session_id: '501', session_token: 'sent-token' });

/** Serves an operation, and says whether its handler was called. */
const serve = async (operation: string, given: Ports<unknown>, handler?: unknown) => {
  let called = false;
  const welcome = () => {
    called = true;
    return () => Promise.resolve(right(undefined));
  };
  const handlers: Handlers<unknown> = untyped({ [operation]: handler ?? welcome });
  const reply = await handleTabletRequest({ ports: given, handlers })(form(operation))();
  return { reply, called };
};

const withSession = 'success:0\nerror:Server error\nsession_id:900\nsession_token:new-token\n';
const withoutSession = 'success:0\nerror:Server error\nsession_id:\nsession_token:\n';

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

/** Ways to be at fault for a cause of the host's own. */
const withCause: Readonly<Record<string, (cause: Error) => unknown>> = {
  'answers a fault': (cause) => () => () => Promise.resolve(left(cause)),
  'answers a fault, late': (cause) => () => () => late(left(cause)),
  rejects: (cause) => () => () => Promise.reject(cause),
  'rejects late': (cause) => () => async () => {
    await setImmediate();
    throw cause;
  },
  'throws in its task': (cause) => () => () => {
    throw cause;
  },
  throws: (cause) => () => {
    throw cause;
  },
};
/** What JavaScript may throw is more than its types say. A refusal that was thrown is a fault too. */
const causes: readonly Error[] = [
  down,
  ...[null, undefined, 0, '', 'down', {}, [], { code: 'served' }, unregisteredDevice, secret('x')].map(untyped),
];

const shown = (value: unknown): string => inspect(value, { breakLength: Infinity, depth: 4 });

/** What is no function, no task, no promise of an Either. */
const noTasks: readonly unknown[] = [
  ...[7, 'x', {}, [], right(none)],
  ...[undefined, null, 7, '', {}, [], right(none), Promise.resolve(right(none))].map((value) => () => value),
];
const noEithers: readonly unknown[] = [
  ...[undefined, null, 7, '', true, {}, [], none, some(device)],
  ...[{ _tag: 'right', right: none }, { right: none }, [right(none)]],
];
/** What falls to pieces when it is looked at. */
const traps: readonly unknown[] = [
  Object.defineProperty({}, '_tag', { get: thrower }),
  Object.defineProperty({ _tag: 'Right' }, 'right', { get: thrower }),
  new Proxy({}, { has: thrower }),
  { then: thrower },
];
/** In a right; wrong for every port. */
const notAnswers: readonly unknown[] = [
  ...[undefined, null, 7, NaN, '', 'alice', true, {}, [], [device], right(none), new Map(), Symbol('none')],
  ...[{ _tag: 'some', value: device }, { _tag: 'Some' }, { value: device }, { _tag: 'Nothing' }],
  ...[undefined, null, 7, '', {}, [], some(device), some(alice)].map((value) => some(value)),
];

const wrongUsers: readonly unknown[] = [
  ...[NaN, Infinity, '1', null, undefined].map((id) => ({ ...alice, id })),
  ...['', 'a b', null, 7].map((name) => ({ ...alice, username: name })),
  ...[1, null, undefined, some('1'), some(null), some(NaN), { _tag: 'Some' }].map((uploadGroupId) => ({
    ...alice,
    uploadGroupId,
  })),
  ...['yes', 1, null, undefined].map((superuser) => ({ ...alice, superuser })),
  ...[
    ...[null, undefined, {}, 'x', [null], [{}]],
    ...[{ groupId: NaN }, { groupId: '1' }, { mayUpload: 'yes' }, { mayRegisterDevices: 1 }].map((wrong) => [
      { groupId: 1, mayUpload: true, mayRegisterDevices: true, ...wrong },
    ]),
  ].map((memberships) => ({ ...alice, memberships })),
];
const wrongInSessions: readonly object[] = [
  ...[NaN, Infinity, 0, -1, 1.5, '501', '900', null, undefined].map((id) => ({ id })),
  ...['sent-token', secret(''), null, undefined, {}, { reveal: () => 'sent-token' }, Object.create(sent.token)].map(
    (token: unknown) => ({ token }),
  ),
];
/** In a right; wrong for one port. */
const wrongFor: Readonly<Record<Port, readonly unknown[]>> = {
  findDeviceByName: [
    ...[NaN, Infinity, '11', null, undefined].map((id) => some({ ...device, id })),
    ...['', 'tablet 1', 'tablet-2', 'Tablet-1', null].map((name) => some({ ...device, name })),
  ],
  authenticate: [...wrongUsers, { ...alice, username: username('bob') }, { ...alice, username: 'Alice' }].map(some),
  findSession: [
    ...wrongUsers.map((user) => some({ ...sent, user })),
    ...[...wrongInSessions, { id: 502 }, { token: secret('Sent-token') }, session].map((wrong) =>
      some({ ...sent, user: alice, ...wrong }),
    ),
    some(sent),
  ],
  startSession: [...wrongInSessions.map((wrong) => ({ ...session, ...wrong })), some(session), none, alice],
};

/** All that an outcome tells of a request that has been checked. */
const loggedKeys = ['clientVersion', 'deprecatedClient', 'deviceName', 'operation', 'result', 'username'];

const isThe = (cause: unknown) => (found: unknown) => {
  expect(Object.is(found, cause)).toBe(true);
};
const isTypeError = (found: unknown): void => {
  expect(found).toBeInstanceOf(TypeError);
};

describe.each(ports)('%s', (port) => {
  const known = port === 'findDeviceByName' ? withSession : withoutSession;

  /** Asserts that nobody is let in by any operation, or by a session opened or reloaded without the whole job. */
  const expectFault = async (behaviour: unknown, isCause: (cause: unknown) => void) => {
    const broken = portsWith(port, behaviour);
    for (const operation of ['register_patient', 'register', 'upload_table']) {
      const { reply, called } = await serve(operation, broken);
      expect(called).toBe(false);
      expect(reply).toMatchObject({ status: 503, body: known, outcome: { operation, result: { code: 'fault' } } });
      expect(Object.keys(reply.outcome).sort()).toEqual(loggedKeys);
      if (reply.outcome.result.code === 'fault') isCause(reply.outcome.result.cause);
    }
    const request = rightOf(parseTabletRequest(defaultVersionPolicy)(form('register')));
    const opened = await openTabletSession(broken)(request)();
    expect(isLeft(opened)).toBe(true);
    if (isLeft(opened)) isCause(opened.left);
    if (port !== 'findDeviceByName') return;
    const reloaded = await reloadDevice(broken)(tabletSession(request)(nothingFound))();
    expect(isLeft(reloaded)).toBe(true);
    if (isLeft(reloaded)) isCause(reloaded.left);
  };
  const namesThePort = (cause: unknown): void => {
    expect(cause).toEqual(new TypeError(`${owner[port]}.${port} did not answer as it promises to`));
  };

  it.each(Object.entries(withCause))('%s', async (_, behaviour) => {
    for (const cause of causes) await expectFault(behaviour(cause), isThe(cause));
  });

  it('gives no task', async () => {
    for (const noTask of [undefined, null, '', ...noTasks]) await expectFault(noTask, isTypeError);
  });

  it.each(noEithers.map((value) => [shown(value), value]))('answers %s', async (_, value) => {
    await expectFault(answering(value), namesThePort);
  });

  it.each([...notAnswers, ...wrongFor[port]].map((value) => [shown(value), value]))(
    'answers a right of %s',
    async (_, value) => {
      await expectFault(answering(right(value)), namesThePort);
    },
  );

  it('answers what throws when it is looked at', async () => {
    const inRight = Object.defineProperties({}, { _tag: { get: thrower }, id: { get: thrower } });
    for (const trap of [...traps, right(inRight)]) {
      await expectFault(() => () => late(trap), isThe(down));
      await expectFault(() => () => trap, isThe(down));
    }
  });

  it('answers what throws when it is looked at again', async () => {
    const throwingFrom = (read: number, answer: object): object => {
      let reads = 0;
      const get = (target: object, name: PropertyKey): unknown => {
        if (name === 'then') return undefined;
        reads += 1;
        const value: unknown = reads < read ? Reflect.get(target, name) : thrower();
        // Not of a secret, which would be none behind a proxy.
        return typeof value === 'object' && value !== null && !(value === session.token) ? throwing(value) : value;
      };
      const throwing = (target: object): object => new Proxy(target, { get });
      return throwing(answer);
    };
    const request = rightOf(parseTabletRequest(defaultVersionPolicy)(form('register')));
    const statuses = new Set<number>();
    for (let read = 1; read < 60; read += 1) {
      const broken = () => portsWith(port, answering(throwingFrom(read, calls[port]())));
      const opened = await openTabletSession(broken())(request)();
      if (isLeft(opened)) expect(opened.left).toBe(down);
      const { reply } = await serve('upload_table', broken());
      statuses.add(reply.status);
      if (reply.status === 503) expect(reply.outcome.result).toEqual(fault(down));
      if (port === 'findDeviceByName') await reloadDevice(broken())(tabletSession(request)(nothingFound))();
    }
    expect([...statuses]).toEqual([503, 200]);
  });

  it.each(Object.entries(withCause))('%s, while the others are slow, or at fault too', async (_, behaviour) => {
    const slow = Object.fromEntries(ports.map((name) => [name, () => () => late(calls[name]())]));
    const other = new Error('another port is down');
    const alsoDown = port === 'findDeviceByName' ? 'authenticate' : 'findDeviceByName';
    for (const others of [slow, { ...slow, [alsoDown]: () => () => Promise.reject(other) }]) {
      const broken = portsDoing({ ...others, [port]: behaviour(down) });
      const { reply, called } = await serve('upload_table', broken);
      expect(called).toBe(false);
      expect(reply.status).toBe(503);
      expect([fault(down), fault(other)]).toContainEqual(reply.outcome.result);
      const opened = await openTabletSession(broken)(
        rightOf(parseTabletRequest(defaultVersionPolicy)(form('register'))),
      )();
      expect([left(down), left(other)]).toContainEqual(opened);
    }
  });

  it('answers late: served', async () => {
    const { reply, called } = await serve(
      'upload_table',
      portsWith(port, () => () => late(calls[port]())),
    );
    expect(called).toBe(true);
    expect(reply).toMatchObject({ status: 200, outcome: { result: { code: 'served' } } });
  });
});

/** Ports that a host makes when they are first used, and that cannot be made; or that it has forgotten. */
const withoutPort = (name: keyof Ports<unknown>): readonly (readonly [cause: unknown, broken: Ports<unknown>])[] => [
  [down, Object.defineProperty(portsWith(), name, { get: thrower })],
  [expect.any(TypeError), { ...portsWith(), [name]: null }],
];

describe.each(['devices', 'users', 'sessions'] as const)('a host without its %s', (name) => {
  it.each(withoutPort(name))('is at fault: %s', async (cause, broken) => {
    const { reply, called } = await serve('upload_table', broken);
    expect(called).toBe(false);
    const body = name === 'devices' ? withSession : withoutSession;
    expect(reply).toMatchObject({ status: 503, body, outcome: { operation: 'upload_table', result: fault(cause) } });

    const request = rightOf(parseTabletRequest(defaultVersionPolicy)(form('register')));
    expect(await openTabletSession(broken)(request)()).toEqual(left(cause));
    const reloaded = await reloadDevice(broken)(tabletSession(request)(nothingFound))();
    if (name === 'devices') expect(reloaded).toEqual(left(cause));
    else expect(reloaded).toMatchObject(right({ device: some(device) }));
  });
});

it.each([
  ['handlers', down, Object.defineProperty({}, 'upload_table', { get: thrower })],
  ['handlers', expect.any(TypeError), undefined],
])('a host without its %s is at fault: %s', async (_, cause, handlers) => {
  const reply = await handleTabletRequest({ ports: portsWith(), handlers: untyped(handlers) })(form('upload_table'))();
  const outcome = { operation: 'upload_table', result: fault(cause) };
  expect(reply).toMatchObject({ status: 503, body: withSession, outcome });
});

it('a fault that throws when it is looked at is a fault', async () => {
  const trap = Object.defineProperty({ _tag: 'Left' }, 'left', { get: thrower });
  for (const port of [...ports, undefined]) {
    const { reply, called } = await serve(
      'register',
      portsWith(port, answering(trap)),
      port ? undefined : answering(trap),
    );
    expect(called).toBe(false);
    expect(reply).toMatchObject({ status: 503, outcome: { result: fault(down) } });
  }
});

it('a stored session of another user lets nobody in', async () => {
  const stored = some({ ...sent, user: { ...alice, username: username('bob'), superuser: true } });
  const users = { authenticate: () => () => Promise.resolve(right(none)) };
  const { reply, called } = await serve('upload_table', {
    ...portsWith('findSession', answering(right(stored))),
    users,
  });
  expect(called).toBe(false);
  expect(reply.outcome.result).toEqual({ code: 'invalid-credentials' });
});

describe.each(modelOperations)('the handler of %s', (operation) => {
  const expectFault = async (handler: unknown, isCause: (cause: unknown) => void) => {
    const { reply } = await serve(operation, portsWith(), handler);
    expect(reply).toMatchObject({ status: 503, body: withSession, outcome: { operation, result: { code: 'fault' } } });
    expect(Object.keys(reply.outcome).sort()).toEqual(loggedKeys);
    if (reply.outcome.result.code === 'fault') isCause(reply.outcome.result.cause);
  };
  const namesTheHandler = (cause: unknown): void => {
    expect(cause).toEqual(new TypeError(`The handler of ${operation} did not answer as it promises to`));
  };

  it.each(Object.entries(withCause))('%s', async (how, behaviour) => {
    for (const cause of causes) {
      await expectFault(behaviour(how.startsWith('answers') ? untyped(fault(cause)) : cause), isThe(cause));
    }
  });

  it('answers nonsense', async () => {
    for (const noTask of noTasks) await expectFault(noTask, isTypeError);
    for (const value of noEithers) await expectFault(answering(value), namesTheHandler);
    for (const trap of traps) await expectFault(answering(trap), isThe(down));
    const records = [{ a: 7 }, { a: undefined }, { success: '1' }, { session_id: '7' }, { 'a b': '' }, { '': '' }];
    const others = [
      null,
      7,
      true,
      [],
      [['a', 'b']],
      new Map([['a', 'b']]),
      new Date(0),
      Promise.resolve('x'),
      thrower,
      right(7),
    ];
    for (const value of [...records, ...others]) await expectFault(answering(right(value)), namesTheHandler);
  });

  it('refuses with what is no refusal', async () => {
    const nearly = [
      {},
      [],
      { code: 'x' },
      { code: 'refused' },
      { code: 'refused', message: 7 },
      { code: 'constructor' },
    ];
    for (const value of [...nearly, down, 7, '', 'refused', null, undefined]) {
      await expectFault(answering(left(value)), isThe(value));
    }
  });

  it('answers late: served', async () => {
    const { reply } = await serve(operation, portsWith(), () => () => late(right({ a: 'b' })));
    expect(reply).toMatchObject({ status: 200, body: 'a:b\nsuccess:1\nsession_id:900\nsession_token:new-token\n' });
  });
});
