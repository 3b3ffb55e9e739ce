/** The values of a tablet's records, and readers of their texts: characters, numbers, dates and instants. */

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
