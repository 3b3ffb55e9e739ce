/** The world of the recorded requests for both servers, each with every operation but the two that the package answers. */
import { right } from 'fp-ts/lib/Either.js';

import { DeviceName, secret, Username, type Handlers, type SessionIdToken, type User } from 'camcops-tablet-session';
import { modelOperations } from '../../proof/model.js';
import { decoded } from '../../support/decoded.js';
import { portsOf, type World } from '../../support/world.js';
import type { PlainPorts, PlainServer } from './serve-hand-written.js';
import type { Version } from './version.js';

/** All but those that the package answers. */
const operations = modelOperations.filter((operation) => !operation.startsWith('check_'));

const handlers: Handlers<never> = Object.fromEntries(
  operations.map((operation) => [operation, () => () => Promise.resolve(right(undefined))] as const),
);

export const serverOf = (world: World) => ({ ports: portsOf(world).ports, handlers });

const plainPorts = (world: World): PlainPorts => {
  const devices = new Map(world.devices.map(({ id, name }) => [name, { id, name: decoded(DeviceName, name) }]));
  const users = new Map(
    world.users.map(({ username, password, uploadGroupId, ...data }) => {
      const group =
        uploadGroupId === null ? { _tag: 'None' as const } : { _tag: 'Some' as const, value: uploadGroupId };
      const user: User = { ...data, username: decoded(Username, username), uploadGroupId: group };
      return [username, { user, password }];
    }),
  );
  const sessions = new Map<number, SessionIdToken & { readonly user: User }>();
  for (const { id, token, username } of world.sessions) {
    const user = users.get(username)?.user;
    if (user !== undefined) sessions.set(id, { id, token: secret(token), user });
  }
  return {
    findDeviceByName: (name) => Promise.resolve(devices.get(name)),
    authenticate: (username, password) => {
      const known = users.get(username);
      return Promise.resolve(known?.password === password.reveal() ? known.user : undefined);
    },
    findSession: (id, token) => {
      const session = sessions.get(id);
      return Promise.resolve(session?.token.reveal() === token.reveal() ? session : undefined);
    },
    startSession: () => Promise.resolve({ id: world.newSession.id, token: secret(world.newSession.token) }),
  };
};

export const plainServerOf = (world: World, minimum: Version): PlainServer => ({
  ports: plainPorts(world),
  handlers: Object.fromEntries(operations.map((operation) => [operation, () => Promise.resolve(undefined)])),
  minimum,
});
