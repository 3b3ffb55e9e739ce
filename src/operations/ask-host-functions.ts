/** Asking the functions of a `TabletHost`: whatever they do, the result is typed, and what is wrong names the function. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import type { RegistrationAdmission, UploadAdmission } from '../admission.js';
import { defect, problemOfFailure, type Defect, type Fault } from '../failures.js';
import { ask } from '../internal/ask-host.js';
import { arrayOf, kindOf, objectOf, shape } from '../internal/shape.js';
import type { Device, User } from '../ports.js';
import type { UserError } from '../user-error.js';
import type { ServerInfo } from './patients/server-info.js';
import { validatePatientIdNums } from './patients/validate-patients.js';
import type { TabletHost } from './tablet-host.js';
import type { StoredRecord } from './uploads/plan-table.js';
import { stepOf } from './uploads/stage-step.js';
import type { Staged, TableChange } from './uploads/table-change.js';
import { uploadIdOf } from './uploads/upload-store.js';

/** What an operation comes to. */
export type Outcome<E, A> = Promise<Either<UserError | Fault<E> | Defect, A>>;

/**
 * Asks the function called `where`, and reads what it answers: `read` gives what to go on with, or says what is wrong with it, quoting no
 * value. That is a defect; so is what `read` throws, since a host may answer anything.
 */
export const askHost = async <E, A, B>(
  where: string,
  read: (answer: A) => Either<string, B>,
  call: () => TaskEither<UserError | Fault<E>, A>,
): Outcome<E, B> => {
  const answered = await ask(where, (given) => (isLeft(given) ? problemOfFailure(given.left) : undefined), call);
  if ('broken' in answered) return left(defect(where, answered.broken));
  if (isLeft(answered)) return answered;
  try {
    const result = read(answered.right);
    return isLeft(result) ? left(defect(where, new TypeError(`${where}: ${result.left}`))) : result;
  } catch (thrown) {
    return left(defect(where, thrown));
  }
};

/** For a function that answers nothing. */
export const anything = (): Either<string, void> => right(undefined);

const readServerInfo = (info: ServerInfo): Either<string, ServerInfo> =>
  kindOf(info) === 'an object' && kindOf(info.idNumbers) === 'a Map'
    ? right(info)
    : left(`must be the right of serverInfo(config), was ${kindOf(info)}`);

const storedRecords = arrayOf(objectOf({ key: shape('a number', Number.isSafeInteger) }));
const readStoredRecords = (records: readonly StoredRecord[]): Either<string, readonly StoredRecord[]> => {
  const problem = storedRecords(records);
  return problem === undefined ? right(records) : left(problem);
};

/** The functions that several operations ask for. */
export const hostFunctions = <E, D extends Device, U extends User>(host: TabletHost<E, D, U>) => {
  type Upload = UploadAdmission<D, U>;

  const serverInfo = (admission: RegistrationAdmission<D, U> | Upload): Outcome<E, ServerInfo> =>
    askHost('TabletHost.serverInfo', readServerInfo, () => host.serverInfo(admission));

  const stage = (admission: Upload, step: Staged): Outcome<E, void> =>
    askHost('UploadStore.stage', anything, () => host.uploads.stage(admission, uploadIdOf(admission), step));

  /** Refuses ID numbers that the server does not define, or that are invalid. */
  const checkIdNumbers = async (admission: Upload, changes: readonly TableChange[]): Outcome<E, void> => {
    if (!changes.some(({ table, records }) => table === 'patient_idnum' && records.length > 0)) return right(undefined);
    const info = await serverInfo(admission);
    return isLeft(info) ? info : (changes.map(validatePatientIdNums(info.right)).find(isLeft) ?? right(undefined));
  };

  return {
    serverInfo,
    stage,
    checkIdNumbers,

    /** Stages what a command says, if its ID numbers pass. */
    stageChanges: async (admission: Upload, changes: readonly TableChange[]): Outcome<E, void> => {
      const checked = await checkIdNumbers(admission, changes);
      return isLeft(checked) ? checked : stage(admission, stepOf({ changes }));
    },

    currentRecords: (
      admission: Upload,
      table: string,
      records: readonly { readonly key: number }[],
    ): Outcome<E, readonly StoredRecord[]> =>
      askHost('UploadStore.currentRecords', readStoredRecords, () =>
        host.uploads.currentRecords(admission, table, some(new Set(records.map(({ key }) => key)))),
      ),
  };
};
