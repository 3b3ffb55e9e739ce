/** What a host implements: typed functions, which know nothing of the wire format. Interfaces only. */
import type { AdmissionTo, AnyoneAdmission, RegistrationAdmission, UploadAdmission } from '../admission.js';
import type { DeviceName } from '../names.js';
import type { Device, User } from '../ports.js';
import type { ExtraString } from './answers/extra-strings.js';
import type { PatientRegistration } from './answers/register-patient.js';
import type { PatientSchedules } from './answers/task-schedules.js';
import type { AccessKeyCommand, Commands } from './commands/commands.js';
import type { ReadPatient } from './patients/patient-details.js';
import type { ServerInfo } from './patients/server-info.js';
import type { UploadTables } from './tables.js';
import type { Done, UploadStore } from './uploads/upload-store.js';

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
   * A last word on the patients that are about to be uploaded, when the package's own checks have passed. A host whose accounts are tied
   * to one patient each refuses others here, by `samePatient`.
   */
  readonly acceptPatients?: (admission: UploadAdmission<D, U>, patients: readonly ReadPatient[]) => Done<E, void>;
  /** Single-user mode; if left out, `register_patient` and `get_task_schedules` are `unsupported-operation`. */
  readonly patientMode?: PatientMode<E, D, U>;
}
