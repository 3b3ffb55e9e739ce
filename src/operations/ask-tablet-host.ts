/** Calls the functions of a `TabletHost` and checks each answer. A problem names the function. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';

import type { UploadAdmission } from '../admission.js';
import { askHost } from '../ask-host.js';
import { readFailure, type Defect, type Fault } from '../failures.js';
import * as S from '../internal/shape.js';
import type { Device, User } from '../ports.js';
import { noUploadUnderWay } from '../refusals/uploads.js';
import type { Answer } from '../reply.js';
import type { UserError } from '../user-error.js';
import { textNames } from './patients/patient-details.js';
import type { Done, UploadStore } from './tablet-host.js';
import { UploadState, uploadTransition, type UploadRequest, type UploadTransition } from './uploads/upload-state.js';

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
  const decide = uploadTransition(admission)(request);
  return () => {
    let verdict: Either<S.Problem, Answer> = left(notAsked);
    const transition = (state: UploadState): UploadTransition => {
      if (!UploadState.is(state)) {
        verdict = left(noState);
        return { state, effects: [], answer: left(noUploadUnderWay) };
      }
      const decided = decide(state);
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
