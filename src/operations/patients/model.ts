/** What hosts and operations tell each other of patients and of the server. Types only. */
import type { Option } from 'fp-ts/lib/Option.js';
import type * as t from 'io-ts';

import type { ClientVersion } from '../../client-version.js';
import type { Username } from '../../names.js';
import type { Secret } from '../../secret.js';

// Patients

/** Who a patient is. */
export interface PatientDetails extends Readonly<
  Record<'forename' | 'surname' | 'address' | 'email' | 'gp' | 'other', Option<string>>
> {
  /** `M`, `F` or `X`. */
  readonly sex: Option<string>;
  /** `YYYY-MM-DD`. */
  readonly dob: Option<string>;
  /** By type of ID number, in the order sent. */
  readonly idNumbers: ReadonlyMap<number, number | bigint>;
}

/** A patient of `validate_patients`. */
export interface ReadPatient extends PatientDetails {
  /** Whether the patient is about to leave the tablet. */
  readonly finalizing: boolean;
}

// The server

/** A policy as its words and brackets, in capitals. Only `parseIdPolicy` makes one, so every policy is valid. */
export type IdPolicy = t.Branded<readonly string[], { readonly IdPolicy: unique symbol }>;

/** The validation methods of ID numbers. The only one checks the check digit of a UK NHS number. */
export type IdNumberValidation = 'uk_nhs_number';

/** A type of ID number, such as the number of a hospital. */
export interface IdNumberType {
  /** The N of `idnumN` and `IDNUMN`: a whole number from 1 to 2147483647. */
  readonly which: number;
  /** On one line, and without leading white space. */
  readonly description: string;
  /** On one line, and without leading white space. */
  readonly shortDescription: string;
  readonly validation: Option<IdNumberValidation>;
}

/** What server information holds. */
export interface ServerInfoContent {
  /** On one line, and without leading white space. */
  readonly databaseTitle: string;
  /** What each patient must satisfy. */
  readonly uploadPolicy: IdPolicy;
  /** What a patient who is about to leave the tablet must satisfy instead. */
  readonly finalizePolicy: IdPolicy;
  /** By `which`, in its order. */
  readonly idNumbers: ReadonlyMap<number, IdNumberType>;
  /** The version of CamCOPS's server that tablets are told. */
  readonly camcopsVersion: string;
}

/** Server information that a tablet can be told: `serverInfo(config)` makes it. */
export type ServerInfo = t.Branded<ServerInfoContent, { readonly ServerInfo: unique symbol }>;

/** What a host says of itself. */
export interface ServerInfoConfig {
  readonly databaseTitle: string;
  /** What each patient must satisfy: see `parseIdPolicy`. */
  readonly uploadPolicy: string;
  /** What a patient who is about to leave the tablet must satisfy instead. */
  readonly finalizePolicy: string;
  readonly idNumbers: readonly IdNumberType[];
  /**
   * A plain `x.y.z`, 2.4.24 or later, y and z below 100; {@link serverCamcopsVersion} if left out. Raise it whenever a policy or an ID
   * number type changes: a patient's own tablet (2.4.18 and later) then fetches all server information anew by itself, which its
   * user has no other way to do. A clinician's tablet asks its user to fetch it.
   */
  readonly camcopsVersion?: ClientVersion;
}

/** A text of a task in one language. */
export interface ExtraString {
  /** Not blank. */
  readonly task: string;
  /** Not blank. */
  readonly name: string;
  /** Such as `en_GB`. */
  readonly language: string;
  readonly value: string;
}

// Single-user mode

/** The purposes for which a tablet is used. The tablet locks tasks that forbid one of them. */
export type IpUse = Readonly<Record<'commercial' | 'clinical' | 'educational' | 'research', boolean>>;

/** A patient, and the patient's own account. */
export interface PatientRegistration {
  readonly patient: PatientDetails;
  readonly username: Username;
  /** On one line, without leading white space, and not blank. */
  readonly password: Secret;
  readonly ipUse: IpUse;
}

/** A task that a patient is to do. */
export interface ScheduledTask {
  /** The task's table. */
  readonly table: string;
  readonly anonymous: boolean;
  /** The task's own settings: a plain object of what JSON can hold. */
  readonly settings: object;
  /** ISO 8601 with an offset, such as `2026-11-24T09:00:00Z`. */
  readonly dueFrom: string;
  /** ISO 8601 with an offset. */
  readonly dueBy: string;
  readonly complete: boolean;
  /** ISO 8601 with an offset; `none` unless complete. */
  readonly whenCompleted: Option<string>;
}

/** A list of tasks under one name. */
export interface TaskSchedule {
  readonly name: string;
  readonly items: readonly ScheduledTask[];
}

/** A patient, and everything scheduled for that patient. */
export interface PatientSchedules {
  readonly patient: PatientDetails;
  readonly schedules: readonly TaskSchedule[];
}
