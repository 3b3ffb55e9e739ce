/** Asking a host's own code, whatever it does. */
import { isLeft, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { kindOf, sentenceOf } from './shape.js';

/** The host's code threw, rejected, or answered something that it must not. */
export interface Broken {
  readonly broken: unknown;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const isEither = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_tag' in value && (value._tag === 'Left' || value._tag === 'Right');

/** The commonest slip is an `async` function without its second arrow. */
const notATask = (kind: string): string =>
  `returned ${kind}: a TaskEither is a function that returns ${kind === 'a Promise' ? 'one' : 'a Promise'}`;

const notAnEither = 'it must be an Either (left or right)';

/**
 * What `read` makes of the answer of the host's function called `where`, if `check` finds nothing wrong with it. It never rejects: if the
 * function throws or rejects, `broken` gets what it threw; if it answers anything else, `broken` gets a `TypeError` in words.
 */
export const askWith = async <E, A, B>(
  where: string,
  check: (answer: Either<E, A>) => string | undefined,
  call: () => TaskEither<E, A>,
  read: (answer: Either<E, A>) => B,
  broken: (cause: unknown) => B,
): Promise<B> => {
  try {
    const task = call();
    if (!isFunction(task)) return broken(new TypeError(`${where} ${notATask(kindOf(task))}`));
    const answer = await task();
    if (!isEither(answer)) return broken(new TypeError(`${where} answered ${kindOf(answer)}: ${notAnEither}`));
    const problem = check(answer);
    if (problem === undefined) return read(answer);
    const words = `${where}: ${sentenceOf('the answer', problem)}`;
    return broken(new TypeError(words, isLeft(answer) ? { cause: answer.left } : undefined));
  } catch (thrown) {
    return broken(thrown);
  }
};

/** {@link askWith}, with the answer as it is. */
export const ask = <E, A>(
  where: string,
  check: (answer: Either<E, A>) => string | undefined,
  call: () => TaskEither<E, A>,
): Promise<Either<E, A> | Broken> =>
  askWith<E, A, Either<E, A> | Broken>(
    where,
    check,
    call,
    (answer) => answer,
    (cause) => ({ broken: cause }),
  );
