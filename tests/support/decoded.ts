import { isLeft, isRight, type Either } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';

/** The decoded value of a test's own data; it throws if the data are wrong, which ends the test. */
export const decoded = <A>(codec: t.Decoder<unknown, A>, input: unknown): A => {
  const result = codec.decode(input);
  if (isLeft(result)) throw new TypeError(PathReporter.report(result).join('\n'));
  return result.right;
};

/** The right value that a test is sure of. */
export const rightOf = <E, A>(result: Either<E, A>): A => {
  if (isRight(result)) return result.right;
  throw new TypeError(`not a right: ${JSON.stringify(result.left)}`);
};
