/** SQL literals as tablets write them: `NULL,-7,1.5e+16,'it''s',64'aGk='`. */
import { base64, decodeBytes, hexadecimal } from './bytes.js';
import { code, isWhole, maxNumberLength, skipSpace, trimmed, wholeNumber } from './characters.js';
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

/** An empty text is an empty list. */
export const literalsOf = (text: string): Literals => ({
  text,
  at: 0,
  isEnded: text === '',
  isReal: false,
  broken: undefined,
});

const notLiteral = `must be NULL, a number of at most ${String(maxNumberLength)} digits, a blob or text in single quotes`;
const unclosed = 'must have its quote closed';
const notBase64 = "64'...' must hold padded base64";
const notHexadecimal = "X'...' must hold pairs of hexadecimal digits";

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
  let end = text.indexOf("'", from);
  let isDoubled = false;
  while (end >= 0 && text.charCodeAt(end + 1) === code.apostrophe) {
    isDoubled = true;
    end = text.indexOf("'", end + 2);
  }
  if (end < 0) return refuse(literals, unclosed);
  const content = isDoubled ? text.slice(from, end).replaceAll("''", "'") : text.slice(from, end);
  return endAt(literals, end + 1, content.includes('\\') ? unescaped(content) : content);
};

const nextBlob = (literals: Literals, from: number, isBase64: boolean): Uint8Array | null => {
  const end = literals.text.indexOf("'", from);
  if (end < 0) return refuse(literals, unclosed);
  const bytes = decodeBytes(isBase64 ? base64 : hexadecimal, literals.text, from, end);
  if (bytes === undefined) return refuse(literals, isBase64 ? notBase64 : notHexadecimal);
  return endAt(literals, end + 1, bytes);
};

const real = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?$/;
const words: ReadonlyMap<string, null | number> = new Map([
  ['', null],
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
]);

/** The text up to the next comma. */
const plainText = ({ text }: Literals, from: number): string => {
  const comma = text.indexOf(',', from);
  return trimmed(text.slice(from, comma < 0 ? text.length : comma));
};

/** A number, a word, or nothing at all. */
const nextPlain = (literals: Literals, from: number): Value => {
  const plain = plainText(literals, from);
  if (plain.length > maxNumberLength) return refuse(literals, notLiteral);
  const word = words.get(plain);
  if (word !== undefined) return endAt(literals, from + plain.length, word);
  if (!real.test(plain)) return refuse(literals, notLiteral);
  literals.isReal = !isWhole(plain);
  return endAt(literals, from + plain.length, literals.isReal ? Number(plain) : wholeNumber(plain));
};

/** NULL, in letters of either case. */
const isNull = (text: string, at: number): boolean =>
  (text.charCodeAt(at) | 0x20) === 0x6e &&
  (text.charCodeAt(at + 1) | 0x20) === 0x75 &&
  (text.charCodeAt(at + 2) | 0x20) === 0x6c &&
  (text.charCodeAt(at + 3) | 0x20) === 0x6c;

/** Anything but a short whole number. */
const nextOther = (literals: Literals, from: number): Value => {
  const { text } = literals;
  if (text.charCodeAt(from) === code.apostrophe) return nextText(literals, from + 1);
  if (isNull(text, from)) return endAt(literals, from + 4, null);
  if (text.startsWith("64'", from)) return nextBlob(literals, from + 3, true);
  return text.startsWith("X'", from) ? nextBlob(literals, from + 2, false) : nextPlain(literals, from);
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
  for (let digit = text.charCodeAt(at); digit >= code.zero && digit <= code.nine; digit = text.charCodeAt((at += 1))) {
    whole = whole * 10 + digit - code.zero;
  }
  literals.isEnded = at === text.length;
  literals.at = at + 1;
  const isShort = at > from && at - from <= 15;
  return isShort && (literals.isEnded || text.charCodeAt(at) === code.comma) ? whole : nextOther(literals, from);
};

/** The number of literals that have not been read. They are not looked into. */
export const countLiterals = ({ text, at, isEnded }: Literals): number => {
  if (isEnded) return 0;
  let count = 1;
  let isQuoted = false;
  for (let place = at; place < text.length; place += 1) {
    const character = text.charCodeAt(place);
    if (character === code.apostrophe) isQuoted = !isQuoted;
    else if (character === code.comma && !isQuoted) count += 1;
  }
  return count;
};

/** The next value of a list, which may be a date and time without quotes: clients send these so. */
export const nextDate = (literals: Literals): Value => {
  const from = skipSpace(literals.text, literals.at);
  if (!/[0-9]/.test(literals.text.charAt(from))) return nextValue(literals);
  const date = plainText(literals, from);
  return endAt(literals, from + date.length, date);
};
