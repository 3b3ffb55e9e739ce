/** The world of the recorded requests, from its JSON. */
import * as t from 'io-ts';

import { inMemoryPorts, type InMemoryPorts } from 'camcops-tablet-session/testing';
import { decoded } from './decoded.js';

const World = t.type({
  devices: t.array(t.type({ id: t.number, name: t.string })),
  users: t.array(
    t.type({
      id: t.number,
      username: t.string,
      password: t.string,
      uploadGroupId: t.union([t.number, t.null]),
      superuser: t.boolean,
      memberships: t.array(t.type({ groupId: t.number, mayUpload: t.boolean, mayRegisterDevices: t.boolean })),
    }),
  ),
  sessions: t.array(t.type({ id: t.number, token: t.string, username: t.string })),
  newSession: t.type({ id: t.number, token: t.string }),
});

/** Devices, users and sessions as plain data; `newSession` is the first that `startSession` gives. */
export type World = t.TypeOf<typeof World>;

export const worldFromJson = (json: string): World => decoded(World, JSON.parse(json));

export const portsOf = ({ newSession, ...world }: World): InMemoryPorts =>
  inMemoryPorts({ ...world, firstSession: newSession });
