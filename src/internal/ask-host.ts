/** Asking a host's own code, whatever it does. */
import { isLeft, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { kindOf } from './shape.js';

/** The host's code threw, rejected, or answered something that it must not. */
export interface Broken {
  readonly broken: unknown;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const isEither = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_tag' in value && (value._tag === 'Left' || value._tag === 'Right');

const ignore = (): undefined => undefined;

/** The commonest slip is an `async` function without its second arrow. */
const notATask = (kind: string): string =>
  `returned ${kind}: a TaskEither is a function that returns ${kind === 'a Promise' ? 'one' : 'a Promise'}`;

/**
 * The answer of the host's function called `where`, if `check` finds nothing wrong with it. It never rejects: if the function
 * throws or rejects, `broken` is what it threw; if it answers anything else, `broken` is a `TypeError` in words.
 */
export const ask = async <E, A>(
  where: string,
  check: (answer: Either<E, A>) => string | undefined,
  call: () => TaskEither<E, A>,
): Promise<Either<E, A> | Broken> => {
  try {
    const task = call();
    if (!isFunction(task)) {
      // Nobody else looks at such a promise: it must not end the process if it rejects.
      Promise.resolve(task).catch(ignore);
      return { broken: new TypeError(`${where} ${notATask(kindOf(task))}`) };
    }
    const answer = await task();
    if (!isEither(answer))
      return { broken: new TypeError(`${where} answered ${kindOf(answer)}: it must be an Either`) };
    const problem = check(answer);
    if (problem === undefined) return answer;
    return { broken: new TypeError(`${where}: ${problem}`, isLeft(answer) ? { cause: answer.left } : undefined) };
  } catch (thrown) {
    return { broken: thrown };
  }
};
