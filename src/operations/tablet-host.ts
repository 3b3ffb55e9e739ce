/** What a host implements: typed functions, which know nothing of the wire format. Interfaces only. */
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import type { AdmissionTo, AnyoneAdmission, RegistrationAdmission, UploadAdmission } from '../admission.js';
import type { Fault } from '../failures.js';
import type { DeviceName } from '../names.js';
import type { Device, User } from '../ports.js';
import type { UserError } from '../user-error.js';
import type { ExtraString } from './answers/server-info.js';
import type { PatientRegistration, PatientSchedules } from './answers/patient-mode.js';
import type { AccessKeyCommand, Commands } from './commands/commands.js';
import type { PatientDetails } from './patients/patient-details.js';
import type { ServerInfo } from './patients/server-info.js';
import type { UploadTables } from './tables.js';
import type { StoredRecord } from './uploads/plan-upload.js';
import type { UploadState, UploadTransition } from './uploads/upload-state.js';

/** The outcome of a host's function: a refusal that the tablet's user reads, a `fault(cause)`, or the result. */
export type Done<E, A> = TaskEither<UserError | Fault<E>, A>;

/** Admission to `register_patient`: nobody is signed in, but the device has a name. */
export interface PatientRegistrationAdmission<D extends Device = Device, U extends User = User> extends AnyoneAdmission<
  D,
  U
> {
  readonly deviceName: DeviceName;
}

/** Single-user mode: a patient's own tablet registers itself with an access key. */
export interface PatientMode<E, D extends Device = Device, U extends User = User> {
  /**
   * Finds the patient of an access key, and makes an account for this device and patient, with a new random password; if the account is
   * there, it gets a new password. An unknown key is `unknownAccessKey`. Anyone may ask, so limit how often.
   */
  readonly registerPatient: (
    admission: PatientRegistrationAdmission<D, U>,
    command: AccessKeyCommand,
  ) => Done<E, PatientRegistration>;
  /** The patient of an access key and what they are to do. Refuse (`unknownAccessKey`) a patient that is not the account's own. */
  readonly taskSchedules: (
    admission: RegistrationAdmission<D, U>,
    command: AccessKeyCommand,
  ) => Done<E, PatientSchedules>;
}

/**
 * The uploads that a host stores. What repeats, what is late and whose upload a step belongs to is decided by the transition; a host only
 * keeps its state, and carries out its effects.
 */
export interface UploadStore<E, D extends Device = Device, U extends User = User> {
  /**
   * Does one request of an upload, in one transaction that holds the device (a lock on its row, for example), so that requests of one
   * device wait for one another: reads the device's state (`noUploads` if there is none), asks `transition`, carries out the effects in
   * their order, keeps the new state, and answers the transition's `answer`. Commits also when that answer is a refusal. After a fault
   * nothing has changed. To store what is staged, see `foldSteps` and `planUpload`.
   */
  readonly transact: (
    admission: UploadAdmission<D, U>,
    transition: (state: UploadState) => UploadTransition,
  ) => Done<E, void>;
  /**
   * Finds the device's records in a table that are current and not finalized; those of some keys only, if `keys` are given. What is staged
   * does not count.
   */
  readonly currentRecords: (
    admission: UploadAdmission<D, U>,
    table: string,
    keys: Option<ReadonlySet<number>>,
  ) => Done<E, readonly StoredRecord[]>;
}

/**
 * What a server does for its tablets. `operationHandlers(host)` derives all 18 operations from it. Each function gets the admission to
 * the operation that asks: proof of who may do what, for which group.
 */
export interface TabletHost<E, D extends Device = Device, U extends User = User> {
  /** What tablets may upload. */
  readonly tables: UploadTables;
  /** The server information of the upload group: asked for at registration, at each upload, and to check patients. */
  readonly serverInfo: (admission: RegistrationAdmission<D, U> | UploadAdmission<D, U>) => Done<E, ServerInfo>;
  /** Registers the device `admission.deviceName`, or updates it if it is there: `DeviceStore` must find it from now on. */
  readonly registerDevice: (admission: AdmissionTo<'register', D, U>, command: Commands['register']) => Done<E, void>;
  readonly uploads: UploadStore<E, D, U>;
  /** The strings of tasks that the tablet downloads; none if left out. It may be megabytes. */
  readonly extraStrings?: (admission: RegistrationAdmission<D, U>) => Done<E, readonly ExtraString[]>;
  /**
   * Finds the patient that the admission's account is tied to: from then on the account may send that patient only. `none` for all other
   * accounts; if left out, no account is tied to a patient. Asked whenever patients or their ID numbers are sent.
   */
  readonly ownPatient?: (admission: UploadAdmission<D, U>) => Done<E, Option<PatientDetails>>;
  /** Single-user mode; if left out, `register_patient` and `get_task_schedules` are `unsupported-operation`. */
  readonly patientMode?: PatientMode<E, D, U>;
}
