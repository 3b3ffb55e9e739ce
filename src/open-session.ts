/** Opening a session: the device is looked up and the user signed in, side by side. */
import { isLeft, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, none, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { askable, askForDevice, type Answered } from './ask-ports.js';
import { defect, type Defect, type Fault } from './failures.js';
import { objectOf, wordsOf } from './internal/shape.js';
import type { DeviceName } from './names.js';
import type { Device, Ports, User } from './ports.js';
import { failedMethod, signIn, type SignInMethod } from './sign-in.js';
import type { TabletRequest } from './tablet-request.js';
import { tabletSession, type TabletSession } from './tablet-session.js';

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
