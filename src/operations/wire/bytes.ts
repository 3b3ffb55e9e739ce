/** Bytes written in base64 (RFC 4648, section 4) or hexadecimal digits. */
import { filter, isSome, none, some, tryCatch, type Option } from 'fp-ts/lib/Option.js';

import { spaces } from './values.js';

/** What a platform may have. `Buffer`, of Node, Deno and Bun, is many times faster than `atob` and `btoa`. */
interface Platform {
  readonly Buffer?: {
    readonly from: ((text: string, encoding: 'base64') => Uint8Array) &
      ((bytes: ArrayBufferLike, start: number, length: number) => { toString: (encoding: 'base64') => string });
  };
  readonly atob?: (text: string) => string;
  readonly btoa?: (binary: string) => string;
}

const nothing = (): string => '';

/** Returns a loose reader of base64, which may throw, and a writer: by the platform's `Buffer`, or by `atob` and `btoa` if there is none. */
export const base64By = ({ Buffer, atob = nothing, btoa = nothing }: Platform) =>
  Buffer === undefined
    ? {
        read: (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
        write: (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
      }
    : {
        // A copy: a small Buffer is a view into memory that it shares with others.
        read: (text: string) => new Uint8Array(Buffer.from(text, 'base64')),
        write: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
      };

// A cast, because the compiler is told of no platform's names.
const base64 = base64By(globalThis as Platform);

/** Returns the bytes that a text stands for, or `none`. */
export type Decode = (text: string) => Option<Uint8Array>;

/**
 * Decodes padded base64. A loose reader gives fewer bytes than the text's length promises if it skipped anything except the padding.
 * `Buffer` also reads `-` and `_`, and of a character beyond U+00FF its low byte.
 */
export const strictBase64 =
  (read: (text: string) => Uint8Array): Decode =>
  (text) => {
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    if (text.includes('-') || text.includes('_') || /[^\0-\xff]/.test(text)) return none;
    return filter(({ length }: Uint8Array) => length === (text.length * 3) / 4 - padding)(tryCatch(() => read(text)));
  };

const strictHexadecimal: Decode = (text) =>
  text === '' || text.length % 2 > 0 || /[^0-9A-Fa-f]/.test(text)
    ? none
    : some(Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16)));

/** Removes white space only after a failure, because most texts have none and looking for it is slow. */
const withSpaces =
  (decode: Decode): Decode =>
  (text) => {
    const bytes = decode(text);
    return isSome(bytes) ? bytes : decode(text.replace(spaces, ''));
  };

/** Returns the bytes of base64, padded with `=`; white space is ignored, and any other text gives `none`. */
export const decodeBase64: Decode = withSpaces(strictBase64(base64.read));

/** Returns the bytes of hexadecimal digits of either case, one pair or more; white space is ignored, any other text gives `none`. */
export const decodeHexadecimal: Decode = withSpaces(strictHexadecimal);

/** Returns the base64 digits of bytes, padded. */
export const encodeBase64: (bytes: Uint8Array) => string = base64.write;
