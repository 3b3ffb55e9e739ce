/** Opens a session: finds the device and signs the user in, both at once. */
import { isLeft, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome, none, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { askable, askForDevice, type Answered } from './ask-ports.js';
import { defect, type Defect, type Fault } from './failures.js';
import { errorOf, objectOf } from './internal/shape.js';
import type { DeviceName } from './names.js';
import type { Device, Ports, User } from './ports.js';
import { failedMethod, signIn, type SignInMethod } from './sign-in.js';
import type { TabletRequest } from './tablet-request.js';
import { tabletSession, type TabletSession } from './tablet-session.js';

/** Finds the device that was named, if a name was sent. Never rejects. */
const findDevice = <E, D extends Device>(
  ports: Pick<Ports<E, D>, 'devices'>,
  deviceName: Option<DeviceName>,
): Answered<E, Option<D>> =>
  isNone(deviceName) ? Promise.resolve(right(none)) : askForDevice(ports, deviceName.value);

/** The opened session or the failure, and what is known in either case. */
export interface Opening<E, D extends Device, U extends User> {
  readonly signIn: SignInMethod;
  /** Holds a newly started session even if finding the device failed: the tablet could not resume that session otherwise. */
  readonly known: TabletSession<D, U>;
  readonly opened: Either<Fault<E> | Defect, TabletSession<D, U>>;
}

/** Opens a session: finds the device and signs the user in, both at once. Never rejects. */
export const openSession = async <E, D extends Device, U extends User>(
  ports: Ports<E, D, U>,
  request: TabletRequest,
): Promise<Opening<E, D, U>> => {
  const lookingUp = findDevice(ports, request.deviceName);
  const signedIn = await signIn(ports, request);
  const found = await lookingUp;
  const sessionOf = tabletSession(request);
  if (isLeft(signedIn)) {
    const known = sessionOf({ device: none, user: none, session: none });
    return { signIn: failedMethod(request), known, opened: signedIn };
  }
  const { method, user, session } = signedIn.right;
  const known = sessionOf({ device: isLeft(found) ? none : found.right, user, session });
  return { signIn: method, known, opened: isLeft(found) ? found : right(known) };
};

const portsError = errorOf('the ports', objectOf({ ports: askable }));

/**
 * Opens a session: finds the device and signs the user in, both at once. CamCOPS's `TabletSession(req)`. Fails only with a port's
 * fault or defect. An unknown device or user is no failure here: the gates refuse it where it matters. A stored session is resumed
 * only for its own user, without checking the password; otherwise username and password decide, and the right ones start a new
 * session.
 *
 * @example
 * import { defaultVersionPolicy, openTabletSession, parseTabletRequest, type Ports } from 'camcops-tablet-session';
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
    const error = portsError({ ports });
    if (isSome(error)) return left(defect('openTabletSession', error.value));
    return (await openSession(ports, request)).opened;
  };

/**
 * Finds the device again, after registering it for example. CamCOPS's `reload_device()`.
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
