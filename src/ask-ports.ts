/** The four questions to a host, each held to what its port promises. Each rejects if the port breaks its promise. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ask } from './internal/ask-host.js';
import { FiniteNumber, isNoneOr, optionOf, PositiveInteger } from './internal/codec.js';
import { DeviceName, Username } from './names.js';
import type { Device, Ports, SessionIdToken, SessionStore, StoredSession, User } from './ports.js';
import { NonBlankSecret, type Secret } from './secret.js';

// The shapes that ports promise. A port that answers another shape must let nobody in.
const DeviceShape = t.type({ id: FiniteNumber, name: DeviceName });
const UserShape = t.type({
  id: FiniteNumber,
  username: Username,
  uploadGroupId: optionOf(FiniteNumber),
  superuser: t.boolean,
  memberships: t.readonlyArray(t.type({ groupId: FiniteNumber, mayUpload: t.boolean, mayRegisterDevices: t.boolean })),
});
const SessionShape = t.type({ id: PositiveInteger, token: NonBlankSecret });
const StoredSessionShape = t.intersection([SessionShape, t.type({ user: UserShape })]);

/** The device of this name. */
export const askForDevice = <E, D extends Device>(
  ports: Pick<Ports<E, D>, 'devices'>,
  name: DeviceName,
): Promise<Either<E, Option<D>>> =>
  ask(
    'DeviceStore.findDeviceByName',
    isNoneOr(DeviceShape, (device) => device.name === name),
    () => ports.devices.findDeviceByName(name),
  );

/** The user of this name and password. */
export const askForUser = <E>(
  ports: Pick<Ports<E>, 'users'>,
  username: Username,
  password: Secret,
): Promise<Either<E, Option<User>>> =>
  ask(
    'UserAuthenticator.authenticate',
    isNoneOr(UserShape, (user) => user.username === username),
    () => ports.users.authenticate(username, password),
  );

/** The stored session of this id and token. A store that looked at the id alone would let in whoever guesses one. */
export const askForSession = <E>(
  sessions: SessionStore<E>,
  id: number,
  token: Secret,
): Promise<Either<E, Option<StoredSession>>> =>
  ask(
    'SessionStore.findSession',
    isNoneOr(StoredSessionShape, (session) => session.id === id && session.token.reveal() === token.reveal()),
    () => sessions.findSession(id, token),
  );

/** A new session of this user. */
export const askForNewSession = <E>(sessions: SessionStore<E>, user: User): Promise<Either<E, SessionIdToken>> =>
  ask('SessionStore.startSession', SessionShape.is, () => sessions.startSession(user));
