/** Characters by their code, and runs of them. A code past the end of a text is NaN, which equals nothing. */

export const code = {
  quote: 0x22,
  apostrophe: 0x27,
  comma: 0x2c,
  zero: 0x30,
  colon: 0x3a,
  equals: 0x3d,
  backslash: 0x5c,
} as const;

/** Whether a code is that of white space, in any script. */
export const isSpace = (at: number): boolean =>
  at <= 0x20
    ? (at >= 0x09 && at <= 0x0d) || at >= 0x1c
    : // Stryker disable next-line ConditionalExpression: it only saves the search.
      at >= 0x85 && /[\x85\s]/.test(String.fromCharCode(at));

/** A part of a text without the white space at its ends. */
export const trimmed = (text: string, from = 0, to = text.length): string => {
  let [start, end] = [from, to];
  while (isSpace(text.charCodeAt(start))) start += 1;
  while (isSpace(text.charCodeAt(end - 1))) end -= 1;
  // In white space alone, each has passed the other: nothing is left.
  return text.slice(start, end);
};

/** A longer number is refused: the time to read one grows faster than its length. */
export const maxNumberLength = 1000;

/** Whether a text is `[-]digits`. */
export const isWhole = (text: string): boolean => /^-?[0-9]+$/.test(text);

/** A whole number, every digit kept. */
export const wholeNumber = (digits: string): number | bigint => {
  const number = Number(digits);
  // Adding 0 turns -0 into 0.
  return Number.isSafeInteger(number) ? number + 0 : BigInt(digits);
};
