/** JSON (RFC 8259), read from the front, piece by piece: whole numbers keep all their digits, and a member sent twice shows. */
import { code, isWhole, maxNumberLength, wholeNumber } from './characters.js';

/** A text, and how far it has been read: past its end once it is not JSON, so that nothing more is found. */
export interface Json {
  readonly text: string;
  at: number;
  /** The string that was read last is the part of `source` from `from` to `to`. */
  source: string;
  from: number;
  to: number;
}

export const jsonOf = (text: string): Json => ({ text, at: 0, source: text, from: 0, to: 0 });

/** Nothing that a tablet sends has more than three levels. Deeper values count as not JSON. */
const maxDepth = 50;

/** The code of the next character but blanks. JSON has four kinds of them. */
const next = (json: Json): number => {
  let character = json.text.charCodeAt(json.at);
  while (character === 0x20 || character === 0x0a || character === 0x0d || character === 0x09) {
    character = json.text.charCodeAt((json.at += 1));
  }
  return character;
};

const takes = (json: Json, character: number): boolean => {
  if (next(json) !== character) return false;
  json.at += 1;
  return true;
};

/** Whether a text has been read to its end, and was JSON. */
export const isRead = (json: Json): boolean => {
  next(json);
  return json.at === json.text.length;
};

/** What JSON.parse says of a part of the text. */
const parsed = (json: Json, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    json.at = Infinity;
    return undefined;
  }
};

// Whether the next value is a string, a list or an object: it is read then, and skipped if not.

/** A string is then the part of `source` from `from` to `to`, if the text is JSON. */
export const readString = (json: Json): boolean => {
  if (!takes(json, code.quote)) return skipped(json);
  const { text, at: from } = json;
  // Stryker disable next-line BooleanLiteral: it only saves JSON.parse.
  let isEscaped = false;
  let at = from;
  for (let character = text.charCodeAt(at); character !== code.quote; character = text.charCodeAt((at += 1))) {
    if (character === code.backslash) {
      isEscaped = true;
      at += 1;
    } else if (!(character >= 0x20)) {
      // A control character, or NaN: the text has ended.
      json.at = Infinity;
      return false;
    }
  }
  json.at = at + 1;
  json.source = isEscaped ? String(parsed(json, text.slice(from - 1, at + 1))) : text;
  json.from = isEscaped ? 0 : from;
  json.to = isEscaped ? json.source.length : at;
  return true;
};

const lastString = ({ source, from, to }: Json): string => source.slice(from, to);

const readParts = (json: Json, open: number, close: number, visit: (index: number) => void): boolean => {
  if (!takes(json, open)) return skipped(json);
  if (takes(json, close)) return true;
  let index = 0;
  do visit(index++);
  while (takes(json, code.comma));
  if (!takes(json, close)) json.at = Infinity;
  return true;
};

/** The items of a list are visited in their order; each visit reads one. */
export const readList = (json: Json, visit: () => void): boolean => readParts(json, 0x5b, 0x5d, visit);

/** Whether a name without special characters, in quotes, stands at a place. */
// Stryker disable ArrowFunction,ConditionalExpression,ArithmeticOperator,MethodExpression: any name can be read instead.
const isNameAt = (text: string, from: number, name: string): boolean =>
  text.charCodeAt(from) === code.quote &&
  text.charCodeAt(from + name.length + 1) === code.quote &&
  text.startsWith(name, from + 1);
// Stryker restore all

/**
 * The members of an object are visited in their order; each visit reads the value of one. Of `likely` names, which have no special
 * characters, the one of the same index is compared before a name is read.
 */
export const readObject = (
  json: Json,
  visit: (name: string, index: number) => void,
  likely?: readonly string[],
): boolean =>
  readParts(json, 0x7b, 0x7d, (index) => {
    next(json);
    let name = likely?.[index];
    // Stryker disable next-line ConditionalExpression: any name can be read instead.
    if (name !== undefined && isNameAt(json.text, json.at, name)) json.at += name.length + 2;
    else {
      if (!readString(json)) json.at = Infinity;
      name = lastString(json);
    }
    if (!takes(json, code.colon)) json.at = Infinity;
    visit(name, index);
  });

/** A fraction, a list or an object: no reader expects one. */
export const otherKind = Symbol('a value of another kind');

/** A JSON value without parts, or `otherKind`. */
export type Scalar = null | boolean | string | number | bigint | typeof otherKind;

const word = /[-+.\w]*/y;

/** A number, `true`, `false` or `null`. */
const readWord = (json: Json): Scalar => {
  word.lastIndex = json.at;
  word.test(json.text);
  const text = json.text.slice(json.at, word.lastIndex);
  json.at += text.length;
  // Stryker disable next-line StringLiteral: neither text is JSON.
  const value = parsed(json, text.length > maxNumberLength ? '' : text);
  if (value === null || typeof value === 'boolean') return value;
  return isWhole(text) ? wholeNumber(text) : otherKind;
};

/** Reads the next value, whatever it is. What it says of a text that is not JSON has no meaning. */
export const readScalar = (json: Json, depth = maxDepth): Scalar => {
  const first = next(json);
  if (first === code.quote) {
    readString(json);
    return lastString(json);
  }
  if (depth === 0 || (first !== 0x5b && first !== 0x7b)) return readWord(json);
  const read = first === 0x5b ? readList : readObject;
  read(json, () => readScalar(json, depth - 1));
  return otherKind;
};

const skipped = (json: Json): false => {
  readScalar(json);
  return false;
};
