/** What a user may do with the group that it uploads to. */
import { isSome } from 'fp-ts/lib/Option.js';

import type { Membership, User } from './ports.js';

const mayInUploadGroup =
  (permits: (membership: Membership) => boolean) =>
  ({ uploadGroupId, superuser, memberships }: User): boolean =>
    isSome(uploadGroupId) &&
    (superuser || memberships.some((membership) => membership.groupId === uploadGroupId.value && permits(membership)));

/**
 * Whether a user may upload: the upload group is set, and the user is a superuser or some membership of that group allows it
 * (DESIGN.md, section 8). Group 0 is a group.
 */
export const mayUpload: (user: User) => boolean = mayInUploadGroup((membership) => membership.mayUpload);

/** Whether a user may register devices, by the same rule as {@link mayUpload}. */
export const mayRegisterDevices: (user: User) => boolean = mayInUploadGroup(
  (membership) => membership.mayRegisterDevices,
);
