/**
 * io-ts codecs that never repeat what they refused.
 *
 * An io-ts error holds the refused value, and its reporters print it: a password would end up in a log. Errors made here
 * hold the path and the rule alone.
 */
import { left, type Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** A failed validation that says which rule was broken, and nothing of what broke it. */
export const quietFailure = (context: t.Context, rule: string): Either<t.Errors, never> =>
  left([{ value: undefined, context: context.map(({ key, type }) => ({ key, type })), message: rule }]);

/** A codec of what a guard lets pass, unchanged. */
export const guardCodec = <A>(name: string, rule: string, is: (input: unknown) => input is A): t.Type<A, A> =>
  new t.Type(name, is, (input, context) => (is(input) ? t.success(input) : quietFailure(context, rule)), t.identity);

/** fp-ts's `Option`, of a codec's values. */
export const optionOf = <A, O>(codec: t.Type<A, O>) =>
  t.union([
    t.readonly(t.type({ _tag: t.literal('None') })),
    t.readonly(t.type({ _tag: t.literal('Some'), value: codec })),
  ]);
