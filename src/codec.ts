/**
 * io-ts codecs that never repeat what they refused.
 *
 * An io-ts error holds the refused value, and its reporters print it: a password would end up in a log. Errors made here
 * hold the path and the rule alone.
 */
import { left, type Either } from 'fp-ts/lib/Either.js';
import { isNone, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

/** A failed validation that says which rule was broken, and nothing of what broke it. */
export const quietFailure = (context: t.Context, rule: string): Either<t.Errors, never> =>
  left([{ value: undefined, context: context.map(({ key, type }) => ({ key, type })), message: rule }]);

/** A codec of what a guard lets pass, unchanged. */
export const guardCodec = <A>(name: string, rule: string, is: (input: unknown) => input is A): t.Type<A, A> =>
  new t.Type(name, is, (input, context) => (is(input) ? t.success(input) : quietFailure(context, rule)), t.identity);

const isOptionOf = <A>({ is }: t.Any, input: unknown): input is Option<A> => {
  if (typeof input !== 'object' || input === null || !('_tag' in input)) return false;
  return input._tag === 'None' || (input._tag === 'Some' && 'value' in input && is(input.value));
};

/** fp-ts's `Option`, of values that a codec holds for. */
export const optionOf = <A, O>(codec: t.Type<A, O>): t.Type<Option<A>> =>
  guardCodec('Option', 'must be an Option', (input): input is Option<A> => isOptionOf(codec, input));

/** Whether a port's answer is `none`, or `some` of a value that a codec holds for and that is what was asked for. */
export const isNoneOr =
  <A, O>(codec: t.Type<A, O>, isAskedFor: (value: A) => boolean) =>
  (answer: unknown): boolean =>
    isOptionOf<A>(codec, answer) && (isNone(answer) || isAskedFor(answer.value));

/** A number that is one: io-ts's own takes NaN, which is nobody's id. */
export const FiniteNumber: t.Type<number, number> = guardCodec(
  'FiniteNumber',
  'must be a finite number',
  (input): input is number => Number.isFinite(input),
);
