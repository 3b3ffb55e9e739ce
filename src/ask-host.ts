/** Asking a function of the host's, whatever it does. */
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { defect, type Defect } from './failures.js';
import { kindOf, wordsOf, type Problem } from './internal/shape.js';

const isEither = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_tag' in value && (value._tag === 'Left' || value._tag === 'Right');

const ignore = (): undefined => undefined;

/** The commonest slip is an `async` function without its second arrow. A promise that nobody awaits must not end the process. */
const notATask = (answer: unknown): string => {
  const kind = kindOf(answer);
  if (kind !== 'a Promise') return `returned ${kind}: a TaskEither is a function that returns a Promise`;
  Promise.resolve(answer).catch(ignore);
  return 'returned a Promise: a TaskEither is a function that returns one';
};

const inWords = wordsOf('the answer');

/**
 * Asks the host's function called `where`, and reads what it answers: `readFailure` its left, `readAnswer` its right. It never rejects.
 * If the function throws, rejects, or answers what a reader refuses, that is a defect which names the function.
 */
export const askHost = async <E, A, L, B>(
  where: string,
  call: () => TaskEither<E, A>,
  readFailure: (failure: E) => Either<Problem, L>,
  readAnswer: (answer: A) => Either<Problem, B>,
): Promise<Either<L | Defect, B>> => {
  const broken = (words: string, cause?: unknown) =>
    left(defect(where, new TypeError(`${where}${words}`, cause === undefined ? undefined : { cause })));
  try {
    const task = call();
    if (typeof task !== 'function') return broken(` ${notATask(task)}`);
    const answer = await task();
    if (!isEither(answer)) return broken(` answered ${kindOf(answer)}: it must be an Either (left or right)`);
    if (isLeft(answer)) {
      const failure = readFailure(answer.left);
      return isLeft(failure) ? broken(`: ${inWords(failure.left)}`, answer.left) : left(failure.right);
    }
    const read = readAnswer(answer.right);
    return isLeft(read) ? broken(`: ${inWords(read.left)}`) : read;
  } catch (thrown) {
    return left(defect(where, thrown));
  }
};
