/** Admissions for unit tests of a host's own functions, from plain strings. */
import { getOrElse, some, type Option } from 'fp-ts/lib/Option.js';

import {
  privilegeOf,
  secret,
  type AdmissionTo,
  type ClientVersion,
  type Device,
  type DeviceName,
  type Operation,
  type TabletSession,
  type User,
  type Username,
} from '../index.js';

/** Who asks. Missing parts are made up; a host's own extensions of its devices and users come back. */
export interface Asker<D extends object = object, U extends object = object> {
  /** Its name, or the whole device. If left out: the user's `onlyDevice`, or `'tablet-1'`. */
  readonly device?: string | (D & { readonly id: number; readonly name: string });
  /** The user. Missing parts are those of user 1, `nurse`, who may do everything in group 1. */
  readonly user?: U &
    Partial<Omit<User, 'username' | 'onlyDevice'>> & { readonly username?: string; readonly onlyDevice?: string };
  /** `'2.4.24'` if left out. */
  readonly clientVersion?: string;
  /** `some(1)` if left out. */
  readonly sessionId?: Option<number>;
}

// Not checked: a test may try what no tablet can send.
const deviceNamed = (name: string): DeviceName => name as DeviceName;
const userNamed = (name: string): Username => name as Username;
const clientOf = (version: string): ClientVersion => version as ClientVersion;

type Asked<O extends Operation, D extends object, U extends object> = AdmissionTo<
  O,
  Device & Omit<D, 'name'>,
  User & Omit<U, 'username' | 'onlyDevice'>
>;

function admissionOf<O extends Operation, D extends object, U extends object>(
  operation: O,
  asker: Asker<D, U>,
): Asked<O, D, U>;
function admissionOf(operation: Operation, asker: Asker): object {
  const { username = 'nurse', uploadGroupId = some(1), onlyDevice, ...rights } = asker.user ?? {};
  const { device = onlyDevice ?? 'tablet-1', clientVersion = '2.4.24', sessionId = some(1) } = asker;
  const bound = onlyDevice === undefined ? {} : { onlyDevice: deviceNamed(onlyDevice) };
  const groupId = getOrElse(() => 1)(uploadGroupId);
  const memberships = [{ groupId, mayUpload: true, mayRegisterDevices: true }];
  const names = { username: userNamed(username), ...bound };
  const user: User = { id: 1, superuser: false, memberships, uploadGroupId, ...rights, ...names };
  const known = typeof device === 'string' ? { id: 1, name: device } : device;
  const deviceName = deviceNamed(known.name);
  const registered: Device = { ...known, name: deviceName };
  const session: Omit<TabletSession, 'operation'> = {
    deviceName: some(deviceName),
    username: some(user.username),
    clientVersion: clientOf(clientVersion),
    sessionId,
    sessionToken: some(secret('session-token')),
    device: some(registered),
    user: some(user),
  };
  const privilege = privilegeOf(operation);
  const proved = {
    anyone: {},
    registration: { user, groupId, ...(operation === 'register' ? { deviceName } : {}) },
    upload: { user, groupId, device: registered },
  };
  return { privilege, operation, session: { ...session, operation: some(operation) }, ...proved[privilege] };
}

/**
 * Makes an admission to an operation from plain strings, which are not checked: for unit tests of a host's functions.
 *
 * @example
 * import { admissionTo } from 'camcops-tablet-session/testing';
 *
 * const { privilege, device, user } = admissionTo('upload_table', { device: 'tablet-2', user: { username: 'alice' } });
 * [privilege, device.name, user.username]; // ['upload', 'tablet-2', 'alice']
 */
export const admissionTo = <O extends Operation, D extends object = object, U extends object = object>(
  operation: O,
  asker: Asker<D, U> = {},
): Asked<O, D, U> => admissionOf(operation, asker);
