/** The values of a tablet's records, and readers of their texts: characters, numbers, dates and instants, bytes, JSON. */
import { filter, isSome, map, none, some, tryCatch, type Option } from 'fp-ts/lib/Option.js';

/**
 * A value of a column. `null` is the database's NULL. A whole number beyond 2^53 - 1 is a `bigint`; dates and times are strings,
 * booleans 0 or 1.
 */
export type Value = null | string | number | bigint | Uint8Array;

// Characters and numbers

export const code = { quote: 0x22, apostrophe: 0x27, comma: 0x2c, zero: 0x30, nine: 0x39, backslash: 0x5c } as const;

/** White space in any script. U+FEFF is not white space, unlike in JavaScript's `\s`. */
// eslint-disable-next-line no-control-regex -- Python, and so CamCOPS, counts U+001C to U+001F as white space.
export const spaces = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Returns whether a character code is white space. Past the end of a text the code is NaN, which is not. */
export const isSpace = (code: number): boolean =>
  code <= 0x20
    ? (code >= 0x09 && code <= 0x0d) || code >= 0x1c
    : code >= 0x85 && String.fromCharCode(code).search(spaces) === 0;

/** Returns a part of a text without the white space at its ends. */
export const trimmed = (text: string, from = 0, to = text.length): string => {
  let [start, end] = [from, to];
  while (isSpace(text.charCodeAt(start))) start += 1;
  while (isSpace(text.charCodeAt(end - 1))) end -= 1;
  // In a text of nothing but white space, `start` has passed `end`: slice gives an empty text.
  return text.slice(start, end);
};

/** The rule of a text that every database can store. */
export const wellFormedRule = 'must hold no NUL and no lone surrogate';

const illFormed = /[\0\p{Surrogate}]/u;

/** Returns whether a text holds no NUL and no lone surrogate. */
export const isWellFormed = (text: string): boolean => !illFormed.test(text);

/** The most characters of a number: reading time grows faster than the length. */
export const maxNumberLength = 1000;

/** Returns whether a text is `[-]digits`. */
export const isWhole = (text: string): boolean => /^-?[0-9]+$/.test(text);

/** Returns the number of a text `[-]digits` with every digit kept: a `bigint` beyond 2^53 - 1. */
export const wholeNumber = (digits: string): number | bigint => {
  const number = Number(digits);
  // Adding 0 turns -0 into 0.
  return Number.isSafeInteger(number) ? number + 0 : BigInt(digits);
};

// Dates and instants (ISO 8601)

const dateForm = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const instantForm =
  /^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[-+](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/;

/** Returns the number in two digits at a place of a text. */
const pairAt = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

/** The calendar repeats itself every 400 years. */
const fourHundredYears = 146_097 * 86_400_000;

/** Returns the milliseconds from 1970 to the day in the first ten characters of a text; NaN if there is no such day. */
const dayOf = (text: string): number => {
  const year = pairAt(text, 0) * 100 + pairAt(text, 2);
  const month = pairAt(text, 5) - 1;
  const day = pairAt(text, 8);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999, and February 30 as March 1 or 2.
  const start = Date.UTC(year + 400, month, day);
  const isReal = day > 28 ? new Date(start).getUTCMonth() === month : day > 0 && month >= 0 && month < 12;
  return year > 0 && isReal ? start - fourHundredYears : NaN;
};

/** Returns whether a text is a date `YYYY-MM-DD` of the years 0001 to 9999. */
export const isDate = (text: string): boolean => dateForm.test(text) && !Number.isNaN(dayOf(text));

/** Returns whether a character code is `Z`, `+` or `-`. */
const isSign = (code: number): boolean => code === 0x5a || code === 0x2b || code === 0x2d;

/**
 * Returns the milliseconds from 1970-01-01T00:00Z to an instant `YYYY-MM-DDTHH:MM[:SS[.fraction]]` with an offset `Z`, `+HH:MM`,
 * `+HHMM` or `+HH` (or `-`). A space may stand for the `T`; digits beyond the milliseconds are dropped. Any other text gives
 * `undefined`.
 */
export const instantOf = (text: string): number | undefined => {
  const day = instantForm.test(text) ? dayOf(text) : NaN;
  if (Number.isNaN(day)) return undefined;
  let zone = 16;
  while (!isSign(text.charCodeAt(zone))) zone += 1;
  const hours = text.length > zone + 1 ? pairAt(text, zone + 1) : 0;
  const minutes = text.length > zone + 3 ? pairAt(text, text.length - 2) : 0;
  const ahead = (text[zone] === '-' ? -1 : 1) * (hours * 60 + minutes);
  let milliseconds = zone > 16 ? pairAt(text, 17) * 1000 : 0;
  for (let at = 20, unit = 100; at < zone && unit >= 1; at += 1, unit /= 10) {
    milliseconds += (text.charCodeAt(at) - 48) * unit;
  }
  return day + (pairAt(text, 11) * 60 + pairAt(text, 14) - ahead) * 60_000 + milliseconds;
};

// Bytes, written in base64 (RFC 4648, section 4) or hexadecimal digits

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

/** Named, because TypeScript below 5.7 does not know the type that the compiler would infer. */
interface Base64 {
  readonly read: (text: string) => Uint8Array;
  readonly write: (bytes: Uint8Array) => string;
}

/** Returns a loose reader of base64, which may throw, and a writer: by the platform's `Buffer`, or by `atob` and `btoa` if there is none. */
export const base64By = ({ Buffer, atob = nothing, btoa = nothing }: Platform): Base64 =>
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

// JSON, by JSON.parse: if a member was sent twice, the last counts

/** A JSON object. Only its own members were sent; one may be called `__proto__`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

export const isJsonList = (json: unknown): json is readonly unknown[] => Array.isArray(json);

/** Parses JSON; `none` if the text is not JSON. */
export const parseJson = (text: string): Option<unknown> => tryCatch((): unknown => JSON.parse(text));

/** A parsed text, and a reader of its whole numbers. */
export interface ExactJson {
  readonly json: unknown;
  /** Returns a part of `json` that is a whole number above 0, with every digit. A number with a fraction or an exponent is not whole. */
  readonly wholeNumberOf: (part: unknown) => Option<number | bigint>;
}

const numberForm = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const numberAt = /[-+.0-9eE]+/y;

/** Visits the numbers of a text in JSON, without their signs. */
const eachNumber = (text: string, visit: (from: number, to: number) => void): void => {
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === code.quote) isString = !isString;
    else if (!isString && character >= code.zero && character <= code.nine) {
      numberAt.lastIndex = at;
      numberAt.test(text);
      visit(at, numberAt.lastIndex);
      at = numberAt.lastIndex - 1;
    } else if (character === code.backslash) at += 1;
  }
};

/**
 * Parses JSON with all digits of its whole numbers; `none` if the text is not JSON. Before parsing, numbers that JSON.parse would round are
 * replaced by their index and a half: the one with index 7 by `7.5`, because no other number there has a fraction.
 */
export const parseExactly = (text: string): Option<ExactJson> => {
  /** Where each of those numbers begins and ends. Millions of strings would make the garbage collector slow. */
  const places: number[] = [];
  let pieces: string[] = [];
  let rewritten = '';
  let end = 0;
  const keep = (from: number, to: number): void => {
    const number = text.slice(from, to);
    if ((number.length < 16 && !/[.eE]/.test(number)) || !numberForm.test(number)) return;
    if (pieces.push(text.slice(end, from), String(places.length / 2), '.5') > 4096) {
      rewritten += pieces.join('');
      pieces = [];
    }
    places.push(from, to);
    end = to;
  };
  // Most texts have no such number: parse them as they are.
  if (/[0-9]{16}|[0-9][.eE]/.test(text)) eachNumber(text, keep);
  const parsed = parseJson(rewritten + pieces.join('') + text.slice(end));
  const wholeNumberOf: ExactJson['wholeNumberOf'] = (part) => {
    if (typeof part !== 'number' || part <= 0) return none;
    const digits = Number.isInteger(part) ? String(part) : text.slice(places[part * 2 - 1], places[part * 2]);
    return isWhole(digits) && digits.length <= maxNumberLength ? some(wholeNumber(digits)) : none;
  };
  return map((json) => ({ json, wholeNumberOf }))(parsed);
};
