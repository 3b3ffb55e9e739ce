/** Bytes written in base64 or hexadecimal digits. */
import { code, isSpace } from './characters.js';

/** The values of digits, by their codes, and the bits of each. */
interface Alphabet {
  readonly values: Uint8Array;
  readonly bits: 4 | 6;
}

const noDigit = 0xff;

/** Every code has its place, so that no look-up fails. */
const alphabet = (bits: 4 | 6, ...spellings: readonly string[]): Alphabet => {
  const values = new Uint8Array(0x10000).fill(noDigit);
  for (const digits of spellings) Array.from(digits, (digit, value) => (values[digit.charCodeAt(0)] = value));
  return { values, bits };
};

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, section 4. */
export const base64: Alphabet = alphabet(6, base64Digits);
/** RFC 4648, section 8; letters of either case. */
export const hexadecimal: Alphabet = alphabet(4, '0123456789ABCDEF', '0123456789abcdef');

/**
 * The bytes that a part of a text says, white space ignored; `undefined` unless it is digits of the alphabet, for whole bytes:
 * base64 padded with `=`, hexadecimal not empty.
 */
export const decodeBytes = (alphabet: Alphabet, text: string, from: number, to: number): Uint8Array | undefined => {
  const { values, bits } = alphabet;
  // Stryker disable next-line ArithmeticOperator: what is too long is cut in the end.
  const bytes = new Uint8Array(Math.floor(((to - from) * bits) / 8));
  let [length, held, heldBits, digits, padding] = [0, 0, 0, 0, 0];
  for (let at = from; at < to; at += 1) {
    const character = text.charCodeAt(at);
    const value = Number(values[character]);
    if (value !== noDigit) {
      if (padding > 0) return undefined;
      digits += 1;
      held = (held << bits) | value;
      heldBits += bits;
      if (heldBits < 8) continue;
      heldBits -= 8;
      bytes[length++] = held >> heldBits;
    } else if (character === code.equals) padding += 1;
    else if (!isSpace(character)) return undefined;
  }
  const isHexadecimal = digits > 0 && padding === 0 && digits % 2 === 0;
  const isWhole = bits === 6 ? padding <= 2 && (digits + padding) % 4 === 0 : isHexadecimal;
  return isWhole ? bytes.slice(0, length) : undefined;
};

/** Bytes in one piece of the text: a multiple of 3, and few enough for the arguments of one call. */
const pieceLength = 6144;

/** The base64 digits of bytes, padded. */
export const encodeBase64 = (bytes: Uint8Array): string => {
  const digit = (value: number): number => base64Digits.charCodeAt(value & 63);
  let text = '';
  // Stryker disable next-line EqualityOperator: an empty piece adds nothing.
  for (let start = 0; start < bytes.length; start += pieceLength) {
    const digits: number[] = [];
    for (let at = start; at < Math.min(start + pieceLength, bytes.length); at += 3) {
      // Past the end, NaN becomes 0.
      const three = (Number(bytes[at]) << 16) | (Number(bytes[at + 1]) << 8) | Number(bytes[at + 2]);
      digits.push(digit(three >> 18), digit(three >> 12), digit(three >> 6), digit(three));
    }
    text += String.fromCharCode(...digits);
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - padding) + '='.repeat(padding);
};
