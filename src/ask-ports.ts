/** The four questions to a host's ports. Each answer is checked against the port's promise; no question rejects. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { askHost } from './ask-host.js';
import { fault, type Defect, type Fault } from './failures.js';
import { PositiveInteger } from './internal/codec.js';
import * as S from './internal/shape.js';
import { DeviceName, Username } from './names.js';
import type { Device, Ports, SessionIdToken, SessionStore, StoredSession, User } from './ports.js';
import { NonBlankSecret, type Secret } from './secret.js';

/** The answer of a port that keeps its promise. */
export type Answered<E, A> = Promise<Either<Fault<E> | Defect, A>>;

// The shapes that ports promise. A port that answers another shape must let nobody in.

const aNumber = S.shape('a number', Number.isFinite);
const aDeviceName = S.shape('a well-formed device name', DeviceName.is);
const membership = S.objectOf({ groupId: aNumber, mayUpload: S.aBoolean, mayRegisterDevices: S.aBoolean });
const user = S.objectOf({
  id: aNumber,
  username: S.shape('a well-formed username', Username.is),
  uploadGroupId: S.optionalOf(aNumber),
  superuser: S.aBoolean,
  memberships: S.arrayOf(membership),
  onlyDevice: S.maybe(aDeviceName),
});
const idAndToken = {
  id: S.shape('a whole number above 0', PositiveInteger.is),
  token: S.shape('a Secret that is not blank', NonBlankSecret.is),
};
const newSession = S.objectOf(idAndToken);
const optionalDevice = S.optionalOf(S.objectOf({ id: aNumber, name: S.aString }));
const optionalUser = S.optionalOf(user);
const optionalSession = S.optionalOf(S.objectOf({ ...idAndToken, user, device: S.maybe(S.optionalOf(aDeviceName)) }));

type Reader<A> = (answer: A) => Either<S.Problem, A>;

/** Checks the form of what a port found, and that it is what was asked for. */
const finding =
  <A>(check: S.Check, isAsked: (found: A) => Either<S.Problem, unknown>): Reader<Option<A>> =>
  (answer) => {
    const checked = check(answer);
    if (isLeft(checked) || isNone(answer)) return checked;
    const asked = isAsked(answer.value);
    return isLeft(asked) ? asked : checked;
  };

/** Refuses a part that differs from the one asked for. */
const sameAs = (part: string, isSame: boolean): Either<S.Problem, unknown> =>
  isSame ? right(undefined) : left({ field: part, rule: 'must be the one asked for, was another' });

const askPort = <E, A>(where: string, read: Reader<A>, call: () => TaskEither<E, A>): Answered<E, A> =>
  askHost(where, call, (failure: E) => right(fault(failure)), read);

/** Finds the device of this name. */
export const askForDevice = <E, D extends Device>(
  ports: Pick<Ports<E, D>, 'devices'>,
  name: DeviceName,
): Answered<E, Option<D>> =>
  askPort(
    'DeviceStore.findDeviceByName',
    finding(optionalDevice, (found) => sameAs('name', found.name === name)),
    () => ports.devices.findDeviceByName(name),
  );

/** Finds the user with this name and password. */
export const askForUser = <E, U extends User>(
  ports: Pick<Ports<E, Device, U>, 'users'>,
  username: Username,
  password: Secret,
): Answered<E, Option<U>> =>
  askPort(
    'UserAuthenticator.authenticate',
    finding(optionalUser, (found) => sameAs('username', found.username === username)),
    () => ports.users.authenticate(username, password),
  );

/** Finds the stored session of this id and token. A store that compares only ids would let in anyone who guesses an id. */
export const askForSession = <E, U extends User>(
  sessions: SessionStore<E, U>,
  id: number,
  token: Secret,
): Answered<E, Option<StoredSession<U>>> =>
  askPort(
    'SessionStore.findSession',
    finding(optionalSession, (found) =>
      found.id === id ? sameAs('token', found.token.reveal() === token.reveal()) : sameAs('id', false),
    ),
    () => sessions.findSession(id, token),
  );

/** Starts a new session of this user, from this device. */
export const askForNewSession = <E, U extends User>(
  sessions: SessionStore<E, U>,
  signedIn: U,
  device: Option<DeviceName>,
): Answered<E, SessionIdToken> =>
  askPort('SessionStore.startSession', newSession, () => sessions.startSession(signedIn, device));

/** Checks that every port can be called, whatever its type promises. */
export const askable: S.Check = S.objectOf({
  devices: S.objectOf({ findDeviceByName: S.aFunction }),
  users: S.objectOf({ authenticate: S.aFunction }),
  sessions: S.maybe(S.objectOf({ findSession: S.aFunction, startSession: S.aFunction })),
});
