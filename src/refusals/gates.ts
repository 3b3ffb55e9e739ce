/** Refusals of the gates and of admission: who may do what. */
import type { Username } from '../names.js';

/** Why a session may not do its operation. */
export type GateRefusal =
  /** Nobody is signed in. */
  | { readonly code: 'invalid-credentials' }
  /** The user may act from one device alone, and this is another. */
  | { readonly code: 'other-device' }
  /** The user has no upload group. */
  | { readonly code: 'no-upload-group'; readonly username: Username }
  /** The user may not upload to their group. */
  | { readonly code: 'not-authorized-to-upload' }
  /** The user may not register devices for their group. */
  | { readonly code: 'not-authorized-to-register-devices' }
  /** The device is not registered. */
  | { readonly code: 'unregistered-device' }
  /** There is no such operation, or this server does not do it. */
  | { readonly code: 'unsupported-operation'; readonly operation: string };

/** Nobody is signed in. */
export const invalidCredentials: GateRefusal = { code: 'invalid-credentials' };

/** The user's account belongs to another device than the session's. */
export const otherDevice: GateRefusal = { code: 'other-device' };

/** `username` is that of the signed-in user. */
export const noUploadGroup = (username: Username): GateRefusal => ({ code: 'no-upload-group', username });

/** The user may not upload to their group. */
export const notAuthorizedToUpload: GateRefusal = { code: 'not-authorized-to-upload' };

/** The user may not register devices for their group. */
export const notAuthorizedToRegisterDevices: GateRefusal = { code: 'not-authorized-to-register-devices' };

/** The device is not registered. */
export const unregisteredDevice: GateRefusal = { code: 'unregistered-device' };

/** `operation` matches the grammar of an operation's name. */
export const unsupportedOperation = (operation: string): GateRefusal => ({ code: 'unsupported-operation', operation });
