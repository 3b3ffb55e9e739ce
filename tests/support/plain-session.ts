/** A session, and all that the package says of it, as plain data. */
import type { Either } from 'fp-ts/lib/Either.js';
import { toNullable } from 'fp-ts/lib/Option.js';

import {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  deviceId,
  ensureDeviceRegistered,
  ensureValidDeviceAndUserForUploading,
  ensureValidUserForDeviceRegistration,
  explicitPkNameForUploadTable,
  isDeviceRegistered,
  pkNameInUploadTableNeitherFirstNorExplicit,
  userId,
  type TabletSession,
  type UserError,
} from 'camcops-tablet-session';

/** `refusalOf` says what a gate comes to: `null` if it is open. */
export const plainSession = (
  session: TabletSession,
  refusalOf: (gate: Either<UserError, unknown>) => string | null,
) => ({
  operation: toNullable(session.operation),
  deviceName: toNullable(session.deviceName),
  username: toNullable(session.username),
  clientVersion: session.clientVersion,
  sessionId: toNullable(session.sessionId),
  sessionToken: toNullable(session.sessionToken)?.reveal() ?? null,
  userId: toNullable(userId(session)),
  deviceId: toNullable(deviceId(session)),
  isDeviceRegistered: isDeviceRegistered(session),
  copeWithDeletedPatientDescriptors: copeWithDeletedPatientDescriptors(session),
  copeWithOldIdNums: copeWithOldIdNums(session),
  explicitPkNameForUploadTable: explicitPkNameForUploadTable(session),
  pkNameInUploadTableNeitherFirstNorExplicit: pkNameInUploadTableNeitherFirstNorExplicit(session),
  ensureDeviceRegistered: refusalOf(ensureDeviceRegistered(session)),
  ensureValidUserForDeviceRegistration: refusalOf(ensureValidUserForDeviceRegistration(session)),
  ensureValidDeviceAndUserForUploading: refusalOf(ensureValidDeviceAndUserForUploading(session)),
});
