/** The tablet session: its model, its constructor from what ports found, and its readers. */
import { isSome, map as mapOption, none, some, type Option } from 'fp-ts/lib/Option.js';

import type { ClientVersion } from './client-version.js';
import type { DeviceName, OperationName, Username } from './names.js';
import type { Device, User } from './ports.js';
import type { Secret } from './secret.js';
import type { SignIn } from './sign-in.js';
import type { TabletRequest } from './tablet-request.js';

// Model

/** What a tablet asked and what the ports answered, without the password. CamCOPS's `TabletSession`. */
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

/** What ports found for a request: the device, the user who is signed in, and the session that the user may resume. */
export interface LookedUp<D extends Device = Device, U extends User = User> extends SignIn<U> {
  readonly device: Option<D>;
}

/**
 * Makes a session from what a host has found itself, without asking a port. The host must then decide who is signed in, as
 * `openTabletSession` would.
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

/**
 * Returns the session with another id (a whole number above 0) and token. CamCOPS's `set_session_id_token()`.
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
 * Returns the device's number, if the device has registered. CamCOPS's `device_id`.
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
 * Returns the user's number, if a user is signed in. CamCOPS's `user_id`.
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
 * Returns whether the device has registered. CamCOPS's `is_device_registered()`.
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
