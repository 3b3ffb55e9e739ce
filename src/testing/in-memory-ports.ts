/** The three ports over plain data, for tests and trials: no password is hashed, and nothing outlives the process. */
import { right } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import {
  DeviceName,
  secret,
  Username,
  type Device,
  type Membership,
  type Ports,
  type SessionIdToken,
  type StoredSession,
  type User,
} from '../index.js';

/** A registered device. Its `id` is its place in the list, from 1, if left out. */
export interface InMemoryDevice {
  readonly id?: number;
  readonly name: string;
}

/** A user, and the password that `authenticate` must be given, in clear. */
export interface InMemoryUser {
  /** The user's place in the list, from 1, if left out. */
  readonly id?: number;
  readonly username: string;
  readonly password: string;
  /** 1 if left out; `null` for none. */
  readonly uploadGroupId?: number | null;
  /** `false` if left out. */
  readonly superuser?: boolean;
  /** If left out, the user may upload and register devices in the upload group. */
  readonly memberships?: readonly Membership[];
  /** The one device that the user may act from; any if left out. */
  readonly onlyDevice?: string;
}

/** A session to resume. A session of an unknown user is dropped. */
export interface InMemorySession {
  readonly id: number;
  readonly token: string;
  readonly username: string;
  /** The one device that may resume it; any if left out. */
  readonly device?: string;
}

/** A device, with what the host has added. */
export type DeviceOf<D> = Device & Omit<D, keyof InMemoryDevice>;

/** What the ports know at the start. Entries with a malformed name are dropped, because no tablet can send that name. */
export interface World<D = InMemoryDevice> {
  readonly devices?: readonly (InMemoryDevice & D)[];
  readonly users?: readonly InMemoryUser[];
  readonly sessions?: readonly InMemorySession[];
  /**
   * The id and token of the first session to start; later sessions count on from there. If left out, the id is above those of `sessions`,
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

/** Ports over plain data, and what changes in the world they know. */
export interface InMemoryPorts<D = InMemoryDevice> {
  readonly ports: Required<Ports<never, DeviceOf<D>>>;
  /** The calls so far. */
  readonly calls: () => PortCalls;
  /** Adds a device, or replaces the device of the same name. */
  readonly addDevice: (device: InMemoryDevice & Omit<D, keyof InMemoryDevice>) => void;
  /** Adds a user, or replaces the user of the same name, whose sessions then end because the password may differ. */
  readonly addUser: (user: InMemoryUser) => void;
  /** Adds a session, or replaces the session of the same id. */
  readonly addSession: (session: InMemorySession) => void;
  /** Ends a session, as if it had expired. */
  readonly endSession: (id: number) => void;
}

const answer =
  <A>(value: A): TaskEither<never, A> =>
  () =>
    Promise.resolve(right(value));

const isNameOrAbsent = (name: string | undefined): name is DeviceName | undefined =>
  name === undefined || DeviceName.is(name);

const found = <A>(value: A | undefined): TaskEither<never, Option<A>> =>
  answer(value === undefined ? none : some(value));

/**
 * Returns ports over plain data, which count their calls. They keep the promises of real ports, except those of time and randomness: a
 * token can be guessed.
 *
 * @example
 * import { handleTabletRequest } from 'camcops-tablet-session';
 * import { inMemoryPorts } from 'camcops-tablet-session/testing';
 *
 * const { ports, calls } = inMemoryPorts({
 *   devices: [{ name: 'tablet-1' }],
 *   users: [{ username: 'nurse', password: 'pw' }],
 * });
 * const ask = (password: string) =>
 *   handleTabletRequest({ ports, handlers: {} })({
 *     method: 'POST',
 *     fields: { camcops_version: '2.4.24', device: 'tablet-1', operation: 'check_upload_user_and_device', user: 'nurse', password },
 *   })();
 * (await ask('pw')).outcome.result; // { code: 'served' }
 * (await ask('guess')).outcome.result; // { code: 'invalid-credentials' }
 * calls().authenticate; // 2
 */
export const inMemoryPorts = <D = InMemoryDevice>(world: World<D>): InMemoryPorts<D> => {
  const devices = new Map<string, DeviceOf<D>>();
  const users = new Map<string, { readonly user: User; readonly password: string }>();
  const sessions = new Map<number, StoredSession>();
  const calls = { findDeviceByName: 0, authenticate: 0, findSession: 0, startSession: 0 };

  const addDevice = (device: InMemoryDevice & Omit<D, keyof InMemoryDevice>): void => {
    const { name, id = devices.get(name)?.id ?? devices.size + 1 } = device;
    if (DeviceName.is(name)) devices.set(name, { ...device, id, name });
  };
  const addUser = (added: InMemoryUser): void => {
    const { username, password, id = users.get(username)?.user.id ?? users.size + 1, uploadGroupId = 1 } = added;
    const { onlyDevice } = added;
    if (!Username.is(username) || !isNameOrAbsent(onlyDevice)) return;
    const group = uploadGroupId === null ? [] : [{ groupId: uploadGroupId, mayUpload: true, mayRegisterDevices: true }];
    const { superuser = false, memberships = group } = added;
    const rights = { id, username, uploadGroupId: fromNullable(uploadGroupId), superuser, memberships };
    users.set(username, { password, user: onlyDevice === undefined ? rights : { ...rights, onlyDevice } });
    for (const session of [...sessions.values()]) {
      if (session.user.username === username) sessions.delete(session.id);
    }
  };
  const addSession = ({ id, token, username, device }: InMemorySession): void => {
    const known = users.get(username);
    if (known === undefined || !isNameOrAbsent(device)) return;
    sessions.set(id, { id, token: secret(token), user: known.user, device: fromNullable(device) });
  };
  const { sessions: someSessions = [] } = world;
  world.devices?.forEach(addDevice);
  world.users?.forEach(addUser);
  someSessions.forEach(addSession);

  const highest = someSessions.reduce((most, { id }) => Math.max(most, id), 0);
  const { firstSession = { id: highest + 1, token: 'in-memory-session-token' } } = world;
  const startSession = (user: User, device: Option<DeviceName>): SessionIdToken => {
    const count = calls.startSession;
    calls.startSession += 1;
    const token = secret((count === 0 ? '' : `${String(count)}-`) + firstSession.token);
    const session = { id: firstSession.id + count, token, user, device };
    sessions.set(session.id, session);
    return session;
  };

  return {
    calls: () => ({ ...calls }),
    addDevice,
    addUser,
    addSession,
    endSession: (id) => {
      sessions.delete(id);
    },
    ports: {
      devices: {
        findDeviceByName: (name) => {
          calls.findDeviceByName += 1;
          return found(devices.get(name));
        },
      },
      users: {
        authenticate: (username, password) => {
          calls.authenticate += 1;
          const known = users.get(username);
          return found(known?.password === password.reveal() ? known.user : undefined);
        },
      },
      sessions: {
        findSession: (id, token) => {
          calls.findSession += 1;
          const session = sessions.get(id);
          return found(session?.token.reveal() === token.reveal() ? session : undefined);
        },
        startSession: (user, device) => answer(startSession(user, device)),
      },
    },
  };
};
