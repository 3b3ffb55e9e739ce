/** Calls a host's function, and survives whatever that function does. */
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { defect, type Defect } from './failures.js';
import { handleRejection, isObject, isPolluted, kindOf, tagOf, wordsOf, type Problem } from './internal/shape.js';

const isEither = (value: unknown): boolean => {
  const tag = tagOf(value);
  const side = tag === 'Right' ? 'right' : 'left';
  return (tag === 'Left' || tag === 'Right') && isObject(value) && !isPolluted(value, side);
};

/** The most common mistake is an `async` function without its second arrow. */
const notATask = (answer: unknown): string => {
  handleRejection(answer);
  const kind = kindOf(answer);
  return `returned ${kind}: a TaskEither is a function that returns ${kind === 'a Promise' ? 'one' : 'a Promise'}`;
};

const inWords = wordsOf('the answer');

/**
 * Calls the host's function named `where` and reads its answer: `readFailure` reads a left, `readAnswer` a right. Never rejects.
 * If the function throws, rejects, or answers what a reader refuses, the result is a defect that names the function.
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
    try {
      const read = readAnswer(answer.right);
      return isLeft(read) ? broken(`: ${inWords(read.left)}`) : read;
    } catch (thrown) {
      return broken(': the answer does not have the form that its type demands', thrown);
    }
  } catch (thrown) {
    return left(defect(where, thrown));
  }
};
