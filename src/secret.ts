/** A password or a token: a text that never prints itself. */
import type * as t from 'io-ts';

import { guardCodec } from './codec.js';

const hidden = '[secret]';

const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * Holds a text that only `reveal()` gives back. Printed, serialised, put into a template or inspected at any depth, it is
 * `[secret]`. Made by {@link secret}.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether a value is a secret, and not just of its prototype. */
  static is(input: unknown): input is Secret {
    return typeof input === 'object' && input !== null && #text in input;
  }

  /** The text itself. Call it where the text is compared or hashed, and keep the result in no other place. */
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
 * Hides a text (DESIGN.md, section 4).
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

/** The codec of a secret that tells something: a blank password or token is as good as none. */
export const SentSecret: t.Type<Secret, Secret> = guardCodec(
  'Secret',
  'must be a Secret that is not blank',
  (input): input is Secret => Secret.is(input) && input.reveal() !== '',
);
