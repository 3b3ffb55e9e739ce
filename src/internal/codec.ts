/**
 * io-ts codecs whose errors never hold the refused value.
 *
 * io-ts's own errors hold that value and its reporters print it, so a password would end up in a log. Errors made here hold only the
 * path and the rule.
 */
import { isLeft, isRight, left, type Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { optionalOf, shape } from './shape.js';

/** A failed validation that names the broken rule, and never holds the value. */
export const redactedFailure = (context: t.Context, rule: string): Either<t.Errors, never> =>
  left([{ value: undefined, context: context.map(({ key, type }) => ({ key, type })), message: rule }]);

/** Makes a codec from a guard: values pass unchanged. */
export const guardCodec = <A>(name: string, rule: string, is: (input: unknown) => input is A): t.Type<A, A> =>
  new t.Type(name, is, (input, context) => (is(input) ? t.success(input) : redactedFailure(context, rule)), t.identity);

/** fp-ts's `Option` of values that satisfy a codec. */
export const optionOf = <A, O>({ name, is }: t.Type<A, O>): t.Type<Option<A>> => {
  const check = optionalOf(shape(name, is));
  return guardCodec('Option', 'must be an Option', (input): input is Option<A> => isRight(check(input)));
};

/** A whole number from 1 to 2^53 - 1. */
export const PositiveInteger: t.Type<number, number> = guardCodec(
  'PositiveInteger',
  'must be a whole number above 0',
  (input): input is number => Number.isSafeInteger(input) && Number(input) > 0,
);

/** Returns the same codec with a single error, which names only the rule. */
export const redacted = <A, O>(name: string, rule: string, codec: t.Type<A, O>): t.Type<A, O> =>
  new t.Type(
    name,
    codec.is,
    (input, context) => {
      const decoded = codec.decode(input);
      return isLeft(decoded) ? redactedFailure(context, rule) : decoded;
    },
    codec.encode,
  );
