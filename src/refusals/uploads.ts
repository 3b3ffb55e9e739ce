/** Refusals of the steps of an upload. */

/** What is wrong with a step of an upload. */
export type UploadRefusal =
  /** A step or an end belongs to no upload under way: of this device, by this user, in this session. */
  | { readonly code: 'no-upload-under-way' }
  /** A start repeats that of an upload which has already staged something. */
  | { readonly code: 'upload-under-way' };

/** The upload that a step or an end belongs to is not under way. */
export const noUploadUnderWay: UploadRefusal = { code: 'no-upload-under-way' };

/** The upload that is to be started is under way, and has staged something. */
export const uploadUnderWay: UploadRefusal = { code: 'upload-under-way' };
