/** The four questions to a host, each held to what its port promises. None rejects. */
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js';
import { isSome, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { defect, fault, type Defect, type Fault } from './failures.js';
import { askWith } from './internal/ask-host.js';
import { PositiveInteger } from './internal/codec.js';
import { aFunction, arrayOf, maybe, objectOf, optionalOf, shape, type Check } from './internal/shape.js';
import { Username, type DeviceName } from './names.js';
import type { Device, Ports, SessionIdToken, SessionStore, StoredSession, User } from './ports.js';
import { Secret } from './secret.js';

/** What a port answers, if it keeps its promise. */
export type Answered<E, A> = Promise<Either<Fault<E> | Defect, A>>;

const askPort = <E, A>(
  where: string,
  check: (answer: A) => string | undefined,
  call: () => TaskEither<E, A>,
): Answered<E, A> =>
  askWith<E, A, Either<Fault<E> | Defect, A>>(
    where,
    (answer) => (isLeft(answer) ? undefined : check(answer.right)),
    call,
    (answer) => (isLeft(answer) ? left(fault(answer.left)) : answer),
    (cause) => left(defect(where, cause)),
  );

// The shapes that ports promise. A port that answers another shape must let nobody in.

const aNumber = shape('a number', Number.isFinite);
const aBoolean = shape('a boolean', (value) => typeof value === 'boolean');
const aString = shape('a string', (value) => typeof value === 'string');
const membership = objectOf({ groupId: aNumber, mayUpload: aBoolean, mayRegisterDevices: aBoolean });
const device = objectOf({ id: aNumber, name: aString });
const user = objectOf({
  id: aNumber,
  username: shape('a well-formed username', Username.is),
  uploadGroupId: optionalOf(aNumber),
  superuser: aBoolean,
  memberships: arrayOf(membership),
});
const idAndToken = {
  id: shape('a whole number above 0', PositiveInteger.is),
  token: shape('a Secret that is not blank', (value) => Secret.is(value) && value.reveal() !== ''),
};
const newSession = objectOf(idAndToken);
const optionalDevice = optionalOf(device);
const optionalUser = optionalOf(user);
const optionalSession = optionalOf(objectOf({ ...idAndToken, user }));

const anotherThanAskedFor = (part: string): string => `${part} must be the one that was asked for, was another`;

/** The device of this name. */
export const askForDevice = <E, D extends Device>(
  ports: Pick<Ports<E, D>, 'devices'>,
  name: DeviceName,
): Answered<E, Option<D>> =>
  askPort(
    'DeviceStore.findDeviceByName',
    (found) =>
      optionalDevice(found) ?? (isSome(found) && found.value.name !== name ? anotherThanAskedFor('name') : undefined),
    () => ports.devices.findDeviceByName(name),
  );

/** The user of this name and password. */
export const askForUser = <E, U extends User>(
  ports: Pick<Ports<E, Device, U>, 'users'>,
  username: Username,
  password: Secret,
): Answered<E, Option<U>> =>
  askPort(
    'UserAuthenticator.authenticate',
    (found) =>
      optionalUser(found) ??
      (isSome(found) && found.value.username !== username ? anotherThanAskedFor('username') : undefined),
    () => ports.users.authenticate(username, password),
  );

/** The stored session of this id and token. A store that compared ids alone would let in whoever guesses one. */
export const askForSession = <E, U extends User>(
  sessions: SessionStore<E, U>,
  id: number,
  token: Secret,
): Answered<E, Option<StoredSession<U>>> =>
  askPort(
    'SessionStore.findSession',
    (found) => {
      const problem = optionalSession(found);
      if (problem !== undefined || !isSome(found)) return problem;
      if (found.value.id !== id) return anotherThanAskedFor('id');
      return found.value.token.reveal() === token.reveal() ? undefined : anotherThanAskedFor('token');
    },
    () => sessions.findSession(id, token),
  );

/** A new session of this user. */
export const askForNewSession = <E, U extends User>(
  sessions: SessionStore<E, U>,
  signedIn: U,
): Answered<E, SessionIdToken> =>
  askPort('SessionStore.startSession', newSession, () => sessions.startSession(signedIn));

/** Whether ports can be asked at all, whatever their types promised. */
export const askable: Check = objectOf({
  devices: objectOf({ findDeviceByName: aFunction }),
  users: objectOf({ authenticate: aFunction }),
  sessions: maybe(objectOf({ findSession: aFunction, startSession: aFunction })),
});
