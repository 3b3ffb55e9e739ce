/** `camcops-tablet-session`: the public face of the front door. Everything that a file named with `*` exports is public. */

// Serve a request
export { handleTabletRequest, type TabletReply } from './handle-tablet-request.js';
export { serverProblem, type Handler, type Handlers, type TabletServer } from './tablet-server.js';
export type { Fields, TabletForm } from './tablet-form.js';

// Read a request
export { parseTabletRequest, type TabletRequest } from './tablet-request.js';
export { TabletRequestFromForm } from './tablet-request-codec.js';

// The ports of a host
export type * from './ports.js';

// Open a session
export type { SignIn, SignInMethod } from './sign-in.js';
export { openTabletSession, reloadDevice } from './open-session.js';
export * from './tablet-session.js';

// Admit it
export {
  ensureDeviceRegistered,
  ensureValidDeviceAndUserForUploading,
  ensureValidUserForDeviceRegistration,
  mayRegisterDevices,
  mayUpload,
  type GroupUser,
} from './gates.js';
export {
  admit,
  privilegeOf,
  type Admission,
  type AdmissionTo,
  type AnyoneAdmission,
  type Operation,
  type OperationOf,
  type Privilege,
  type RegisterAdmission,
  type RegistrationAdmission,
  type UploadAdmission,
} from './admission.js';

// Reply, and log the outcome
export { encodeReply, type Answer, type EncodedReply, type Reply, type ReplySession } from './reply.js';
export type { RequestSummary, TabletOutcome } from './outcome.js';
export { fault, type Defect, type Fault } from './failures.js';

// Names, secrets, versions
export { DeviceName, OperationName, Username } from './names.js';
export { secret, type Secret } from './secret.js';
export { ClientVersion, clientVersionOrd, parseClientVersion } from './client-version.js';

// Old clients
export * from './client-quirks.js';

// Which clients are served
export * from './version-policy.js';

// Refusals
export { userErrorMessage, type UserError } from './user-error.js';
export * from './refusals/client-version.js';
export * from './refusals/form.js';
export * from './refusals/gates.js';
export * from './refusals/handler.js';
export * from './refusals/version-policy.js';
export type { RecordRefusal, TableRefusal } from './refusals/uploads.js';
