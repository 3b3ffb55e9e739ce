import { right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { secret } from '../../src/index.js';
import { inMemoryPorts, type InMemoryUser } from '../../src/testing/index.js';
import { rightOf } from '../support/decoded.js';
import { alice, device, deviceName, username } from '../support/fixtures.js';

const user: InMemoryUser = { ...alice, password: 'pw-alice' };
const token = secret('tok-alice');
const world = { devices: [device], users: [user], sessions: [{ id: 501, token, user: alice }] };
const noCalls = { findDeviceByName: 0, authenticate: 0, findSession: 0, startSession: 0 };

describe('inMemoryPorts', () => {
  it('answers from its world, and counts', async () => {
    const { ports, calls } = inMemoryPorts(world);
    expect(calls()).toEqual(noCalls);
    expect(await ports.devices.findDeviceByName(device.name)()).toEqual(right(some(device)));
    expect(await ports.devices.findDeviceByName(deviceName('other'))()).toEqual(right(none));
    expect(calls()).toEqual({ ...noCalls, findDeviceByName: 2 });
    expect(await ports.users.authenticate(alice.username, secret('pw-alice'))()).toEqual(right(some(alice)));
    expect(await ports.users.authenticate(alice.username, secret('pw'))()).toEqual(right(none));
    expect(await ports.users.authenticate(username('nobody'), secret('undefined'))()).toEqual(right(none));
    expect(calls()).toEqual({ ...noCalls, findDeviceByName: 2, authenticate: 3 });
    expect(await ports.sessions.findSession(501, token)()).toEqual(right(some(world.sessions[0])));
    expect(await ports.sessions.findSession(501, secret('tok'))()).toEqual(right(none));
    expect(await ports.sessions.findSession(999, token)()).toEqual(right(none));
    expect(calls()).toMatchObject({ findSession: 3, startSession: 0 });
  });

  it('knows nothing when its world is empty', async () => {
    const { ports } = inMemoryPorts({});
    expect(await ports.devices.findDeviceByName(device.name)()).toEqual(right(none));
    expect(await ports.users.authenticate(alice.username, secret('pw-alice'))()).toEqual(right(none));
    expect(await ports.sessions.findSession(501, token)()).toEqual(right(none));
  });

  it('keeps no password in the user that it gives', async () => {
    const { ports } = inMemoryPorts(world);
    const found = rightOf(await ports.users.authenticate(alice.username, secret('pw-alice'))());
    expect(isSome(found) && Object.keys(found.value)).not.toContain('password');
  });

  it('starts sessions that count on from the first', async () => {
    const { ports, calls } = inMemoryPorts({ ...world, firstSession: { id: 900, token: 'new-token' } });
    const started = [
      rightOf(await ports.sessions.startSession(alice)()),
      rightOf(await ports.sessions.startSession(alice)()),
    ];
    expect(started.map((session) => [session.id, session.token.reveal()])).toEqual([
      [900, 'new-token'],
      [901, '1-new-token'],
    ]);
    expect(await ports.sessions.findSession(901, secret('1-new-token'))()).toMatchObject(
      right(some({ id: 901, user: alice })),
    );
    expect(calls()).toEqual({ ...noCalls, findSession: 1, startSession: 2 });
  });

  it('starts sessions above those that are there', async () => {
    const { ports } = inMemoryPorts(world);
    expect(rightOf(await ports.sessions.startSession(alice)()).id).toBe(502);
    expect(await ports.sessions.findSession(501, token)()).toEqual(right(some(world.sessions[0])));
    expect(rightOf(await inMemoryPorts({}).ports.sessions.startSession(alice)()).id).toBe(1);
  });

  it('takes more devices, users and sessions, and ends sessions', async () => {
    const { ports, addDevice, addUser, addSession, endSession } = inMemoryPorts({});
    addDevice(device);
    addUser(user);
    addSession({ id: 7, token, user: alice });
    expect(await ports.devices.findDeviceByName(device.name)()).toEqual(right(some(device)));
    expect(await ports.users.authenticate(alice.username, secret('pw-alice'))()).toEqual(right(some(alice)));
    expect(await ports.sessions.findSession(7, token)()).toMatchObject(right(some({ id: 7 })));
    endSession(7);
    expect(await ports.sessions.findSession(7, token)()).toEqual(right(none));
  });

  it("ends a user's sessions, and nobody else's, when the user is replaced", async () => {
    const { ports, addUser, addSession } = inMemoryPorts(world);
    addSession({ id: 502, token, user: { ...alice, username: username('bob') } });
    addUser({ ...user, password: 'another' });
    expect(await ports.sessions.findSession(501, token)()).toEqual(right(none));
    expect(await ports.sessions.findSession(502, token)()).toMatchObject(right(some({ id: 502 })));
  });
});
