/** Refusals of a form, before anything is looked up. */

/** What is wrong with a form's method or with one of its fields. */
export type FormRefusal =
  /** The HTTP method is not POST. */
  | { readonly code: 'not-post' }
  /** A field was sent more than once. */
  | { readonly code: 'duplicate-field'; readonly field: string }
  /** A field's value breaks its rule. */
  | { readonly code: 'invalid-field'; readonly field: string; readonly rule: string }
  /** A field that the operation needs is absent or blank. */
  | { readonly code: 'missing-field'; readonly field: string }
  /** No `camcops_version` was sent: the client is not a tablet. */
  | { readonly code: 'missing-version' }
  /** The device's name is `server`, in any letter case. */
  | { readonly code: 'reserved-device-name' }
  /** The username is `system`, in any letter case. */
  | { readonly code: 'reserved-username' };

/** The HTTP method is not POST. */
export const notPost: FormRefusal = { code: 'not-post' };

/** `field` was sent more than once. */
export const duplicateField = (field: string): FormRefusal => ({ code: 'duplicate-field', field });

/** `rule` completes the sentence "Bad FIELD field: ...", and never quotes the value. */
export const invalidField = (field: string, rule: string): FormRefusal => ({ code: 'invalid-field', field, rule });

/** A field that the operation needs is absent or blank. */
export const missingField = (field: string): FormRefusal => ({ code: 'missing-field', field });

/** No `camcops_version` was sent. */
export const missingVersion: FormRefusal = { code: 'missing-version' };

/** No tablet may use the name `server`: CamCOPS's server reserves it for itself. */
export const reservedDeviceName: FormRefusal = { code: 'reserved-device-name' };

/** No user may use the name `system`: CamCOPS's server reserves it for itself. */
export const reservedUsername: FormRefusal = { code: 'reserved-username' };
