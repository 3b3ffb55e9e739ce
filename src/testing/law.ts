/** The form of a law: a promise of a host's, as a named check for any test runner. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** A promise of a host's, and whether it is kept: if not, the left says how. It never rejects. */
export interface Law {
  readonly name: string;
  /** `left` says how the law was broken. It never rejects. */
  readonly check: () => Promise<Either<string, void>>;
}

export type Verdict = Either<string, void>;

export const kept: Verdict = right(undefined);
export const broken = (how: string): Verdict => left(how);
export const keptIf = (holds: boolean, how: string): Verdict => (holds ? kept : broken(how));

/** Some values that a host may throw have no text. */
const wordsOf = (fault: unknown): string => {
  try {
    return String(fault);
  } catch {
    return typeof fault;
  }
};

/** A law whose check may reject: it is broken then. `subject` says whose fault that is. */
export const lawOf =
  (subject: string) =>
  (name: string, check: () => Promise<Verdict>): Law => ({
    name,
    check: () => check().catch((fault: unknown) => broken(`${subject} was at fault: ${wordsOf(fault)}`)),
  });

/** The right answer, or a rejection. */
export const answerOf = async <E, A>(question: TaskEither<E, A>): Promise<A> => {
  const answer = await question();
  return isLeft(answer) ? Promise.reject(new Error(wordsOf(answer.left))) : answer.right;
};
