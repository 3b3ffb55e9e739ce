/** Access keys: a patient's UUID as words that can be read aloud, with a check letter. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';

import { guardCodec } from '../../internal/codec.js';
import { unknownAccessKey } from '../../refusals/patients.js';
import type { UserError } from '../../user-error.js';

// Model

/** The key that a patient enters in single-user mode: 49 lower-case characters, as the tablet itself checks it. */
export type AccessKey = t.Branded<string, { readonly AccessKey: unique symbol }>;

/** What is wrong with a UUID that a host wants as an access key. */
export interface UuidError {
  /** The text is not 8-4-4-4-12 hexadecimal digits. */
  readonly reason: 'not-a-uuid';
}

// Grammar

/** A consonant stands for 4 bits, a vowel for 2. */
const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';

/** Eight words of 16 bits, the most significant first; then the check letter. */
const keyGrammar = /^(?:[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]-){8}[bdfghjklmnprstvz]$/;
/** The flag `i` matches ASCII letters only: without the flag `u`, no other character counts as their capital. */
const sentGrammar = /^[ \t\n\v\f\r]*[a-z-]{49}[ \t\n\v\f\r]*$/i;
const uuidGrammar = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;

const bitsOf = (letter: string): number => Math.max(consonants.indexOf(letter), vowels.indexOf(letter));

// Check letter

/**
 * The sum of Luhn's algorithm to the base of 16: each second letter counts double, as the sum of its hexadecimal digits. A key has 33
 * letters, so that they are the same from either end.
 */
const checkSum = (key: string): number => {
  let sum = 0;
  for (const [place, letter] of Array.from(key.replaceAll('-', '')).entries()) {
    const bits = bitsOf(letter);
    sum += place % 2 === 0 ? bits : Math.trunc(bits / 8) + ((bits * 2) % 16);
  }
  return sum % 16;
};

/**
 * Checks access keys, as a codec. Accepts exactly what the tablet accepts: {@link parseAccessKey} reads what a tablet sent.
 *
 * @example
 * import { AccessKey } from 'camcops-tablet-session/operations';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * AccessKey.decode('hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l');
 * // right('hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l')
 * PathReporter.report(AccessKey.decode('hohur-bilov')); // ['must be an access key']
 */
export const AccessKey: t.Type<AccessKey, string> = guardCodec(
  'AccessKey',
  'must be an access key',
  (input): input is AccessKey => typeof input === 'string' && keyGrammar.test(input) && checkSum(input) === 0,
);

/**
 * Reads an access key as a tablet sent it: trimmed and in lower case (ASCII only), it must be a key that the tablet itself
 * would accept. Anything else is `unknown-access-key`.
 *
 * @example
 * import { parseAccessKey } from 'camcops-tablet-session/operations';
 *
 * parseAccessKey(' Hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-L');
 * // right('hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l')
 * parseAccessKey('hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-m'); // left({ code: 'unknown-access-key' })
 */
export const parseAccessKey = (text: string): Either<UserError, AccessKey> => {
  const key = text.trim().toLowerCase();
  return sentGrammar.test(text) && AccessKey.is(key) ? right(key) : left(unknownAccessKey);
};

// UUIDs

/** Writes 16 bits as five letters, which stand for 4, 2, 4, 2 and 4 bits. */
const wordOf = (bits: number): string =>
  consonants.charAt(bits >> 12) +
  vowels.charAt((bits >> 10) & 3) +
  consonants.charAt((bits >> 6) & 15) +
  vowels.charAt((bits >> 4) & 3) +
  consonants.charAt(bits & 15);

const hexOf = (word: string): string => {
  let bits = 0;
  for (const letter of word) bits = bits * (vowels.includes(letter) ? 4 : 16) + bitsOf(letter);
  return bits.toString(16).padStart(4, '0');
};

/**
 * Returns the UUID that an access key stands for, in lower case.
 *
 * @example
 * import { parseAccessKey, uuidOfAccessKey } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const uuid = (text: string) => E.map(uuidOfAccessKey)(parseAccessKey(text));
 * uuid('hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l'); // right('493b05ee-0000-4000-8000-0123456789ab')
 * uuid('hohur'); // left({ code: 'unknown-access-key' })
 */
export const uuidOfAccessKey = (key: AccessKey): string => {
  const digits = key.split('-').slice(0, 8).map(hexOf).join('');
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

/**
 * Returns the access key of a UUID: 8-4-4-4-12 hexadecimal digits in any letter case. Anything else is `not-a-uuid`.
 *
 * @example
 * import { accessKeyOfUuid } from 'camcops-tablet-session/operations';
 *
 * accessKeyOfUuid('493B05EE-0000-4000-8000-0123456789AB'); // right('hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l')
 * accessKeyOfUuid('493b05ee'); // left({ reason: 'not-a-uuid' })
 */
export const accessKeyOfUuid = (uuid: string): Either<UuidError, AccessKey> => {
  if (!uuidGrammar.test(uuid)) return left({ reason: 'not-a-uuid' });
  const key = uuid.replaceAll('-', '').replace(/.{4}/g, (digits) => `${wordOf(parseInt(digits, 16))}-`);
  // The letter `b` counts as 0, so it can stand in for the check letter.
  const check = (16 - checkSum(`${key}b`)) % 16;
  return right(`${key}${consonants.charAt(check)}` as AccessKey);
};
