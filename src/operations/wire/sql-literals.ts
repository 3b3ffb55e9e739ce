/** SQL literals as tablets write them: `NULL,-7,1.5e+16,'it''s',64'aGk='`. */
import { fromOption, isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import * as C from './values.js';

/** Reads the literal between two places of a text; a left is the rule that the literal breaks. */
export type LiteralReader<V> = (text: string, from: number, to: number) => Either<string, V>;

const notLiteral = left(
  `must be NULL, a number of at most ${String(C.maxNumberLength)} digits, a blob or text in single quotes`,
);
const unclosed = left('must have its quote closed');
const notWellFormed = left(C.wellFormedRule);

/** By far the most common values, made once. */
const nullValue = right(null);
const smallNumbers = Array.from({ length: 1000 }, (_, number) => right(number));

/**
 * Unescapes a text as the client escapes it: line ends are `\n` and `\r`, and a backslash before another character is dropped. Works code
 * by code, because a hostile text of nothing but escapes would otherwise become millions of strings.
 */
const unescaped = (content: string): string => {
  let text = '';
  let codes: number[] = [];
  for (let at = 0; at < content.length; at += 1) {
    let character = content.charCodeAt(at);
    if (character === C.code.backslash) {
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

/** Matches content that must be unescaped before it is a value, or refused. */
const special = /['\\\0\ud800-\udfff]/;

const readText: LiteralReader<string> = (text, from, to) => {
  let end = text.indexOf("'", from + 1);
  while (end !== -1 && text.charCodeAt(end + 1) === C.code.apostrophe) end = text.indexOf("'", end + 2);
  if (end === -1 || end >= to) return unclosed;
  if (end !== to - 1) return notLiteral;
  const content = text.slice(from + 1, end);
  if (!special.test(content)) return right(content);
  const once = content.replaceAll("''", "'");
  const value = once.includes('\\') ? unescaped(once) : once;
  return C.isWellFormed(value) ? right(value) : notWellFormed;
};

/** Reads a blob in quotes after a prefix. */
const readBlob =
  (prefix: string, decode: C.Decode, rule: string): LiteralReader<Uint8Array> =>
  (text, from, to) => {
    const open = from + prefix.length;
    const end = text.indexOf("'", open + 1);
    if (end === -1 || end >= to) return unclosed;
    return end === to - 1 ? fromOption(() => rule)(decode(text.slice(open + 1, end))) : notLiteral;
  };
const readBase64 = readBlob('64', C.decodeBase64, "64'...' must hold padded base64");
const readHexadecimal = readBlob('X', C.decodeHexadecimal, "X'...' must hold pairs of hexadecimal digits");

const real = /^-?(?:inf|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?)$/;

/** Reads NULL, a number, or a word that the client writes for one. */
const readWord = (word: string): Either<string, C.Value> => {
  if (word.length > C.maxNumberLength) return notLiteral;
  if (C.isWhole(word)) return right(C.wholeNumber(word));
  if (/^(?:null)?$/i.test(word)) return nullValue;
  if (word === 'nan') return right(NaN);
  return real.test(word) ? right(Number(word.replace('inf', 'Infinity'))) : notLiteral;
};

/** Reads any literal. White space around it is ignored. */
export const readLiteral: LiteralReader<C.Value> = (text, from, to) => {
  // Short whole numbers and NULL are read here, because most values are one of them.
  let number = 0;
  let at = from;
  for (; at < to && at < from + 15; at += 1) {
    const digit = text.charCodeAt(at) - C.code.zero;
    if (!(digit >= 0 && digit <= 9)) break;
    number = number * 10 + digit;
  }
  if (at === to && at > from) return smallNumbers[number] ?? right(number);
  if (to - from === 4 && text.startsWith('NULL', from)) return nullValue;
  const first = text.charCodeAt(from);
  if (first === C.code.apostrophe && text.charCodeAt(to - 1) === C.code.apostrophe) return readText(text, from, to);
  if (C.isSpace(first) || C.isSpace(text.charCodeAt(to - 1))) {
    const literal = C.trimmed(text, from, to);
    return readLiteral(literal, 0, literal.length);
  }
  if (first === C.code.apostrophe) return readText(text, from, to);
  if (text.startsWith("64'", from)) return readBase64(text, from, to);
  if (text.startsWith("X'", from)) return readHexadecimal(text, from, to);
  return readWord(text.slice(from, to));
};

/** Returns the place of the comma, or of the text's end, after the literal at a place. */
export const literalEnd = (text: string, from: number): number => {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === C.code.comma) return at;
    if (character !== C.code.apostrophe) continue;
    at = text.indexOf("'", at + 1);
    if (at === -1) break;
  }
  return text.length;
};

/** The rule that a literal breaks, and the literal's index in its list. */
export interface BrokenLiteral {
  readonly index: number;
  readonly rule: string;
}

/**
 * Reads the first literals of a list, at most `most`, each by the reader of its place, and only counts the rest: `count` is the number of
 * all. Literals are separated by commas, and an empty text is an empty list.
 */
export const readLiterals = <V>(
  text: string,
  most: number,
  readerOf: (index: number) => LiteralReader<V>,
): Either<BrokenLiteral, { readonly values: readonly V[]; readonly count: number }> => {
  // Made at its full length, because a list that grows by one value at a time keeps room for more.
  const values = new Array<V>(Math.min(most, text.length));
  let count = 0;
  for (let at = 0; at <= text.length && text !== ''; count += 1) {
    const end = literalEnd(text, at);
    if (count < most) {
      const value = readerOf(count)(text, at, end);
      if (isLeft(value)) return left({ index: count, rule: value.left });
      values[count] = value.right;
    }
    at = end + 1;
  }
  if (count < values.length) values.length = count;
  return right({ values, count });
};
