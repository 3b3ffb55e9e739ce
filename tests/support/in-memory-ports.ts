/** The three ports over plain data, for tests and the demo. It counts what it is asked. */
import { right } from 'fp-ts/lib/Either.js';
import { fromNullable, map as mapOption, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import {
  DeviceName,
  secret,
  Username,
  type Device,
  type Ports,
  type SessionIdToken,
  type StoredSession,
  type User,
} from '../../src/index.js';
import { decoded } from './decoded.js';

const World = t.type({
  devices: t.array(t.type({ id: t.number, name: DeviceName })),
  users: t.array(
    t.type({
      id: t.number,
      username: Username,
      password: t.string,
      uploadGroupId: t.union([t.number, t.null]),
      superuser: t.boolean,
      memberships: t.array(t.type({ groupId: t.number, mayUpload: t.boolean, mayRegisterDevices: t.boolean })),
    }),
  ),
  sessions: t.array(t.type({ id: t.number, token: t.string, username: Username })),
  newSession: t.type({ id: t.number, token: t.string }),
});

/** Devices, users and sessions as data; `newSession` is the first that `startSession` gives, and the next ids count on. */
export type World = t.TypeOf<typeof World>;

export const worldFromJson = (json: string): World => decoded(World, JSON.parse(json));

export interface Calls {
  readonly findDeviceByName: number;
  readonly authenticate: number;
  readonly findSession: number;
  readonly startSession: number;
}

export interface InMemoryPorts {
  readonly ports: Required<Ports<never>>;
  readonly calls: () => Calls;
  readonly addDevice: (name: DeviceName) => Device;
}

export const inMemoryPorts = (world: World): InMemoryPorts => {
  const devices = new Map<DeviceName, Device>(world.devices.map((device) => [device.name, device]));
  const users = world.users.map(({ password, uploadGroupId, ...user }) => ({
    password,
    user: { ...user, uploadGroupId: fromNullable(uploadGroupId) },
  }));
  const userNamed = (username: Username): Option<User> =>
    mapOption(({ user }: (typeof users)[number]) => user)(
      fromNullable(users.find(({ user }) => user.username === username)),
    );
  const sessions: StoredSession[] = world.sessions.flatMap(({ id, token, username }) => {
    const user = userNamed(username);
    return user._tag === 'Some' ? [{ id, token: secret(token), user: user.value }] : [];
  });
  const calls = { findDeviceByName: 0, authenticate: 0, findSession: 0, startSession: 0 };
  let started = 0;

  return {
    calls: () => ({ ...calls }),
    addDevice: (name) => {
      const device = { id: Math.max(0, ...[...devices.values()].map(({ id }) => id)) + 1, name };
      devices.set(name, device);
      return device;
    },
    ports: {
      devices: {
        findDeviceByName: (name) => () => {
          calls.findDeviceByName += 1;
          return Promise.resolve(right(fromNullable(devices.get(name))));
        },
      },
      users: {
        authenticate: (username, password) => () => {
          calls.authenticate += 1;
          const known = users.find(({ user }) => user.username === username);
          return Promise.resolve(right(fromNullable(known?.password === password.reveal() ? known.user : undefined)));
        },
      },
      sessions: {
        findSession: (id, token) => () => {
          calls.findSession += 1;
          const found = sessions.find((session) => session.id === id && session.token.reveal() === token.reveal());
          return Promise.resolve(right(fromNullable(found)));
        },
        startSession: (user) => () => {
          calls.startSession += 1;
          const suffix = started === 0 ? '' : `-${String(started)}`;
          const session: SessionIdToken = {
            id: world.newSession.id + started,
            token: secret(world.newSession.token + suffix),
          };
          started += 1;
          sessions.push({ ...session, user });
          return Promise.resolve(right(session));
        },
      },
    },
  };
};
