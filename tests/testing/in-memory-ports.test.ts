import { none, some } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import { secret } from '../../src/index.js';
import { inMemoryPorts, type World } from '../../src/testing/index.js';
import { rightOf } from '../support/decoded.js';
import { alice, deviceName, username } from '../support/fixtures.js';

const world: World = {
  devices: [{ name: 'tablet-1' }, { id: 11, name: 'tablet-2' }],
  users: [
    { username: 'nurse', password: 'pw' },
    { username: 'bob', password: 'pw-bob', uploadGroupId: null, superuser: true },
  ],
  sessions: [
    { id: 501, token: 'tok', username: 'nurse' },
    { id: 502, token: 'tok', username: 'bob' },
    { id: 503, token: 'tok', username: 'nobody' },
  ],
};
const group = { groupId: 1, mayUpload: true, mayRegisterDevices: true };
const nurse = { id: 1, username: 'nurse', uploadGroupId: some(1), superuser: false, memberships: [group] };
const bob = { id: 2, username: 'bob', uploadGroupId: none, superuser: true, memberships: [] };

const trial = (start: World = world) => {
  const { ports, ...rest } = inMemoryPorts(start);
  return {
    ...rest,
    device: async (name: string) => rightOf(await ports.devices.findDeviceByName(deviceName(name))()),
    user: async (name: string, password: string) =>
      rightOf(await ports.users.authenticate(username(name), secret(password))()),
    session: async (id: number, token: string) => rightOf(await ports.sessions.findSession(id, secret(token))()),
    start: async () => {
      const { id, token } = rightOf(await ports.sessions.startSession(alice, some(deviceName('tablet-2')))());
      return [id, token.reveal()];
    },
  };
};

it('answers from plain strings, makes up what is left out, and counts', async () => {
  const { device, user, session, calls } = trial();
  expect([await device('tablet-1'), await device('tablet-2'), await device('Tablet-1')]).toEqual([
    some({ id: 1, name: 'tablet-1' }),
    some({ id: 11, name: 'tablet-2' }),
    none,
  ]);
  expect([await user('nurse', 'pw'), await user('bob', 'pw-bob')]).toEqual([some(nurse), some(bob)]);
  expect([await user('nurse', 'pw-bob'), await user('nobody', 'undefined')]).toEqual([none, none]);
  expect(await session(501, 'tok')).toEqual(some({ id: 501, token: secret('tok'), user: nurse, device: none }));
  expect([await session(501, 'to'), await session(500, 'tok'), await session(503, 'tok')]).toEqual([none, none, none]);
  expect(calls()).toEqual({ findDeviceByName: 3, authenticate: 4, findSession: 4, startSession: 0 });
});

it('leaves out malformed names', async () => {
  const rights = { superuser: true, memberships: [{ ...group, groupId: 7 }] };
  const { device, user } = trial({
    devices: [{ name: 'tablet 0' }, { name: 'tablet-1' }],
    users: [
      { username: '', password: 'pw' },
      { username: 'nurse', password: 'pw', id: 5, uploadGroupId: 7, ...rights },
      { username: 'bob', password: 'pw' },
    ],
  });
  expect(await device('tablet-1')).toEqual(some({ id: 1, name: 'tablet-1' }));
  expect(await user('nurse', 'pw')).toEqual(some({ id: 5, username: 'nurse', uploadGroupId: some(7), ...rights }));
  expect(await user('bob', 'pw')).toMatchObject(some({ id: 2 }));
});

it('knows the one device of a user and of a session; what names a malformed one is left out', async () => {
  const bound = { username: 'carol', password: 'pw', onlyDevice: 'tablet-1' };
  const { user, session } = trial({
    users: [bound, { ...bound, username: 'dave', onlyDevice: 'tablet 1' }],
    sessions: [
      { id: 501, token: 'tok', username: 'carol', device: 'tablet-2' },
      { id: 502, token: 'tok', username: 'carol', device: '' },
    ],
  });
  expect(await user('carol', 'pw')).toMatchObject(some({ onlyDevice: 'tablet-1' }));
  expect(await trial({ users: [{ username: 'erin', password: 'pw' }] }).user('erin', 'pw')).not.toHaveProperty(
    'value.onlyDevice',
  );
  expect([await user('dave', 'pw'), await session(502, 'tok')]).toEqual([none, none]);
  expect(await session(501, 'tok')).toMatchObject(some({ device: some('tablet-2') }));
});

it("gives back a device as it is, with the host's own data", async () => {
  const { ports } = inMemoryPorts({ devices: [{ name: 'tablet-1', ward: 'Ward 7' }] });
  const found = rightOf(await ports.devices.findDeviceByName(deviceName('tablet-1'))());
  expect(found._tag === 'Some' && found.value.ward).toBe('Ward 7');
});

it('starts sessions above those that are there, or from the one given', async () => {
  const above = trial();
  expect([await above.start(), await above.start()]).toEqual([
    [504, 'in-memory-session-token'],
    [505, '1-in-memory-session-token'],
  ]);
  const given = trial({ ...world, firstSession: { id: 900, token: 'new-token' } });
  expect(await given.start()).toEqual([900, 'new-token']);
  expect(await given.session(900, 'new-token')).toMatchObject(some({ id: 900, user: alice, device: some('tablet-2') }));
  expect(given.calls()).toMatchObject({ startSession: 1, findSession: 1 });
  expect((await trial({}).start())[0]).toBe(1);
});

it('takes more, replaces what has the same name, and ends sessions', async () => {
  const { device, user, session, addDevice, addUser, addSession, endSession } = trial({});
  addDevice({ name: 'tablet-1' });
  addDevice({ name: 'tablet-2' });
  addDevice({ name: 'tablet-1' });
  expect([await device('tablet-1'), await device('tablet-2')]).toMatchObject([some({ id: 1 }), some({ id: 2 })]);
  for (const each of world.users ?? []) addUser(each);
  for (const each of world.sessions ?? []) addSession(each);
  endSession(502);
  expect([await session(501, 'tok'), await session(502, 'tok')]).toMatchObject([some({ id: 501 }), none]);
  addSession({ id: 502, token: 'tok', username: 'bob' });
  addUser({ username: 'nurse', password: 'another' });
  expect([await session(501, 'tok'), await session(502, 'tok')]).toMatchObject([none, some({ id: 502 })]);
  expect([await user('nurse', 'pw'), await user('nurse', 'another')]).toEqual([none, some(nurse)]);
});

it('takes a hundred thousand sessions', () => {
  const sessions = Array.from({ length: 200_000 }, (_, id) => ({ id, token: 't', username: 'nurse' }));
  expect(inMemoryPorts({ ...world, sessions }).calls().findSession).toBe(0);
});
