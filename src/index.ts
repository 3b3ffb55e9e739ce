/** The public face: what other packages may import. */
export {
  allowedTable,
  allowedTables,
  type AllowedTable,
  type AllowedTables,
  type TableRule,
} from './allowed-tables.js';
export {
  ClientVersion,
  clientVersionOrd,
  nonsensicalVersion,
  parseClientVersion,
  type NonsensicalVersion,
} from './client-version.js';
export {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  explicitPkNameForUploadTable,
  pkNameInUploadTableNeitherFirstNorExplicit,
  type HasClientVersion,
} from './client-quirks.js';
export {
  handleTabletRequest,
  type Handler,
  type Handlers,
  type TabletReply,
  type TabletServer,
} from './handle-tablet-request.js';
export { DeviceName, OperationName, Username } from './names.js';
export { hasOldIdNums, separateOldIdNums, type PatientIdNum, type SeparatedRecord } from './old-id-numbers.js';
export {
  admit,
  type Admission,
  type AdmissionTo,
  type AnyoneAdmission,
  type Operation,
  type OperationOf,
  type Privilege,
  type RegistrationAdmission,
  type UploadAdmission,
} from './operations.js';
export { fault, type Fault, type RequestSummary, type TabletOutcome } from './outcome.js';
export { mayRegisterDevices, mayUpload } from './permissions.js';
export type {
  Device,
  DeviceStore,
  Membership,
  Ports,
  SessionIdToken,
  SessionStore,
  StoredSession,
  User,
  UserAuthenticator,
} from './ports.js';
export { encodeReply, type Answer, type EncodedReply, type Reply, type ReplySession } from './reply.js';
export { selectAnswer, type SqlValue } from './select-answer.js';
export { secret, type Secret } from './secret.js';
export type { SignIn } from './sign-in.js';
export type { Fields, TabletForm } from './tablet-form.js';
export { parseTabletRequest, TabletRequestFromForm, type TabletRequest } from './tablet-request.js';
export {
  deviceId,
  ensureDeviceRegistered,
  ensureValidDeviceAndUserForUploading,
  ensureValidUserForDeviceRegistration,
  isDeviceRegistered,
  openTabletSession,
  reloadDevice,
  setSessionIdToken,
  tabletSession,
  userId,
  type Found,
  type TabletSession,
} from './tablet-session.js';
export { uploadedTable, type UploadedTable, type Uploader, type UploadRules } from './upload-table.js';
export {
  clientTooOldForTable,
  duplicateColumn,
  duplicateField,
  invalidColumn,
  invalidCredentials,
  invalidField,
  invalidNumber,
  invalidTable,
  missingField,
  missingVersion,
  notAuthorizedToRegisterDevices,
  notAuthorizedToUpload,
  notPost,
  noUploadGroup,
  refused,
  reservedColumn,
  reservedDeviceName,
  reservedUsername,
  unregisteredDevice,
  unsupportedOperation,
  userErrorMessage,
  versionBlocked,
  versionTooNew,
  versionTooOld,
  type UserError,
} from './user-error.js';
export {
  defaultVersionPolicy,
  versionPolicy,
  type PolicyError,
  type VersionPolicy,
  type VersionPolicyConfig,
} from './version-policy.js';
