/** A patient's details, as tablet and server tell them to each other. */
import { getOrElse, type Option } from 'fp-ts/lib/Option.js';

/** Who a patient is. */
export interface PatientDetails {
  readonly forename: Option<string>;
  readonly surname: Option<string>;
  /** `M`, `F` or `X`. */
  readonly sex: Option<string>;
  /** `YYYY-MM-DD`. */
  readonly dob: Option<string>;
  readonly address: Option<string>;
  readonly email: Option<string>;
  readonly gp: Option<string>;
  readonly other: Option<string>;
  /** By type of ID number, in the order sent. */
  readonly idNumbers: ReadonlyMap<number, number | bigint>;
}

/** A patient of `validate_patients`. */
export interface ReadPatient extends PatientDetails {
  /** Whether the patient is about to leave the tablet. */
  readonly finalizing: boolean;
}

/** The details that are texts. */
export const textNames = ['forename', 'surname', 'sex', 'dob', 'address', 'email', 'gp', 'other'] as const;

/** A detail, or an empty text if it is absent: the two count alike. */
export const textOf: (detail: Option<string>) => string = getOrElse(() => '');
