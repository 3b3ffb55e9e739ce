/** Bytes written in base64 (RFC 4648, section 4) or hexadecimal digits. */
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import { spaces } from './characters.js';

/** Node's `Buffer`, which Deno and Bun have too. It is many times as fast as a loop of JavaScript. */
interface PlatformBuffer {
  readonly from: ((text: string, encoding: 'base64') => Uint8Array) &
    ((bytes: ArrayBufferLike, start: number, length: number) => { toString: (encoding: 'base64') => string });
}

const isPlatformBuffer = (value: unknown): value is PlatformBuffer => typeof value === 'function' && 'from' in value;

/** Where each digit's code has its value, and every other code 255. */
const digitValues = (...spellings: readonly string[]): Uint8Array => {
  const values = new Uint8Array(0x10000).fill(0xff);
  for (const digits of spellings) Array.from(digits, (digit, value) => (values[digit.charCodeAt(0)] = value));
  return values;
};

/** Returns the bytes that the digits of a text say, each of so many bits. Other characters are skipped. */
const digitReader =
  (bits: 4 | 6, values: Uint8Array) =>
  (text: string): Uint8Array => {
    const bytes = new Uint8Array(Math.floor((text.length * bits) / 8));
    let [length, held, heldBits] = [0, 0, 0];
    for (let at = 0; at < text.length; at += 1) {
      const value = Number(values[text.charCodeAt(at)]);
      if (value === 0xff) continue;
      held = (held << bits) | value;
      heldBits += bits;
      if (heldBits < 8) continue;
      heldBits -= 8;
      bytes[length++] = held >> heldBits;
    }
    return bytes.slice(0, length);
  };

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes in one piece of the text: a multiple of 3, and few enough for the arguments of one call. */
const pieceLength = 6144;

const writeBase64 = (bytes: Uint8Array): string => {
  const digit = (value: number): number => base64Digits.charCodeAt(value & 63);
  let text = '';
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

/** Reads base64 loosely, skipping what is no digit, and writes it. */
interface Base64 {
  readonly read: (text: string) => Uint8Array;
  readonly write: (bytes: Uint8Array) => string;
}

/** Base64 by a platform's `Buffer`, or by hand if it has none. */
export const base64By = (buffer: unknown): Base64 =>
  isPlatformBuffer(buffer)
    ? {
        // A copy: a small Buffer is a view into memory that it shares with others.
        read: (text) => new Uint8Array(buffer.from(text, 'base64')),
        write: (bytes) => buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
      }
    : { read: digitReader(6, digitValues(base64Digits)), write: writeBase64 };

const base64 = base64By(Reflect.get(globalThis, 'Buffer'));

/**
 * The bytes of padded base64. A loose reader gives fewer of them than the text's length promises if it skipped anything but the
 * padding. `Buffer` also reads `-` and `_`, and of a character beyond U+00FF its low byte.
 */
const strictBase64 = (text: string): Option<Uint8Array> => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.includes('-') || text.includes('_') || /[^\0-\xff]/.test(text)) return none;
  const bytes = base64.read(text);
  return bytes.length === (text.length * 3) / 4 - padding ? some(bytes) : none;
};

const readHexadecimal = digitReader(4, digitValues('0123456789ABCDEF', '0123456789abcdef'));

const strictHexadecimal = (text: string): Option<Uint8Array> => {
  const bytes = readHexadecimal(text);
  return bytes.length > 0 && bytes.length === text.length / 2 ? some(bytes) : none;
};

type Decode = (text: string) => Option<Uint8Array>;

/** Most texts hold no white space, and it takes long to look for it. */
const withSpaces =
  (decode: Decode): Decode =>
  (text) => {
    const bytes = decode(text);
    return bytes._tag === 'Some' ? bytes : decode(text.replace(spaces, ''));
  };

/** Returns the bytes of base64, padded with `=`; white space is ignored, and any other text gives `none`. */
export const decodeBase64: Decode = withSpaces(strictBase64);

/** Returns the bytes of hexadecimal digits of either case, one pair or more; white space is ignored, any other text gives `none`. */
export const decodeHexadecimal: Decode = withSpaces(strictHexadecimal);

/** Returns the base64 digits of bytes, padded. */
export const encodeBase64: (bytes: Uint8Array) => string = base64.write;
