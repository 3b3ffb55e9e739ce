/** The three ports over plain data, for tests and trials: no password is hashed, and nothing outlives the process. */
import { right } from 'fp-ts/lib/Either.js';
import { fromNullable } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import {
  secret,
  type Device,
  type Ports,
  type SessionIdToken,
  type StoredSession,
  type User,
  type Username,
} from '../index.js';

/** A user and the password that `authenticate` must be given, in clear. */
export interface InMemoryUser extends User {
  readonly password: string;
}

/** What the ports know at the start. */
export interface World<D extends Device = Device> {
  readonly devices?: readonly D[];
  readonly users?: readonly InMemoryUser[];
  readonly sessions?: readonly StoredSession[];
  /**
   * The id and token of the first session to start; those after it count on. If left out, the id is above those of `sessions`,
   * and the token is at least 128 bits long.
   */
  readonly firstSession?: { readonly id: number; readonly token: string };
}

/** How often each port has been asked. */
export interface PortCalls {
  readonly findDeviceByName: number;
  readonly authenticate: number;
  readonly findSession: number;
  readonly startSession: number;
}

export interface InMemoryPorts<D extends Device = Device> {
  readonly ports: Required<Ports<never, D>>;
  /** The calls so far. */
  readonly calls: () => PortCalls;
  /** Adds a device, or replaces that of its name. */
  readonly addDevice: (device: D) => void;
  /** Adds a user, or replaces that of its name, whose sessions end then: the password may be another. */
  readonly addUser: (user: InMemoryUser) => void;
  /** Adds a session, or replaces that of its id. */
  readonly addSession: (session: StoredSession) => void;
  /** Ends a session, as when it expires. */
  readonly endSession: (id: number) => void;
}

const withoutPassword = ({ password: _, ...user }: InMemoryUser): User => user;

const answer =
  <A>(value: A): TaskEither<never, A> =>
  () =>
    Promise.resolve(right(value));

/**
 * Ports over plain data, which count their calls. They keep the promises of real ports, but for those of time and of
 * randomness: a token can be guessed.
 *
 * @example
 * import { secret } from 'camcops-tablet-session';
 * import { inMemoryPorts } from 'camcops-tablet-session/testing';
 *
 * const { ports, calls } = inMemoryPorts({});
 * await ports.sessions.findSession(1, secret('guess'))(); // right(none)
 * calls().findSession; // 1
 */
export const inMemoryPorts = <D extends Device = Device>(world: World<D>): InMemoryPorts<D> => {
  const ids = (world.sessions ?? []).map(({ id }) => id);
  const { firstSession = { id: Math.max(0, ...ids) + 1, token: 'in-memory-session-token' } } = world;
  // Stryker disable next-line ArrayDeclaration: no name finds a device that has none.
  const devices = new Map((world.devices ?? []).map((device) => [device.name, device]));
  // Stryker disable next-line ArrayDeclaration: no name finds a user who has none.
  const users = new Map<Username, InMemoryUser>((world.users ?? []).map((user) => [user.username, user]));
  const sessions = new Map((world.sessions ?? []).map((session) => [session.id, session]));
  const calls = { findDeviceByName: 0, authenticate: 0, findSession: 0, startSession: 0 };

  const startSession = (user: User): SessionIdToken => {
    const session: StoredSession = {
      id: firstSession.id + calls.startSession,
      token: secret((calls.startSession === 0 ? '' : `${String(calls.startSession)}-`) + firstSession.token),
      user,
    };
    calls.startSession += 1;
    sessions.set(session.id, session);
    return session;
  };

  return {
    calls: () => ({ ...calls }),
    addDevice: (device) => {
      devices.set(device.name, device);
    },
    addUser: (user) => {
      users.set(user.username, user);
      for (const session of [...sessions.values()]) {
        if (session.user.username === user.username) sessions.delete(session.id);
      }
    },
    addSession: (session) => {
      sessions.set(session.id, session);
    },
    endSession: (id) => {
      sessions.delete(id);
    },
    ports: {
      devices: {
        findDeviceByName: (name) => {
          calls.findDeviceByName += 1;
          return answer(fromNullable(devices.get(name)));
        },
      },
      users: {
        authenticate: (username, password) => {
          calls.authenticate += 1;
          const user = users.get(username);
          return answer(fromNullable(user?.password === password.reveal() ? withoutPassword(user) : undefined));
        },
      },
      sessions: {
        findSession: (id, token) => {
          calls.findSession += 1;
          const session = sessions.get(id);
          return answer(fromNullable(session?.token.reveal() === token.reveal() ? session : undefined));
        },
        startSession: (user) => answer(startSession(user)),
      },
    },
  };
};
