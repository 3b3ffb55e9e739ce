/** The world of the recorded requests, from its JSON. */
import { fromNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { DeviceName, secret, Username } from 'camcops-tablet-session';
import { inMemoryPorts, type InMemoryPorts } from 'camcops-tablet-session/testing';
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

/** Devices, users and sessions as plain data; `newSession` is the first that `startSession` gives. */
export type World = t.TypeOf<typeof World>;

export const worldFromJson = (json: string): World => decoded(World, JSON.parse(json));

export const portsOf = (world: World): InMemoryPorts => {
  const users = world.users.map((user) => ({ ...user, uploadGroupId: fromNullable(user.uploadGroupId) }));
  return inMemoryPorts({
    devices: world.devices,
    users,
    sessions: world.sessions.flatMap(({ id, token, username }) =>
      users.filter((user) => user.username === username).map((user) => ({ id, token: secret(token), user })),
    ),
    firstSession: world.newSession,
  });
};
