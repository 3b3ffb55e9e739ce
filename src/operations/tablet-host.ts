/** What a host implements, in typed functions which know nothing of the wire format; how they are called, and their answers checked. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';

import type { AdmissionTo, AnyoneAdmission, RegistrationAdmission, UploadAdmission } from '../admission.js';
import { askHost } from '../ask-host.js';
import { readFailure, type Defect, type Fault } from '../failures.js';
import * as S from '../internal/shape.js';
import type { DeviceName } from '../names.js';
import type { Device, User } from '../ports.js';
import { noUploadUnderWay } from '../refusals/uploads.js';
import type { Answer } from '../reply.js';
import type { UserError } from '../user-error.js';
import type { AccessKeyCommand, Commands } from './commands/commands.js';
import type * as P from './patients/model.js';
import { textNames } from './patients/patient-details.js';
import type { UploadTables } from './tables.js';
import type { StoredRecord } from './uploads/plan-upload.js';
import { UploadState, uploadTransition, type UploadRequest, type UploadTransition } from './uploads/upload-state.js';

// What a host implements

/** The outcome of a host's function: a refusal that the tablet's user reads, a `fault(cause)`, or the result. */
export type Done<E, A> = TaskEither<UserError | Fault<E>, A>;

/** Admission to `register_patient`: nobody is signed in, but the device has a name. */
export type PatientRegistrationAdmission<D extends Device = Device, U extends User = User> = AnyoneAdmission<D, U> & {
  readonly deviceName: DeviceName;
};

/** Single-user mode: a patient's own tablet registers itself with an access key. */
export interface PatientMode<E, D extends Device = Device, U extends User = User> {
  /**
   * Finds the patient of an access key, and makes an account for this device and patient, with a new random password. An account that
   * exists gets a new password. An unknown key is `unknownAccessKey`. Anyone may ask, so limit how often. Refuse a device that another
   * account has registered, and end the account once another registers its device: whoever asks may name any device.
   */
  readonly registerPatient: (
    admission: PatientRegistrationAdmission<D, U>,
    command: AccessKeyCommand,
  ) => Done<E, P.PatientRegistration>;
  /** Finds the patient of an access key and their schedules. Refuse (`unknownAccessKey`) a patient who is not the account's own. */
  readonly taskSchedules: (
    admission: RegistrationAdmission<D, U>,
    command: AccessKeyCommand,
  ) => Done<E, P.PatientSchedules>;
}

/**
 * Stores uploads. The transition decides what is repeated, what is late and which upload a step belongs to. A host only keeps the state and
 * carries out the effects.
 */
export interface UploadStore<E, D extends Device = Device, U extends User = User> {
  /**
   * Does one request of an upload in one transaction, which locks the device so that its requests wait for one another. Reads the device's
   * state (`noUploads` if there is none), calls `transition`, carries out the effects in order, stores the new state, and returns the
   * transition's `answer`. Commits even if that answer is a refusal. A fault must leave everything unchanged. To carry out the effect
   * `store`, see `foldSteps` and `planUpload`.
   */
  readonly transact: (
    admission: UploadAdmission<D, U>,
    transition: (state: UploadState) => UploadTransition,
  ) => Done<E, void>;
  /**
   * Finds the device's records in a table that are current and not finalized; only those of some keys, if `keys` are given. Staged steps
   * do not count.
   */
  readonly currentRecords: (
    admission: UploadAdmission<D, U>,
    table: string,
    keys: Option<ReadonlySet<number>>,
  ) => Done<E, readonly StoredRecord[]>;
}

/**
 * What a server does for its tablets. `operationHandlers(host)` derives all 18 operations from it. Each function gets the
 * operation's admission: proof of who may do what, for which group.
 */
export interface TabletHost<E, D extends Device = Device, U extends User = User> {
  /** The tables that tablets may upload. */
  readonly tables: UploadTables;
  /** Returns the server information of the upload group. Called at registration, at each upload, and to check patients. */
  readonly serverInfo: (admission: RegistrationAdmission<D, U> | UploadAdmission<D, U>) => Done<E, P.ServerInfo>;
  /** Registers the device `admission.deviceName`, or updates it if it exists. From then on `DeviceStore` must find the device. */
  readonly registerDevice: (admission: AdmissionTo<'register', D, U>, command: Commands['register']) => Done<E, void>;
  readonly uploads: UploadStore<E, D, U>;
  /** Returns the strings of tasks, which tablets download: perhaps megabytes. None if left out. */
  readonly extraStrings?: (admission: RegistrationAdmission<D, U>) => Done<E, readonly P.ExtraString[]>;
  /**
   * Finds the patient that the admission's account is tied to: the account may send that patient only. `none` for all other accounts; if
   * left out, no account is tied to a patient. Called whenever patients or their ID numbers are sent.
   */
  readonly ownPatient?: (admission: UploadAdmission<D, U>) => Done<E, Option<P.PatientDetails>>;
  /** Single-user mode; if left out, `register_patient` and `get_task_schedules` are `unsupported-operation`. */
  readonly patientMode?: PatientMode<E, D, U>;
}

// Calls and checks

/** The outcome of an operation. */
export type Outcome<E, A> = TaskEither<UserError | Fault<E> | Defect, A>;

/** Calls the function named `where`. `read` returns the value to go on with, or the problem with the answer: a defect. */
export const told =
  <E, A, B>(where: string, read: (answer: A) => Either<S.Problem, B>, call: () => Done<E, A>): Outcome<E, B> =>
  () =>
    askHost(where, call, readFailure<UserError | Fault<E>>, read);

const aMap = (value: unknown): boolean => value instanceof Map;
const InfoForm = t.type({ databaseTitle: t.string, uploadPolicy: t.UnknownArray, finalizePolicy: t.UnknownArray });

export const readServerInfo: S.Check = S.shape(
  'the right of serverInfo(config)',
  (info) => InfoForm.is(info) && 'idNumbers' in info && aMap(info.idNumbers),
);

export const readStoredRecords: S.Check = S.arrayOf(
  S.objectOf({ key: S.shape('a number', Number.isSafeInteger), whenLastModified: S.optionalOf(S.aString) }),
);

export const readOwnPatient: S.Check = S.optionalOf(
  S.objectOf({
    ...Object.fromEntries(textNames.map((name) => [name, S.optionalOf(S.aString)])),
    idNumbers: S.shape('a Map', aMap),
  }),
);

const notAsked: S.Problem = { field: '', rule: 'must come from the transition, which was not called' };
const notItsAnswer: S.Problem = { field: '', rule: 'must come from the transition, which refused' };
const noState: S.Problem = { field: 'the state', rule: 'must be noUploads or a state that a transition returned' };

/**
 * Asks an upload store to do a request. The store must answer what the transition answered last, because a tablet that hears success may
 * delete its copy. A store may ask the transition again: it has then begun its transaction anew.
 */
export const transact = <E, D extends Device, U extends User>(
  uploads: UploadStore<E, D, U>,
  admission: UploadAdmission<D, U>,
  request: UploadRequest,
  answer: Answer,
): Outcome<E, Answer> => {
  return () => {
    let verdict: Either<S.Problem, Answer> = left(notAsked);
    const transition = (state: UploadState): UploadTransition => {
      if (!UploadState.is(state)) {
        verdict = left(noState);
        return { state, effects: [], answer: left(noUploadUnderWay) };
      }
      const decided = uploadTransition(admission)(request)(state);
      verdict = isLeft(decided.answer) ? left(notItsAnswer) : right(answer);
      return decided;
    };
    return askHost(
      'UploadStore.transact',
      () => uploads.transact(admission, transition),
      (failure) => (isLeft(verdict) && verdict.left === noState ? left(noState) : readFailure(failure)),
      () => verdict,
    );
  };
};

/** Checks that a host has all that it needs, whatever its type promises. */
export const workableHost: S.Check = S.objectOf({
  tables: S.shape('a Map', aMap),
  serverInfo: S.aFunction,
  registerDevice: S.aFunction,
  uploads: S.objectOf({ transact: S.aFunction, currentRecords: S.aFunction }),
  extraStrings: S.maybe(S.aFunction),
  ownPatient: S.maybe(S.aFunction),
  patientMode: S.maybe(S.objectOf({ registerPatient: S.aFunction, taskSchedules: S.aFunction })),
});
