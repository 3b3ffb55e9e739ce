import { isRight, right } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  openTabletSession,
  parseTabletRequest,
  defaultVersionPolicy,
  userId,
  type DeviceName,
  type Ports,
  type User,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { alice, post } from './support/fixtures.js';
import { portsOf, type World } from './support/world.js';

const world: World = {
  devices: [],
  users: ['alice', 'bob'].map((name, index) => ({
    id: index + 1,
    username: name,
    password: `pw-${name}`,
    uploadGroupId: 1,
    superuser: false,
    memberships: [],
  })),
  sessions: [
    { id: 501, token: 'tok-alice', username: 'alice' },
    { id: 502, token: 'tok-bob', username: 'bob' },
  ],
  newSession: { id: 900, token: 'new-token' },
};

const requestOf = (fields: Readonly<Record<string, string | undefined>>) =>
  rightOf(parseTabletRequest(defaultVersionPolicy)(post({ device: undefined, ...fields })));

const open = async <E>(ports: Ports<E>, fields: Readonly<Record<string, string | undefined>>) => {
  const opened = await openTabletSession(ports)(requestOf(fields))();
  if (!isRight(opened)) return opened;
  const { sessionId, sessionToken } = opened.right;
  const token = sessionToken._tag === 'Some' ? sessionToken.value.reveal() : null;
  return right({
    user: toNull(userId(opened.right)),
    session: sessionId._tag === 'Some' ? `${String(sessionId.value)} ${String(token)}` : token,
  });
};

const toNull = <A>(option: { _tag: 'None' } | { _tag: 'Some'; value: A }): A | null =>
  option._tag === 'Some' ? option.value : null;

const alicesSession = { session_id: '501', session_token: 'tok-alice' };
const bobsSession = { session_id: '502', session_token: 'tok-bob' };

const resumed = { user: 1, session: '501 tok-alice' };
const loggedIn = { user: 1, session: '900 new-token' };
const notSignedIn = { user: null, session: null };

describe('signing in, row by row', () => {
  it.each([
    ['stored, own, right password', alicesSession, resumed, 'find'],
    ['stored, own, wrong password', { ...alicesSession, password: 'wrong' }, resumed, 'find'],
    ['stored, own, no password', { ...alicesSession, password: undefined }, resumed, 'find'],

    ["stored, another's, right password", bobsSession, loggedIn, 'find authenticate start'],
    ["stored, another's, wrong password", { ...bobsSession, password: 'wrong' }, notSignedIn, 'find authenticate'],
    ["stored, another's, no password", { ...bobsSession, password: undefined }, notSignedIn, 'find'],
    [
      "stored, another's, whose password it is",
      { ...bobsSession, password: 'pw-bob' },
      notSignedIn,
      'find authenticate',
    ],

    ['stored, no username, a password', { ...alicesSession, user: undefined }, notSignedIn, ''],
    ['stored, no username, no password', { ...alicesSession, user: undefined, password: undefined }, notSignedIn, ''],

    ['none of that id', { ...alicesSession, session_id: '999' }, loggedIn, 'find authenticate start'],
    ['none of that token', { ...alicesSession, session_token: 'tok-bob' }, loggedIn, 'find authenticate start'],
    [
      'none, wrong password',
      { session_id: '999', session_token: 'x', password: 'wrong' },
      notSignedIn,
      'find authenticate',
    ],
    ['none, no password', { session_id: '999', session_token: 'x', password: undefined }, notSignedIn, 'find'],
    ['none, no password, no username', { user: undefined, password: undefined }, notSignedIn, ''],

    ['only an id', { session_id: '501' }, loggedIn, 'authenticate start'],
    ['only a token', { session_token: 'tok-alice' }, loggedIn, 'authenticate start'],
    ['an id that is none', { session_id: '501x', session_token: 'tok-alice' }, loggedIn, 'authenticate start'],
    ['no session, unknown user', { user: 'nobody' }, notSignedIn, 'authenticate'],
    ['no session, username in another letter case', { user: 'Alice' }, notSignedIn, 'authenticate'],
    ['no session, no username', { user: undefined }, notSignedIn, ''],
    ['no session, a blank password', { password: '' }, notSignedIn, ''],
  ] as const)('%s', async (_, fields, expected, called) => {
    const { ports, calls } = portsOf(world);
    expect(await open(ports, fields)).toEqual(right(expected));
    expect(calls()).toEqual({
      findDeviceByName: 0,
      findSession: called.includes('find') ? 1 : 0,
      authenticate: called.includes('authenticate') ? 1 : 0,
      startSession: called.includes('start') ? 1 : 0,
    });
  });

  it("leaves another's stored session alone", async () => {
    const { ports } = portsOf(world);
    await open(ports, bobsSession);
    expect(await open(ports, { ...bobsSession, user: 'bob', password: undefined })).toEqual(
      right({ user: 2, session: '502 tok-bob' }),
    );
  });

  it.each([
    ['no session', {}],
    ["another's session", bobsSession],
  ])('starts a session for the user that was authenticated, as it came: %s', async (_, fields) => {
    const { ports } = portsOf(world);
    const user = { ...alice, nickname: 'Al' };
    const startedFor: unknown[] = [];
    const startSession = (who: User, from: Option<DeviceName>) => {
      startedFor.push(who, from);
      return ports.sessions.startSession(who, from);
    };
    const users = { authenticate: () => () => Promise.resolve(right(some(user))) };
    await open({ ...ports, users, sessions: { ...ports.sessions, startSession } }, fields);
    expect(startedFor).toEqual([user, none]);
    expect(startedFor[0]).toBe(user);
  });

  const ofDevice = (device: string | undefined) => {
    const { ports, addSession } = portsOf(world);
    addSession({ id: 501, token: 'tok-alice', username: 'alice', ...(device !== undefined && { device }) });
    return ports;
  };

  it.each([
    ['its device, wrong password', 'tablet-1', { device: 'tablet-1', password: 'wrong' }, resumed],
    ['any device, if it names none', undefined, { device: 'tablet-2', password: 'wrong' }, resumed],
    ['another device, right password', 'tablet-1', { device: 'tablet-2' }, loggedIn],
    ['another device, wrong password', 'tablet-1', { device: 'tablet-2', password: 'wrong' }, notSignedIn],
    ['its device in another letter case', 'tablet-1', { device: 'Tablet-1', password: 'wrong' }, notSignedIn],
    ['no device, right password', 'tablet-1', {}, loggedIn],
    ['no device, no password', 'tablet-1', { password: undefined }, notSignedIn],
  ])('a stored session that names a device: %s', async (_, device, fields, expected) => {
    expect(await open(ofDevice(device), { ...alicesSession, ...fields })).toEqual(right(expected));
  });

  it('a session that was started is resumed from its own device alone', async () => {
    const { ports } = portsOf(world);
    await open(ports, { device: 'tablet-1' });
    const again = { session_id: '900', session_token: 'new-token', password: undefined };
    expect(await open(ports, { ...again, device: 'tablet-1' })).toEqual(right(loggedIn));
    expect(await open(ports, { ...again, device: 'tablet-2' })).toEqual(right(notSignedIn));
    expect(await open(ports, again)).toEqual(right(notSignedIn));
  });

  it('does nothing until its task is run, and all of it again when it is run again', async () => {
    const { ports, calls } = portsOf(world);
    const task = openTabletSession(ports)(requestOf({}));
    expect(calls()).toMatchObject({ authenticate: 0, startSession: 0 });
    const [first, second] = [rightOf(await task()), rightOf(await task())];
    expect(calls()).toMatchObject({ authenticate: 2, startSession: 2 });
    expect(first.sessionId).not.toEqual(second.sessionId);
  });

  it('without a session store, always asks for the password and opens no session', async () => {
    const { ports, calls } = portsOf(world);
    const { sessions, ...sessionless } = ports;
    expect(sessions).toBeDefined();
    expect(await open(sessionless, alicesSession)).toEqual(right({ user: 1, session: null }));
    expect(await open(sessionless, { ...alicesSession, password: undefined })).toEqual(right(notSignedIn));
    expect(calls()).toEqual({ findDeviceByName: 0, findSession: 0, authenticate: 1, startSession: 0 });
  });
});
