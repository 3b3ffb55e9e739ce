/** The tablet session: opening one, reading it, and the gates that guard operations. */
import { isLeft, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome, map as mapOption, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';

import { ask } from './ask-host.js';
import type { ClientVersion } from './client-version.js';
import { FiniteNumber, isNoneOr } from './codec.js';
import { DeviceName, type OperationName, type Username } from './names.js';
import { mayRegisterDevices, mayUpload } from './permissions.js';
import type { Device, Ports, User } from './ports.js';
import type { Secret } from './secret.js';
import { signIn, type SignIn } from './sign-in.js';
import type { TabletRequest } from './tablet-request.js';
import {
  invalidCredentials,
  notAuthorizedToRegisterDevices,
  notAuthorizedToUpload,
  noUploadGroup,
  unregisteredDevice,
  type UserError,
} from './user-error.js';

// Model

/** What a tablet asked, and what the ports answered. Immutable, and without the password. CamCOPS's `TabletSession`. */
export interface TabletSession<D extends Device = Device> {
  readonly operation: Option<OperationName>;
  readonly deviceName: Option<DeviceName>;
  readonly username: Option<Username>;
  readonly clientVersion: ClientVersion;
  /** The id and token for the tablet to repeat; not those that it sent, unless they were right. */
  readonly sessionId: Option<number>;
  readonly sessionToken: Option<Secret>;
  readonly device: Option<D>;
  /** The user who is signed in. */
  readonly user: Option<User>;
}

/** What has been looked up for a request: its device, who is signed in, and the session that they may resume. */
export interface Found<D extends Device = Device> extends SignIn {
  readonly device: Option<D>;
}

// Opening

/**
 * A session from what a host has looked up by itself: no port, no promise. The host answers for what {@link openTabletSession}
 * would see to: who is signed in, by the rules of DESIGN.md, section 7.
 */
export const tabletSession =
  (request: TabletRequest) =>
  <D extends Device>({ device, user, session }: Found<D>): TabletSession<D> => ({
    operation: request.operation,
    deviceName: request.deviceName,
    username: request.username,
    clientVersion: request.clientVersion,
    sessionId: isSome(session) ? some(session.value.id) : none,
    sessionToken: isSome(session) ? some(session.value.token) : none,
    device,
    user,
  });

const DeviceShape = t.type({ id: FiniteNumber, name: DeviceName });

const isDeviceNamed = (name: DeviceName) => isNoneOr(DeviceShape, (device) => device.name === name);

const findDevice = <E, D extends Device>(
  ports: Pick<Ports<E, D>, 'devices'>,
  deviceName: Option<DeviceName>,
): Promise<Either<E, Option<D>>> =>
  isNone(deviceName)
    ? Promise.resolve(right(none))
    : ask('DeviceStore.findDeviceByName', isDeviceNamed(deviceName.value), () =>
        ports.devices.findDeviceByName(deviceName.value),
      ).catch(left);

/** Both look-ups of a request, side by side; each may be at fault, and neither rejects. */
export const lookUp = async <E, D extends Device>(
  ports: Ports<E, D>,
  request: TabletRequest,
): Promise<{ device: Either<E, Option<D>>; signedIn: Either<E, SignIn> }> => {
  const device = findDevice(ports, request.deviceName);
  const signedIn = await signIn(ports)(request);
  return { device: await device, signedIn };
};

const open = async <E, D extends Device>(
  ports: Ports<E, D>,
  request: TabletRequest,
): Promise<Either<E, TabletSession<D>>> => {
  const { device, signedIn } = await lookUp(ports, request);
  if (isLeft(signedIn)) return signedIn;
  if (isLeft(device)) return device;
  return right(tabletSession(request)({ device: device.right, ...signedIn.right }));
};

/**
 * Opens a session: finds the device and signs the user in, side by side (DESIGN.md, section 7). CamCOPS's `TabletSession(req)`.
 * That there is no such device, or that nobody is signed in, is no failure here: the gates say so when it matters. It fails
 * only with a port's fault.
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
 *     E.mapLeft(({ code }): string => code),
 *     TE.fromEither,
 *     TE.flatMap(openTabletSession({ devices: { findDeviceByName }, users: { authenticate: () => TE.of(O.none) } })),
 *     TE.map(({ device }) => device),
 *   )();
 * await deviceBy((name) => TE.of(O.some({ id: 7, name }))); // right(some({ id: 7, name: 'tablet-1' }))
 * await deviceBy(() => TE.left('the database is down')); // left('the database is down')
 */
export const openTabletSession =
  <E, D extends Device>(ports: Ports<E, D>) =>
  (request: TabletRequest): TaskEither<E, TabletSession<D>> =>
  () =>
    open(ports, request).catch(left);

/** Looks the device up once more, as after registering it. CamCOPS's `reload_device()`. */
export const reloadDevice =
  <E, D extends Device>(ports: Pick<Ports<E, D>, 'devices'>) =>
  (session: TabletSession<D>): TaskEither<E, TabletSession<D>> =>
  () =>
    findDevice(ports, session.deviceName)
      .then(mapRight((device) => ({ ...session, device })))
      .catch(left);

/** The session with an id (a whole number above 0) and a token of the host's own. CamCOPS's `set_session_id_token()`. */
export const setSessionIdToken =
  (id: number, token: Secret) =>
  <D extends Device>(session: TabletSession<D>): TabletSession<D> => ({
    ...session,
    sessionId: some(id),
    sessionToken: some(token),
  });

// Reading

/** The device's number, if it has registered. CamCOPS's `device_id`. */
export const deviceId = ({ device }: Pick<TabletSession, 'device'>): Option<number> =>
  mapOption((found: Device) => found.id)(device);

/** The user's number, if one is signed in. CamCOPS's `user_id`. */
export const userId = ({ user }: Pick<TabletSession, 'user'>): Option<number> =>
  mapOption((found: User) => found.id)(user);

/** CamCOPS's `is_device_registered()`. */
export const isDeviceRegistered = ({ device }: Pick<TabletSession, 'device'>): boolean => isSome(device);

// Gates

/**
 * The device, or `unregistered-device`. CamCOPS's `ensure_device_registered()`.
 *
 * @example
 * import { ensureDeviceRegistered } from 'camcops-tablet-session';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * ensureDeviceRegistered({ device: none }); // left({ code: 'unregistered-device' })
 */
export const ensureDeviceRegistered = <D extends Device>({
  device,
}: Pick<TabletSession<D>, 'device'>): Either<UserError, D> =>
  isSome(device) ? right(device.value) : left(unregisteredDevice);

const ensureUserWho =
  (may: (user: User) => boolean, otherwise: UserError) =>
  ({ user }: Pick<TabletSession, 'user'>): Either<UserError, User> => {
    if (isNone(user)) return left(invalidCredentials);
    if (isNone(user.value.uploadGroupId)) return left(noUploadGroup(user.value.username));
    return may(user.value) ? right(user.value) : left(otherwise);
  };

/**
 * The user, if signed in and allowed to register devices; else `invalid-credentials`, `no-upload-group` or
 * `not-authorized-to-register-devices`, in this order. CamCOPS's `ensure_valid_user_for_device_registration()`.
 */
export const ensureValidUserForDeviceRegistration: (session: Pick<TabletSession, 'user'>) => Either<UserError, User> =
  ensureUserWho(mayRegisterDevices, notAuthorizedToRegisterDevices);

const ensureUserWhoMayUpload = ensureUserWho(mayUpload, notAuthorizedToUpload);

/**
 * The user and the device, if the user is signed in and allowed to upload, and the device has registered; else
 * `invalid-credentials`, `no-upload-group`, `not-authorized-to-upload` or `unregistered-device`, in this order. CamCOPS's
 * `ensure_valid_device_and_user_for_uploading()`.
 *
 * @example
 * import { DeviceName, ensureValidDeviceAndUserForUploading, Username } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 * import * as O from 'fp-ts/lib/Option.js';
 *
 * const rights = { id: 1, uploadGroupId: O.some(1), superuser: true, memberships: [] };
 * const user = E.map((username: Username) => ({ ...rights, username }))(Username.decode('nurse'));
 * const device = E.map((name: DeviceName) => ({ id: 7, name }))(DeviceName.decode('tablet-1'));
 * const session = { user: O.fromEither(user), device: O.fromEither(device) };
 * E.isRight(ensureValidDeviceAndUserForUploading(session)); // true
 * ensureValidDeviceAndUserForUploading({ ...session, device: O.none }); // left({ code: 'unregistered-device' })
 */
export const ensureValidDeviceAndUserForUploading = <D extends Device>(
  session: Pick<TabletSession<D>, 'user' | 'device'>,
): Either<UserError, { readonly user: User; readonly device: D }> => {
  const user = ensureUserWhoMayUpload(session);
  if (isLeft(user)) return user;
  const device = ensureDeviceRegistered(session);
  return isLeft(device) ? device : right({ user: user.right, device: device.right });
};
