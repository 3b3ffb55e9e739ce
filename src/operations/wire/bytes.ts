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

/** Bytes in one piece of the text: a multiple of 3, and few enough for the arguments of one call. */
const pieceLength = 6144;

/** The base64 digits of bytes, padded. */
export const encodeBase64 = (bytes: Uint8Array): string => {
  const digit = (value: number): number => base64Digits.charCodeAt(value & 63);
  let text = '';
  for (let start = 0; start < bytes.length; start += pieceLength) {
    const digits: number[] = [];
    for (let at = start; at < Math.min(start + pieceLength, bytes.length); at += 3) {
      const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      digits.push(digit(three >> 18), digit(three >> 12), digit(three >> 6), digit(three));
    }
    text += String.fromCharCode(...digits);
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - padding) + '='.repeat(padding);
};
