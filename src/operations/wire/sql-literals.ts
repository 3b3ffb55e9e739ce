/** SQL literals as tablets write them: `NULL,-7,1.5e+16,'it''s',64'aGk='`. */
import { base64, decodeBytes, hexadecimal } from './bytes.js';
import { code, isSpace, isWhole, maxNumberLength, trimmed, wholeNumber } from './characters.js';
import type { Value } from './value.js';

/** What a literal must be, and is not: the description of a symbol, which no value can be. */
const notLiteral = Symbol(
  `must be NULL, a number of at most ${String(maxNumberLength)} digits, a blob or text in single quotes`,
);
const unclosed = Symbol('must have its quote closed');
const notBase64 = Symbol("64'...' must hold padded base64");
const notHexadecimal = Symbol("X'...' must hold pairs of hexadecimal digits");

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
    // Stryker disable next-line ConditionalExpression,EqualityOperator: it only says how long the pieces are.
    if (codes.push(character) < 4096) continue;
    text += String.fromCharCode(...codes);
    codes = [];
  }
  return text + String.fromCharCode(...codes);
};

/** A blob in quotes, the first of which is at a place. */
const blobValue = (text: string, open: number, to: number, alphabet: typeof base64): Uint8Array | symbol => {
  const end = text.indexOf("'", open + 1);
  if (end === -1 || end >= to) return unclosed;
  const bytes = decodeBytes(alphabet, text, open + 1, end);
  if (bytes === undefined) return alphabet === base64 ? notBase64 : notHexadecimal;
  return end === to - 1 ? bytes : notLiteral;
};

const textValue = (text: string, open: number, to: number): string | symbol => {
  let end = text.indexOf("'", open + 1);
  // Stryker disable next-line BooleanLiteral: it only saves a search.
  let isDoubled = false;
  while (end !== -1 && text.charCodeAt(end + 1) === code.apostrophe) {
    isDoubled = true;
    end = text.indexOf("'", end + 2);
  }
  if (end === -1 || end >= to) return unclosed;
  if (end !== to - 1) return notLiteral;
  // Stryker disable next-line ConditionalExpression: replacing what is not there changes nothing.
  const content = isDoubled ? text.slice(open + 1, end).replaceAll("''", "'") : text.slice(open + 1, end);
  // Stryker disable next-line ConditionalExpression,StringLiteral: it only saves going through the text.
  return content.includes('\\') ? unescaped(content) : content;
};

const real = /^-?(?:inf|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?)$/;

/** NULL, a number, or a word that the client writes for one. */
const plainValue = (text: string): null | number | bigint | symbol => {
  if (text.length > maxNumberLength) return notLiteral;
  if (isWhole(text)) return wholeNumber(text);
  if (/^(?:null)?$/i.test(text)) return null;
  if (text === 'nan') return NaN;
  return real.test(text) ? Number(text.replace('inf', 'Infinity')) : notLiteral;
};

/**
 * The value of the literal from a place to another, white space around it ignored; or a symbol, whose description is the rule that
 * the literal breaks.
 */
export const literalValue = (text: string, from: number, to: number): Value | symbol => {
  // Short whole numbers, by far the commonest, are read here.
  let number = 0;
  let at = from;
  // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator,AssignmentOperator: plainValue reads the same numbers.
  for (; at < to && at < from + 15; at += 1) {
    // Stryker disable next-line ArithmeticOperator: plainValue reads the same numbers.
    const digit = text.charCodeAt(at) - code.zero;
    // Stryker disable next-line ConditionalExpression,EqualityOperator: plainValue reads the same numbers.
    if (!(digit >= 0 && digit <= 9)) break;
    number = number * 10 + digit;
  }
  // Stryker disable next-line ConditionalExpression: plainValue reads the same numbers.
  if (at === to && at > from) return number;
  const first = text.charCodeAt(from);
  if (isSpace(first) || isSpace(text.charCodeAt(to - 1))) {
    const literal = trimmed(text, from, to);
    return literalValue(literal, 0, literal.length);
  }
  if (first === code.apostrophe) return textValue(text, from, to);
  if (text.startsWith("64'", from)) return blobValue(text, from + 2, to, base64);
  if (text.startsWith("X'", from)) return blobValue(text, from + 1, to, hexadecimal);
  // Stryker disable next-line ConditionalExpression,ArithmeticOperator,MethodExpression: plainValue reads it too.
  if (to - from === 4 && text.startsWith('NULL', from)) return null;
  return plainValue(text.slice(from, to));
};

/** The place of the comma, or of the text's end, after the literal at a place. */
export const literalEnd = (text: string, from: number, to = text.length): number => {
  // Stryker disable next-line EqualityOperator: at the end, there is nothing more to find.
  for (let at = from; at < to; at += 1) {
    const character = text.charCodeAt(at);
    if (character === code.comma) return at;
    if (character !== code.apostrophe) continue;
    at = text.indexOf("'", at + 1);
    if (at === -1) break;
  }
  return to;
};

/**
 * Visits the literals of a list in their order, as they are written, but no more than `most`, and counts all. What a visit gives ends
 * the reading. An empty text is an empty list.
 */
export const eachLiteral = <E>(
  text: string,
  most: number,
  visit: (from: number, to: number, index: number) => E | undefined,
): E | number => {
  let count = 0;
  for (let at = 0; at <= text.length && text !== ''; count += 1) {
    const end = literalEnd(text, at);
    const given = count < most ? visit(at, end, count) : undefined;
    if (given !== undefined) return given;
    at = end + 1;
  }
  return count;
};
