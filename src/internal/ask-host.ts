/** Asking a host's own code, whatever it does: either it answers as it promises, or the promise rejects. */
import { isLeft, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

const isEither = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_tag' in value && (value._tag === 'Left' || value._tag === 'Right');

/**
 * The answer of the host's function of this name, if `isAnswer` holds for it. It rejects as the function does, or with a
 * `TypeError` that names the function if it answers anything else: the caller turns that into a fault.
 */
export const ask = async <E, A>(
  name: string,
  isAnswer: (answer: unknown) => boolean,
  call: () => TaskEither<E, A>,
): Promise<Either<E, A>> => {
  const answer = await call()();
  if (isEither(answer) && (isLeft(answer) || isAnswer(answer.right))) return answer;
  return Promise.reject(new TypeError(`${name} did not answer as it promises to`));
};
