/** Failures on the server's side: faults, which a host expects, and defects, which nobody expects. No tablet is told their cause. */
import { right, type Either } from 'fp-ts/lib/Either.js';

import { isObject, mustBe, property, type Problem } from './internal/shape.js';
import { isUserError, type UserError } from './user-error.js';

/** An expected failure of a port or handler. `cause` is the host's own, unchanged. */
export interface Fault<E> {
  readonly code: 'fault';
  readonly cause: E;
}

/** An unexpected failure: a port or handler threw, rejected, or gave an answer that breaks its promise. */
export interface Defect {
  readonly code: 'defect';
  /** The port or handler: `DeviceStore.findDeviceByName`, `the handler of upload_table`. */
  readonly where: string;
  /** What was thrown, or a `TypeError` that says what was wrong with the answer, without quoting a value. */
  readonly cause: unknown;
}

/**
 * Makes a failure that is not the tablet's doing. The tablet is told only `Server error`; `cause` is for the host's log.
 *
 * @example
 * import { fault } from 'camcops-tablet-session';
 *
 * fault('the database is down'); // { code: 'fault', cause: 'the database is down' }
 */
export const fault = <E>(cause: E): Fault<E> => ({ code: 'fault', cause });

export const defect = (where: string, cause: unknown): Defect => ({ code: 'defect', where, cause });

const isServerFailure = (failure: unknown): boolean => {
  if (!isObject(failure) || !Object.hasOwn(failure, 'cause')) return false;
  const code = property(failure, 'code');
  return code === 'fault' || code === 'defect';
};

/** A handler's failure: a refusal, a fault, or the defect of a function that it called. */
export type Failure<E> = UserError | Fault<E> | Defect;

/** Reads the failure of a host's function, whatever its type promises. */
export const readFailure = <L extends Failure<unknown>>(failure: L): Either<Problem, L> =>
  isUserError(failure) || isServerFailure(failure)
    ? right(failure)
    : mustBe('a refusal or a fault(cause)', failure, 'a failure');
