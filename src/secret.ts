/** A password or a token: a string that never prints itself. */
import type * as t from 'io-ts';

import { guardCodec } from './internal/codec.js';

const hidden = '[secret]';

const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * A string that only `reveal()` gives back. Printed, serialised, put into a template or inspected at any depth, a secret shows as
 * `[secret]`. Made by {@link secret}.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns whether a value is a secret and not just an object with the same prototype. */
  static is(input: unknown): input is Secret {
    return typeof input === 'object' && input !== null && #text in input;
  }

  /** Returns the string itself. Call this only where the string is compared or hashed, and do not keep the result. */
  reveal(): string {
    return this.#text;
  }

  /** `[secret]`. */
  toString(): string {
    return hidden;
  }

  /** `[secret]`. */
  toJSON(): string {
    return hidden;
  }

  /** `[secret]`, in Node's `util.inspect` and `console`. */
  [inspectCustom](): string {
    return hidden;
  }
}

/**
 * Makes a secret of a string.
 *
 * @example
 * import { secret } from 'camcops-tablet-session';
 *
 * const password = secret('correct horse');
 * String(password); // '[secret]'
 * JSON.stringify({ password }); // '{"password":"[secret]"}'
 * password.reveal(); // 'correct horse'
 */
export const secret = (text: string): Secret => new Secret(text);

/** The codec of a secret that is not blank: a blank password or token counts as absent. */
export const NonBlankSecret: t.Type<Secret, Secret> = guardCodec(
  'Secret',
  'must be a Secret that is not blank',
  (input): input is Secret => Secret.is(input) && input.reveal() !== '',
);
