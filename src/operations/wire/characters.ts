/** Characters of a text, and the numbers that digits say. */

export const code = { quote: 0x22, apostrophe: 0x27, comma: 0x2c, zero: 0x30, nine: 0x39, backslash: 0x5c } as const;

/** White space in any script. U+FEFF is none, unlike in JavaScript's `\s`. */
// eslint-disable-next-line no-control-regex -- Python, and so CamCOPS, counts U+001C to U+001F as white space.
export const spaces = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Whether a code is that of white space. The code past the end of a text is NaN, which is none. */
export const isSpace = (code: number): boolean =>
  code <= 0x20
    ? (code >= 0x09 && code <= 0x0d) || code >= 0x1c
    : code >= 0x85 && String.fromCharCode(code).search(spaces) === 0;

/** Returns a part of a text without the white space at its ends. */
export const trimmed = (text: string, from = 0, to = text.length): string => {
  let [start, end] = [from, to];
  while (isSpace(text.charCodeAt(start))) start += 1;
  while (isSpace(text.charCodeAt(end - 1))) end -= 1;
  // In white space alone, each has passed the other: nothing is left.
  return text.slice(start, end);
};

/** What a text must be so that a database can give it back. */
export const wellFormedRule = 'must hold no NUL and no lone surrogate';

const illFormed = /[\0\p{Surrogate}]/u;

/** Whether a text holds no NUL and no lone surrogate. */
export const isWellFormed = (text: string): boolean => !illFormed.test(text);

/** A longer number is refused, because the time to read it grows faster than its length. */
export const maxNumberLength = 1000;

/** Whether a text is `[-]digits`. */
export const isWhole = (text: string): boolean => /^-?[0-9]+$/.test(text);

/** Returns the number of a text `[-]digits` with every digit kept: a `bigint` beyond 2^53 - 1. */
export const wholeNumber = (digits: string): number | bigint => {
  const number = Number(digits);
  // Adding 0 turns -0 into 0.
  return Number.isSafeInteger(number) ? number + 0 : BigInt(digits);
};
