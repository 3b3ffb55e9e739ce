/** Refusals of patients: access keys, ID numbers and ID policies. */

/** What is wrong with a patient, or with the access key that names one. No refusal quotes a patient's details. */
export type PatientRefusal =
  /** No patient has the access key. */
  | { readonly code: 'unknown-access-key' }
  /** A patient of `validate_patients` has an ID number of a type that the server does not define. */
  | { readonly code: 'unknown-id-number'; readonly type: string }
  /** An uploaded ID number is of a type that the server does not define. `type` is omitted unless it is a whole number. */
  | { readonly code: 'unknown-id-number-in-upload'; readonly type?: string }
  /** An ID number fails the validation method of its type. */
  | { readonly code: 'invalid-id-number'; readonly type: string }
  /** A patient fails an ID policy of the server. `patient` is its place in the list, counted from 1. */
  | { readonly code: 'patient-fails-policy'; readonly policy: 'upload' | 'finalizing'; readonly patient: string }
  /** The account belongs to one patient, and the upload holds another. */
  | { readonly code: 'other-patient' };

/** No patient has the access key, or the text is not an access key. */
export const unknownAccessKey: PatientRefusal = { code: 'unknown-access-key' };

/** `type` is the record's `which_idnum`, if that is a whole number. */
export const unknownIdNumberInUpload = (type?: number | bigint): PatientRefusal =>
  type === undefined
    ? { code: 'unknown-id-number-in-upload' }
    : { code: 'unknown-id-number-in-upload', type: String(type) };

/** `type` is one that the server defines. */
export const invalidIdNumber = (type: number): PatientRefusal => ({ code: 'invalid-id-number', type: String(type) });

/** The account belongs to one patient, and the upload holds another. */
export const otherPatient: PatientRefusal = { code: 'other-patient' };
