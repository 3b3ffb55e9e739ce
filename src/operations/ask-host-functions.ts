/** Asking the functions of a `TabletHost`: whatever they do, the result is typed, and what is wrong names the function. */
import { isLeft, left, mapLeft, right, tryCatch, type Either } from 'fp-ts/lib/Either.js';
import { flow } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';

import { readFailure, type Defect, type Fault } from '../failures.js';
import { askHost as askIt } from '../ask-host.js';
import { arrayOf, objectOf, optionalOf, shape, type Check } from '../internal/shape.js';
import type { Answer } from '../reply.js';
import type { UserError } from '../user-error.js';
import type { BrokenRule } from './answers/broken-rule.js';
import type { Done } from './uploads/upload-store.js';

/** What an operation comes to. */
export type Outcome<E, A> = TaskEither<UserError | Fault<E> | Defect, A>;

/**
 * Asks the function called `where`, and reads what it answers: `read` gives what to go on with, or says what is wrong with it, quoting no
 * value. That is a defect; so is an answer at which `read` throws.
 */
export const askHost =
  <E, A, B>(where: string, read: (answer: A) => Either<string, B>, call: () => Done<E, A>): Outcome<E, B> =>
  () => askIt(where, call as any, readFailure as any, (a: any) => { try { const r: any = read(a); return r._tag === 'Left' ? (typeof r.left === 'string' ? left({ field: r.left, rule: '' }) : r) : r; } catch (thrown) { return left({field:'x', rule:'y'}) } }) as any;

/** Asks a function that answers nothing; then the tablet is told `answer`. */
export const done = <E>(where: string, answer: Answer, call: () => Done<E, void>): Outcome<E, Answer> =>
  askHost(where, () => right(answer), call);

const inWords = mapLeft(({ field, rule }: BrokenRule) => `${field} ${rule}`);

/** Asks a function whose answer the tablet is told. What cannot be told is the host's defect. */
export const told = <E, A>(
  where: string,
  write: (answer: A) => Either<BrokenRule, Answer>,
  call: () => Done<E, A>,
): Outcome<E, Answer> => askHost(where, flow(write, inWords), call);

const passing =
  (check: Check) =>
  <A>(answer: A): Either<string, A> => {
    return check(answer) as any;
  };

const aString = shape('a string', (value) => typeof value === 'string');
const InfoForm = t.type({ databaseTitle: t.string, uploadPolicy: t.UnknownArray, finalizePolicy: t.UnknownArray });
const hasInfoForm = (info: unknown): boolean =>
  InfoForm.is(info) && 'idNumbers' in info && info.idNumbers instanceof Map;

export const readServerInfo: <A>(info: A) => Either<string, A> = passing(
  shape('the right of serverInfo(config)', hasInfoForm),
);

export const readStoredRecords: <A>(records: A) => Either<string, A> = passing(
  arrayOf(objectOf({ key: shape('a number', Number.isSafeInteger), whenLastModified: optionalOf(aString) })),
);
