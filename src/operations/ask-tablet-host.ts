/** Calls the functions of a `TabletHost` and checks each answer. A problem names the function. */
import { isLeft, left, map, right, traverseArray, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isNone, none, some, type Option } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';

import type { RegistrationAdmission, UploadAdmission } from '../admission.js';
import { askHost } from '../ask-host.js';
import { readFailure, type Defect, type Fault } from '../failures.js';
import * as S from '../internal/shape.js';
import type { Device, User } from '../ports.js';
import { noUploadUnderWay } from '../refusals/uploads.js';
import type { Answer } from '../reply.js';
import type { UserError } from '../user-error.js';
import { textNames, type PatientDetails } from './patients/patient-details.js';
import { ownRowsOnly, validatePatientIdNums } from './patients/validate-patients.js';
import type { Done, TabletHost, UploadStore } from './tablet-host.js';
import type { TableChange } from './uploads/upload-step.js';
import { UploadState, uploadTransition, type UploadRequest, type UploadTransition } from './uploads/upload-state.js';

/** The outcome of an operation. */
export type Outcome<E, A> = TE.TaskEither<UserError | Fault<E> | Defect, A>;

/** Calls the function named `where`. `read` returns the value to go on with, or the problem with the answer: a defect. */
export const told =
  <E, A, B>(where: string, read: (answer: A) => Either<S.Problem, B>, call: () => Done<E, A>): Outcome<E, B> =>
  () =>
    askHost(where, call, readFailure<UserError | Fault<E>>, read);

const aMap = (value: unknown): boolean => value instanceof Map;
const InfoForm = t.type({ databaseTitle: t.string, uploadPolicy: t.UnknownArray, finalizePolicy: t.UnknownArray });

const readServerInfo: S.Check = S.shape(
  'the right of serverInfo(config)',
  (info) => InfoForm.is(info) && 'idNumbers' in info && aMap(info.idNumbers),
);

const readStoredRecords: S.Check = S.arrayOf(
  S.objectOf({ key: S.shape('a number', Number.isSafeInteger), whenLastModified: S.optionalOf(S.aString) }),
);

const readOwnPatient: S.Check = S.optionalOf(
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
  const decide = uploadTransition(admission)(request);
  return () => {
    let verdict: Either<S.Problem, unknown> = left(notAsked);
    const transition = (state: UploadState): UploadTransition => {
      const decided = UploadState.is(state) ? decide(state) : undefined;
      if (decided === undefined) verdict = left(noState);
      else verdict = isLeft(decided.answer) ? left(notItsAnswer) : right(undefined);
      return decided ?? { state, effects: [], answer: left(noUploadUnderWay) };
    };
    return askHost(
      'UploadStore.transact',
      () => uploads.transact(admission, transition),
      (failure) => (isLeft(verdict) && verdict.left === noState ? left(noState) : readFailure(failure)),
      () => map(() => answer)(verdict),
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

/** Returns the questions to a host, and the checks that need its answers. */
export const asking = <E, D extends Device, U extends User>(host: TabletHost<E, D, U>) => {
  type Upload = UploadAdmission<D, U>;

  const serverInfo = (admission: RegistrationAdmission<D, U> | Upload) =>
    told('TabletHost.serverInfo', readServerInfo, () => host.serverInfo(admission));

  const ownPatient = (admission: Upload) =>
    told('TabletHost.ownPatient', readOwnPatient, () =>
      host.ownPatient === undefined ? TE.right(none) : host.ownPatient(admission),
    );

  const currentRecords = (admission: Upload, table: string, records: readonly { readonly key: number }[]) =>
    told('UploadStore.currentRecords', readStoredRecords, () =>
      host.uploads.currentRecords(admission, table, some(new Set(records.map(({ key }) => key)))),
    );

  /** Refuses other patients than the account's own, if the account is tied to one. */
  const checkOwn = (admission: Upload, areOwn: (own: PatientDetails) => Either<UserError, void>): Outcome<E, void> =>
    TE.chainEitherKW((own: Option<PatientDetails>) => (isNone(own) ? right(undefined) : areOwn(own.value)))(
      ownPatient(admission),
    );

  /** Refuses ID numbers that are invalid or of an undefined type, and rows that do not belong to the account's own patient. */
  const checkRows = (admission: Upload, changes: readonly TableChange[]): Outcome<E, unknown> => {
    const hasRows = (name: string): boolean =>
      changes.some(({ table, records }) => table === name && records.length > 0);
    const checkIdNumbers = pipe(
      serverInfo(admission),
      TE.chainEitherKW((info) => traverseArray(validatePatientIdNums(info))(changes)),
    );
    const checkPatients = checkOwn(admission, (own) => ownRowsOnly(own)(changes));
    if (!hasRows('patient_idnum')) return hasRows('patient') ? checkPatients : TE.right(undefined);
    return TE.chain(() => checkPatients)(checkIdNumbers);
  };

  return { serverInfo, currentRecords, checkOwn, checkRows };
};
