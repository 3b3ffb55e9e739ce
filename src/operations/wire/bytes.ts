/** Bytes written in base64 or hexadecimal digits. */
import { isSpace } from './characters.js';

/** The values of the digits, by their codes, and the bits of each. */
interface Alphabet {
  readonly values: Uint8Array;
  readonly bits: 4 | 6;
}

const noDigit = 0xff;

const alphabet = (bits: 4 | 6, ...spellings: readonly string[]): Alphabet => {
  const values = new Uint8Array(128).fill(noDigit);
  for (const digits of spellings) {
    for (let value = 0; value < digits.length; value += 1) values[digits.charCodeAt(value)] = value;
  }
  return { values, bits };
};

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, section 4. */
export const base64: Alphabet = alphabet(6, base64Digits);
/** RFC 4648, section 8; letters of either case. */
export const hexadecimal: Alphabet = alphabet(4, '0123456789ABCDEF', '0123456789abcdef');

/**
 * The bytes that a part of a text says, white space ignored; `undefined` unless it is digits of the alphabet, for whole bytes,
 * base64 padded with `=`, hexadecimal not empty.
 */
export const decodeBytes = (
  { values, bits }: Alphabet,
  text: string,
  from: number,
  to: number,
): Uint8Array | undefined => {
  const bytes = new Uint8Array(Math.floor(((to - from) * bits) / 8));
  let length = 0;
  let held = 0;
  let heldBits = 0;
  let digits = 0;
  let padding = 0;
  for (let at = from; at < to; at += 1) {
    const character = text.charCodeAt(at);
    const value = values[character] ?? noDigit;
    if (value !== noDigit) {
      if (padding > 0) return undefined;
      digits += 1;
      held = (held << bits) | value;
      heldBits += bits;
      if (heldBits >= 8) {
        heldBits -= 8;
        bytes[length] = held >> heldBits;
        length += 1;
      }
    } else if (character === 0x3d) padding += 1;
    else if (!isSpace(character)) return undefined;
  }
  const isWhole =
    bits === 6 ? padding <= 2 && (digits + padding) % 4 === 0 : digits > 0 && padding === 0 && digits % 2 === 0;
  if (!isWhole) return undefined;
  return length === bytes.length ? bytes : bytes.slice(0, length);
};

/** The base64 digits of bytes, padded. */
export const encodeBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const three = (first << 16) | (second << 8) | third;
    const digits = [three >> 18, three >> 12, three >> 6, three]
      .map((value) => base64Digits.charAt(value & 63))
      .join('');
    text += digits.slice(0, bytes.length - at + 1).padEnd(4, '=');
  }
  return text;
};
