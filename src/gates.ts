/** The gates that guard operations: what a user may do, and what a session must have. */
import { isLeft, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome } from 'fp-ts/lib/Option.js';

import { property } from './internal/shape.js';
import type { Device, Membership, User } from './ports.js';
import * as refusal from './refusals/gates.js';
import type { TabletSession } from './tablet-session.js';

// What a user may do with the group that they upload to

const mayInUploadGroup =
  (permits: (membership: Membership) => boolean) =>
  ({ uploadGroupId, superuser, memberships }: User): boolean =>
    isSome(uploadGroupId) &&
    (superuser || memberships.some((membership) => membership.groupId === uploadGroupId.value && permits(membership)));

/**
 * Returns whether a user may upload: the upload group is set, and the user is a superuser or has a membership of that group that
 * allows uploads. Group 0 is a group.
 *
 * @example
 * import { mayUpload } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const memberships = [{ groupId: 3, mayUpload: true, mayRegisterDevices: false }];
 * const { user } = admissionTo('end_upload');
 * const nurse = { ...user, superuser: false, memberships };
 * mayUpload({ ...nurse, uploadGroupId: some(3) }); // true
 * mayUpload({ ...nurse, uploadGroupId: some(4) }); // false
 * mayUpload({ ...nurse, uploadGroupId: none }); // false
 */
export const mayUpload: (user: User) => boolean = mayInUploadGroup((membership) => membership.mayUpload);

/**
 * Returns whether a user may register devices, by the same rule as {@link mayUpload}.
 *
 * @example
 * import { mayRegisterDevices } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const memberships = [{ groupId: 3, mayRegisterDevices: true, mayUpload: false }];
 * const { user } = admissionTo('end_upload');
 * const nurse = { ...user, superuser: false, memberships };
 * mayRegisterDevices({ ...nurse, uploadGroupId: some(3) }); // true
 * mayRegisterDevices({ ...nurse, uploadGroupId: some(4) }); // false
 * mayRegisterDevices({ ...nurse, uploadGroupId: none }); // false
 */
export const mayRegisterDevices: (user: User) => boolean = mayInUploadGroup(
  (membership) => membership.mayRegisterDevices,
);

// Gates

/**
 * Returns the device, or refuses with `unregistered-device`. CamCOPS's `ensure_device_registered()`.
 *
 * @example
 * import { ensureDeviceRegistered } from 'camcops-tablet-session';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * ensureDeviceRegistered({ device: none }); // left({ code: 'unregistered-device' })
 */
export const ensureDeviceRegistered = <D extends Device>({
  device,
}: Pick<TabletSession<D>, 'device'>): Either<refusal.GateRefusal, D> =>
  isSome(device) ? right(device.value) : left(refusal.unregisteredDevice);

/** A signed-in user, and the group that they upload to. */
export interface GroupUser<U extends User = User> {
  readonly user: U;
  readonly groupId: number;
}

/** Returns whether a user may act from a device. An account bound to one device may not act from a device without a name either. */
const mayActFrom = (deviceName: TabletSession['deviceName'], user: User): boolean => {
  const onlyDevice = property(user, 'onlyDevice');
  return onlyDevice === undefined || (isSome(deviceName) && deviceName.value === onlyDevice);
};

const ensureUserWho = <U extends User>(
  { user, deviceName }: Pick<TabletSession<Device, U>, 'user' | 'deviceName'>,
  may: (user: User) => boolean,
  otherwise: refusal.GateRefusal,
): Either<refusal.GateRefusal, GroupUser<U>> => {
  if (isNone(user)) return left(refusal.invalidCredentials);
  if (!mayActFrom(deviceName, user.value)) return left(refusal.otherDevice);
  const { uploadGroupId } = user.value;
  if (isNone(uploadGroupId)) return left(refusal.noUploadGroup(user.value.username));
  return may(user.value) ? right({ user: user.value, groupId: uploadGroupId.value }) : left(otherwise);
};

/** {@link ensureValidUserForDeviceRegistration}, with the user's upload group. */
export const ensureRegistrar = <U extends User>(
  session: Pick<TabletSession<Device, U>, 'user' | 'deviceName'>,
): Either<refusal.GateRefusal, GroupUser<U>> =>
  ensureUserWho(session, mayRegisterDevices, refusal.notAuthorizedToRegisterDevices);

/**
 * Returns the user, if signed in and allowed to register devices. Refuses with `invalid-credentials`, `other-device`,
 * `no-upload-group` or `not-authorized-to-register-devices`, in this order. Except
 * for `other-device`, this is CamCOPS's `ensure_valid_user_for_device_registration()`.
 *
 * @example
 * import { ensureValidUserForDeviceRegistration } from 'camcops-tablet-session';
 * import { admissionTo } from 'camcops-tablet-session/testing';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const { session } = admissionTo('register');
 * E.isRight(ensureValidUserForDeviceRegistration(session)); // true
 * ensureValidUserForDeviceRegistration({ ...session, user: none }); // left({ code: 'invalid-credentials' })
 */
export const ensureValidUserForDeviceRegistration = <U extends User>(
  session: Pick<TabletSession<Device, U>, 'user' | 'deviceName'>,
): Either<refusal.GateRefusal, U> => mapRight(({ user }: GroupUser<U>) => user)(ensureRegistrar(session));

/**
 * Returns the user, their upload group and the device, if the user is signed in and may upload, and the device is registered. Refuses with
 * `invalid-credentials`, `other-device`, `no-upload-group`, `not-authorized-to-upload` or `unregistered-device`, in this order. Except for
 * `other-device`, this is CamCOPS's `ensure_valid_device_and_user_for_uploading()`.
 *
 * @example
 * import { DeviceName, ensureValidDeviceAndUserForUploading, Username } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 * import * as O from 'fp-ts/lib/Option.js';
 *
 * const rights = { id: 1, uploadGroupId: O.some(1), superuser: true, memberships: [] };
 * const user = O.fromEither(E.map((username: Username) => ({ ...rights, username }))(Username.decode('nurse')));
 * const deviceName = O.fromEither(DeviceName.decode('tablet-1'));
 * const device = O.map((name: DeviceName) => ({ id: 7, name }))(deviceName);
 * const session = { user, deviceName, device };
 * E.isRight(ensureValidDeviceAndUserForUploading(session)); // true
 * ensureValidDeviceAndUserForUploading({ ...session, device: O.none }); // left({ code: 'unregistered-device' })
 */
export const ensureValidDeviceAndUserForUploading = <D extends Device, U extends User>(
  session: Pick<TabletSession<D, U>, 'user' | 'deviceName' | 'device'>,
): Either<refusal.GateRefusal, GroupUser<U> & { readonly device: D }> => {
  const uploader = ensureUserWho(session, mayUpload, refusal.notAuthorizedToUpload);
  if (isLeft(uploader)) return uploader;
  const device = ensureDeviceRegistered(session);
  const { user, groupId } = uploader.right;
  return isLeft(device) ? device : right({ user, groupId, device: device.right });
};
