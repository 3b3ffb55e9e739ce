/** The tablet session: its model, opening one, reading one. */
import { isLeft, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome, map as mapOption, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { askable, askForDevice, type Answered } from './ask-ports.js';
import type { ClientVersion } from './client-version.js';
import { defect, type Defect, type Fault } from './failures.js';
import { objectOf, wordsOf } from './internal/shape.js';
import type { DeviceName, OperationName, Username } from './names.js';
import type { Device, Ports, User } from './ports.js';
import type { Secret } from './secret.js';
import { failedMethod, signIn, type SignIn, type SignInMethod } from './sign-in.js';
import type { TabletRequest } from './tablet-request.js';

// Model

/** What a tablet asked, and what the ports answered. It never holds the password. CamCOPS's `TabletSession`. */
export interface TabletSession<D extends Device = Device, U extends User = User> {
  readonly operation: Option<OperationName>;
  readonly deviceName: Option<DeviceName>;
  readonly username: Option<Username>;
  readonly clientVersion: ClientVersion;
  /** The id and token for the tablet to repeat: those that it sent only if they were right. */
  readonly sessionId: Option<number>;
  readonly sessionToken: Option<Secret>;
  readonly device: Option<D>;
  /** The user who is signed in. */
  readonly user: Option<U>;
}

/** What was looked up for a request: its device, who is signed in, and the session that they may resume. */
export interface LookedUp<D extends Device = Device, U extends User = User> extends SignIn<U> {
  readonly device: Option<D>;
}

// Opening

/**
 * Makes a session from what a host has looked up itself: no port is asked. The host must then do what {@link openTabletSession}
 * does: decide who is signed in.
 *
 * @example
 * import { defaultVersionPolicy, deviceId, parseTabletRequest, tabletSession } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import * as E from 'fp-ts/lib/Either.js';
 * import * as O from 'fp-ts/lib/Option.js';
 *
 * const { device } = admissionTo('end_upload', { device: { id: 7, name: 'tablet-1' } });
 * const fields = { camcops_version: '2.4.24', device: 'tablet-1' };
 * const request = parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields });
 * const sessionOf = E.map((asked: Parameters<typeof tabletSession>[0]) =>
 *   deviceId(tabletSession(asked)({ device: O.some(device), user: O.none, session: O.none })),
 * );
 * sessionOf(request); // right(some(7))
 */
export const tabletSession =
  (request: TabletRequest) =>
  <D extends Device, U extends User = User>({ device, user, session }: LookedUp<D, U>): TabletSession<D, U> => ({
    operation: request.operation,
    deviceName: request.deviceName,
    username: request.username,
    clientVersion: request.clientVersion,
    sessionId: isSome(session) ? some(session.value.id) : none,
    sessionToken: isSome(session) ? some(session.value.token) : none,
    device,
    user,
  });

/** The device that was named, if there is one. It never rejects. */
const findDevice = <E, D extends Device>(
  ports: Pick<Ports<E, D>, 'devices'>,
  deviceName: Option<DeviceName>,
): Answered<E, Option<D>> =>
  isNone(deviceName) ? Promise.resolve(right(none)) : askForDevice(ports, deviceName.value);

/** A session that was opened, or why that failed; and what is known even then. */
export interface Opening<E, D extends Device, U extends User> {
  readonly signIn: SignInMethod;
  /** Names a session that was started even if the device could not be looked up: the tablet could not resume it otherwise. */
  readonly known: TabletSession<D, U>;
  readonly opened: Either<Fault<E> | Defect, TabletSession<D, U>>;
}

/** Opens a session: looks up the device and signs in, side by side. It never rejects. */
export const openSession = async <E, D extends Device, U extends User>(
  ports: Ports<E, D, U>,
  request: TabletRequest,
): Promise<Opening<E, D, U>> => {
  const lookingUp = findDevice(ports, request.deviceName);
  const signedIn = await signIn(ports, request);
  const found = await lookingUp;
  const sessionOf = tabletSession(request);
  if (isLeft(signedIn)) {
    return {
      signIn: failedMethod(request),
      known: sessionOf({ device: none, user: none, session: none }),
      opened: signedIn,
    };
  }
  const { method, user, session } = signedIn.right;
  const known = sessionOf({ device: isLeft(found) ? none : found.right, user, session });
  return { signIn: method, known, opened: isLeft(found) ? found : right(known) };
};

const hasPorts = objectOf({ ports: askable });
const inWords = wordsOf('the ports');

/**
 * Opens a session: finds the device and signs the user in, side by side. CamCOPS's `TabletSession(req)`. An unknown device, or
 * nobody signed in, is not a failure here: the gates refuse when it matters. It fails only with a port's fault or defect. A stored
 * session is resumed only for its own user, whose password is not checked then; otherwise username and password decide, and right
 * ones start a new session.
 *
 * @example
 * import { defaultVersionPolicy, openTabletSession, parseTabletRequest, type Ports } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 * import * as O from 'fp-ts/lib/Option.js';
 * import * as TE from 'fp-ts/lib/TaskEither.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const fields = 'camcops_version=2.4.24&device=tablet-1';
 * const deviceBy = (findDeviceByName: Ports<string>['devices']['findDeviceByName']) =>
 *   pipe(
 *     parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields: new URLSearchParams(fields) }),
 *     TE.fromEither,
 *     TE.flatMap(openTabletSession({ devices: { findDeviceByName }, users: { authenticate: () => TE.of(O.none) } })),
 *     TE.map(({ device }) => device),
 *   )();
 * await deviceBy((name) => TE.of(O.some({ id: 7, name }))); // right(some({ id: 7, name: 'tablet-1' }))
 * await deviceBy(() => TE.left('the database is down')); // left({ code: 'fault', cause: 'the database is down' })
 */
export const openTabletSession =
  <E, D extends Device, U extends User = User>(ports: Ports<E, D, U>) =>
  (request: TabletRequest): TaskEither<Fault<E> | Defect, TabletSession<D, U>> =>
  async () => {
    const broken = (cause: unknown) => left(defect('openTabletSession', cause));
    try {
      const checked = hasPorts({ ports });
      if (isLeft(checked)) return broken(new TypeError(inWords(checked.left)));
    } catch (thrown) {
      return broken(thrown);
    }
    return (await openSession(ports, request)).opened;
  };

/**
 * Looks the device up again, as after registering it. CamCOPS's `reload_device()`.
 *
 * @example
 * import { deviceId, reloadDevice } from 'camcops-tablet-session';
 * import { admissionTo, inMemoryPorts } from 'camcops-tablet-session/testing';
 * import { map } from 'fp-ts/lib/TaskEither.js';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const { ports } = inMemoryPorts({ devices: [{ id: 7, name: 'tablet-1' }] });
 * const { session } = admissionTo('register');
 * await map(deviceId)(reloadDevice(ports)({ ...session, device: none }))(); // right(some(7))
 */
export const reloadDevice =
  <E, D extends Device>(ports: Pick<Ports<E, D>, 'devices'>) =>
  <U extends User>(session: TabletSession<D, U>): TaskEither<Fault<E> | Defect, TabletSession<D, U>> =>
  () =>
    findDevice(ports, session.deviceName).then(mapRight((device) => ({ ...session, device })));

/**
 * The session with another id (a whole number above 0) and token. CamCOPS's `set_session_id_token()`.
 *
 * @example
 * import { secret, setSessionIdToken } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 *
 * const { session } = admissionTo('register');
 * setSessionIdToken(8, secret('8f3a'))(session).sessionId; // some(8)
 */
export const setSessionIdToken =
  (id: number, token: Secret) =>
  <D extends Device, U extends User = User>(session: TabletSession<D, U>): TabletSession<D, U> => ({
    ...session,
    sessionId: some(id),
    sessionToken: some(token),
  });

// Reading

/**
 * The device's number, if it has registered. CamCOPS's `device_id`.
 *
 * @example
 * import { deviceId } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const { session } = admissionTo('end_upload', { device: { id: 7, name: 'tablet-1' } });
 * deviceId(session); // some(7)
 * deviceId({ ...session, device: none }); // none
 */
export const deviceId = ({ device }: Pick<TabletSession, 'device'>): Option<number> =>
  mapOption((found: Device) => found.id)(device);

/**
 * The user's number, if one is signed in. CamCOPS's `user_id`.
 *
 * @example
 * import { userId } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const { session } = admissionTo('end_upload', { user: { id: 4 } });
 * userId(session); // some(4)
 * userId({ ...session, user: none }); // none
 */
export const userId = ({ user }: Pick<TabletSession, 'user'>): Option<number> =>
  mapOption((found: User) => found.id)(user);

/**
 * CamCOPS's `is_device_registered()`.
 *
 * @example
 * import { isDeviceRegistered } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const { session } = admissionTo('end_upload');
 * isDeviceRegistered(session); // true
 * isDeviceRegistered({ ...session, device: none }); // false
 */
export const isDeviceRegistered = ({ device }: Pick<TabletSession, 'device'>): boolean => isSome(device);
