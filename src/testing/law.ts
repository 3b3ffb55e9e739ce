/** Laws: a host's promises, as named checks for any test runner. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** A host's promise, and a check whether the host keeps it. */
export interface Law {
  readonly name: string;
  /** Checks the law. A `left` says how it is broken. Never rejects. */
  readonly check: () => Promise<Either<string, void>>;
}

export type Verdict = Either<string, void>;

export const kept: Verdict = right(undefined);
export const broken = (how: string): Verdict => left(how);
export const keptIf = (holds: boolean, how: string): Verdict => (holds ? kept : broken(how));

/** Returns a text for what a host threw: some values have none of their own. */
const wordsOf = (fault: unknown): string => {
  try {
    return String(fault);
  } catch {
    return typeof fault;
  }
};

/** Makes a law of a check that may reject, which breaks the law. `subject` says whose fault that is. */
export const lawOf =
  (subject: string) =>
  (name: string, check: () => Promise<Verdict>): Law => ({
    name,
    check: () => check().catch((fault: unknown) => broken(`${subject} was at fault: ${wordsOf(fault)}`)),
  });

/** Returns the right of an answer, or rejects. */
export const answerOf = async <E, A>(question: TaskEither<E, A>): Promise<A> => {
  const answer = await question();
  return isLeft(answer) ? Promise.reject(new Error(wordsOf(answer.left))) : answer.right;
};
