/** What a tablet cannot be told: a host's value that breaks a rule. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

/** `${field} ${rule}` is a sentence. It names the field and the rule, never the value. */
export interface BrokenRule {
  readonly field: string;
  readonly rule: string;
}

/** A field, its rule, and whether the field keeps it. */
export type Check = readonly [field: string, rule: string, isKept: boolean];

/** The answer of `write`, if every field keeps its rule; else the first rule that is broken. */
export const answerIf = <A>(checks: readonly Check[], write: () => A): Either<BrokenRule, A> => {
  const broken = checks.find(([, , isKept]) => !isKept);
  return broken === undefined ? right(write()) : left({ field: broken[0], rule: broken[1] });
};

export const oneLineRule = 'must be on one line, without leading white space';

/**
 * Whether a tablet reads a value back exactly from a line `key:value`: it drops white space after the colon, and a line end would end
 * the value. Half of a surrogate pair has no UTF-8.
 */
export const isOneLine = (value: string): boolean => !/^\s|[\n-\r\u0085\u2028\u2029\p{Surrogate}]/u.test(value);
