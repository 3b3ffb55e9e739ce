/** SQL literals as tablets write them: `NULL,-7,1.5e+16,'it''s',64'aGk='`. */
import { base64, decodeBytes, hexadecimal } from './bytes.js';
import { code, maxNumberLength, numberOf, skipDigits, skipSpace, trimmed } from './characters.js';
import type { Value } from './value.js';

/** A list of literals, and how far it has been read. */
export interface Literals {
  readonly text: string;
  /** The start of the next literal. */
  at: number;
  /** Whether the last literal has been read. */
  isEnded: boolean;
  /** Whether the literal that was read is a number with a point or an exponent, whatever its value. */
  isReal: boolean;
  /** What the literal that was read must be, and is not. */
  broken: string | undefined;
}

export const literalsOf = (text: string): Literals => ({
  text,
  at: 0,
  isEnded: false,
  isReal: false,
  broken: undefined,
});

const notLiteral = 'must be NULL, a number, a blob or text in single quotes';
const unclosed = 'must have its quote closed';
const notBase64 = "64'...' must hold padded base64";
const notHexadecimal = "X'...' must hold pairs of hexadecimal digits";
const tooLong = `must have at most ${String(maxNumberLength)} digits`;

const refuse = (literals: Literals, rule: string): null => {
  literals.broken = rule;
  return null;
};

/** Ends a literal: white space may follow it, and then a comma or the end of the text must. */
const endAt = <V extends Value>(literals: Literals, from: number, value: V): V | null => {
  const at = skipSpace(literals.text, from);
  literals.isEnded = at === literals.text.length;
  literals.at = at + 1;
  return literals.isEnded || literals.text.charCodeAt(at) === code.comma ? value : refuse(literals, notLiteral);
};

/**
 * As the client escapes text: line ends are `\n` and `\r`, and a backslash before another character is dropped. Code by code: a
 * hostile text of escapes alone would otherwise become millions of strings.
 */
const unescaped = (content: string): string => {
  let text = '';
  let codes: number[] = [];
  for (let at = 0; at < content.length; at += 1) {
    let character = content.charCodeAt(at);
    if (character === code.backslash) {
      at += 1;
      if (at === content.length) break;
      const escape = content[at];
      character = escape === 'n' ? 0x0a : escape === 'r' ? 0x0d : content.charCodeAt(at);
    }
    if (codes.push(character) < 4096) continue;
    text += String.fromCharCode(...codes);
    codes = [];
  }
  return text + String.fromCharCode(...codes);
};

const nextText = (literals: Literals, from: number): string | null => {
  const { text } = literals;
  let at = from;
  let isDoubled = false;
  let isEscaped = false;
  for (;;) {
    const character = text.charCodeAt(at);
    if (character === code.apostrophe) {
      if (text.charCodeAt(at + 1) !== code.apostrophe) break;
      isDoubled = true;
      at += 1;
    } else if (character === code.backslash) isEscaped = true;
    else if (at >= text.length) return refuse(literals, unclosed);
    at += 1;
  }
  const content = text.slice(from, at);
  const single = isDoubled ? content.replaceAll("''", "'") : content;
  return endAt(literals, at + 1, isEscaped ? unescaped(single) : single);
};

const nextBlob = (literals: Literals, from: number, isBase64: boolean): Uint8Array | null => {
  const end = literals.text.indexOf("'", from);
  if (end < 0) return refuse(literals, unclosed);
  const bytes = decodeBytes(isBase64 ? base64 : hexadecimal, literals.text, from, end);
  if (bytes === undefined) return refuse(literals, isBase64 ? notBase64 : notHexadecimal);
  if (!isBase64 && bytes.length === 0) return refuse(literals, notHexadecimal);
  return endAt(literals, end + 1, bytes);
};

/** `[-]digits[.digits][e[sign]digits]`, with a digit on at least one side of the point. */
const nextNumber = (literals: Literals, from: number): number | bigint | null => {
  const { text } = literals;
  const first = text.charCodeAt(from) === code.minus ? from + 1 : from;
  const wholeEnd = skipDigits(text, first);
  const hasPoint = text.charCodeAt(wholeEnd) === code.point;
  const mantissaEnd = hasPoint ? skipDigits(text, wholeEnd + 1) : wholeEnd;
  if (mantissaEnd === first + Number(hasPoint)) return refuse(literals, notLiteral);

  let end = mantissaEnd;
  if (text[end] === 'e') {
    const sign = text.charCodeAt(end + 1);
    const exponent = sign === code.plus || sign === code.minus ? end + 2 : end + 1;
    end = skipDigits(text, exponent);
    if (end === exponent) return refuse(literals, notLiteral);
  }
  if (end - from > maxNumberLength) return refuse(literals, tooLong);
  literals.isReal = end > wholeEnd;
  return endAt(literals, end, numberOf(text, from, end, !literals.isReal));
};

/** In letters of either case. */
const isNull = (text: string, at: number): boolean =>
  (text.charCodeAt(at) | 0x20) === 0x6e &&
  (text.charCodeAt(at + 1) | 0x20) === 0x75 &&
  (text.charCodeAt(at + 2) | 0x20) === 0x6c &&
  (text.charCodeAt(at + 3) | 0x20) === 0x6c;

const words: readonly (readonly [string, number])[] = [
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
];

/** Anything but a short whole number. */
const nextOther = (literals: Literals, from: number): Value => {
  const { text } = literals;
  const first = text.charCodeAt(from);
  if (first === code.apostrophe) return nextText(literals, from + 1);
  if (isNull(text, from)) return endAt(literals, from + 4, null);
  if (from === text.length || first === code.comma) return endAt(literals, from, null);
  if (text.startsWith("64'", from)) return nextBlob(literals, from + 3, true);
  if (text.startsWith("X'", from)) return nextBlob(literals, from + 2, false);
  const word = words.find(([name]) => text.startsWith(name, from));
  return word === undefined ? nextNumber(literals, from) : endAt(literals, from + word[0].length, word[1]);
};

/**
 * The next value of a list; `broken` says what is wrong if there is none. White space around it is ignored, and an empty literal
 * is NULL.
 */
export const nextValue = (literals: Literals): Value => {
  const { text } = literals;
  const from = skipSpace(text, literals.at);
  literals.isReal = false;
  // Short whole numbers, by far the commonest, are read here.
  let at = from;
  let whole = 0;
  for (let digit = text.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; digit = text.charCodeAt((at += 1)) - 0x30) {
    whole = whole * 10 + digit;
  }
  literals.isEnded = at === text.length;
  literals.at = at + 1;
  const isShort = at > from && at - from <= 15;
  return isShort && (literals.isEnded || text.charCodeAt(at) === code.comma) ? whole : nextOther(literals, from);
};

/** The number of literals that have not been read. They are not looked into. */
export const countLiterals = ({ text, at, isEnded }: Literals): number => {
  let count = isEnded ? 0 : 1;
  let isQuoted = false;
  for (let place = isEnded ? text.length : at; place < text.length; place += 1) {
    const character = text.charCodeAt(place);
    if (character === code.apostrophe) isQuoted = !isQuoted;
    else if (character === code.comma && !isQuoted) count += 1;
  }
  return count;
};

/** The next value of a list, which may be a date and time without quotes: clients send these so. */
export const nextDate = (literals: Literals): Value => {
  const { text } = literals;
  const from = skipSpace(text, literals.at);
  const digit = text.charCodeAt(from) - 0x30;
  if (!(digit >= 0 && digit <= 9)) return nextValue(literals);
  const comma = text.indexOf(',', from);
  const end = comma < 0 ? text.length : comma;
  return endAt(literals, end, trimmed(text.slice(from, end)));
};
