/** Characters by their code, and runs of them. A code past the end of a text is NaN, which equals nothing. */

export const code = {
  quote: 0x22,
  apostrophe: 0x27,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  colon: 0x3a,
  equals: 0x3d,
  bracket: 0x5b,
  backslash: 0x5c,
  closingBracket: 0x5d,
  brace: 0x7b,
  closingBrace: 0x7d,
} as const;

/** Whether a code is that of white space, in any script. */
export const isSpace = (at: number): boolean =>
  at <= 0x20
    ? at === 0x20 || (at >= 0x09 && at <= 0x0d) || at >= 0x1c
    : at >= 0x85 &&
      (at === 0x85 ||
        at === 0xa0 ||
        at === 0x1680 ||
        (at >= 0x2000 && at <= 0x200a) ||
        at === 0x2028 ||
        at === 0x2029 ||
        at === 0x202f ||
        at === 0x205f ||
        at === 0x3000);

/** The place after the white space at a place. */
export const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
};

/** A text without the white space at its ends. */
export const trimmed = (text: string): string => {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(skipSpace(text, 0), end);
};

/** The place after the digits at a place. */
export const skipDigits = (text: string, from: number): number => {
  let at = from;
  let digit = text.charCodeAt(at);
  while (digit >= 0x30 && digit <= 0x39) digit = text.charCodeAt((at += 1));
  return at;
};

/** A longer number is refused: the time to read one grows faster than its length. */
export const maxNumberLength = 1000;

/** The value of a part of a text: a whole number `[-]digits`, every digit kept, or a number as JavaScript writes it. */
export const numberOf = (text: string, from: number, to: number, isWhole: boolean): number | bigint => {
  const digits = text.slice(from, to);
  if (!isWhole) return Number(digits);
  const whole = Number(digits);
  // Adding 0 turns -0 into 0.
  return Number.isSafeInteger(whole) ? whole + 0 : BigInt(digits);
};
