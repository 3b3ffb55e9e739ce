/** JSON (RFC 8259), scanned where it stands: whole numbers keep all their digits, and a member sent twice shows. */
import { code, isWhole, maxNumberLength, wholeNumber } from './characters.js';

/** The place after a text that is not JSON. */
export const notJson = -1;

/** Nothing that a tablet sends has more than three levels. Deeper values count as not JSON. */
const maxDepth = 50;

/** JSON has four kinds of white space. */
export const skipBlanks = (text: string, from: number): number => {
  let at = from;
  let blank = text.charCodeAt(at);
  while (blank === 0x20 || blank === 0x0a || blank === 0x0d || blank === 0x09) blank = text.charCodeAt((at += 1));
  return at;
};

/** The place after the string at a place, or `notJson`. */
export const skipString = (text: string, from: number): number => {
  if (text.charCodeAt(from) !== code.quote) return notJson;
  for (let at = from + 1; ; at += 1) {
    const character = text.charCodeAt(at);
    if (character === code.quote) return at + 1;
    // Past the end of the text, this is NaN.
    if (!(character >= 0x20)) return notJson;
    if (character !== code.backslash) continue;
    at += 1;
    if (!/^(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/.test(text.slice(at, at + 5))) return notJson;
  }
};

/** The place after the number, `true`, `false` or `null` at a place, or `notJson`. */
const skipPlain = (text: string, from: number): number => {
  let at = from;
  while (/[-+.0-9A-Za-z]/.test(text.charAt(at)) && at - from <= maxNumberLength) at += 1;
  if (at - from > maxNumberLength) return notJson;
  try {
    JSON.parse(text.slice(from, at));
    return at;
  } catch {
    return notJson;
  }
};

/**
 * Visits the members of the object, or the items of the list, at a place, in their order. `visit` is given the place of a value,
 * and where a member's name begins and ends; it gives the place after the value, or `notJson` to stop. So does `eachPart`.
 */
export const eachPart = (
  text: string,
  from: number,
  visit: (at: number, nameFrom: number, nameTo: number) => number,
): number => {
  const isObject = text[from] === '{';
  const close = isObject ? '}' : ']';
  let at = skipBlanks(text, from + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    const nameFrom = at;
    let nameTo = at;
    if (isObject) {
      nameTo = skipString(text, at);
      if (nameTo === notJson) return notJson;
      at = skipBlanks(text, nameTo);
      if (text[at] !== ':') return notJson;
      at = skipBlanks(text, at + 1);
    }
    at = visit(at, nameFrom, nameTo);
    if (at === notJson) return notJson;
    at = skipBlanks(text, at);
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') return notJson;
    at = skipBlanks(text, at + 1);
  }
};

const skipNested = (text: string, from: number, depth: number): number => {
  if (text[from] === '"') return skipString(text, from);
  if (text[from] !== '{' && text[from] !== '[') return skipPlain(text, from);
  return depth === 0 ? notJson : eachPart(text, from, (at) => skipNested(text, at, depth - 1));
};

/** The place after the value at a place, or `notJson`. */
export const skipValue = (text: string, from: number): number => skipNested(text, from, maxDepth);

/** Reads a whole text as one value: `read` is given its place and gives the place after it. Whether it is JSON. */
export const isJson = (text: string, read: (at: number) => number): boolean => {
  const end = read(skipBlanks(text, 0));
  return end !== notJson && skipBlanks(text, end) === text.length;
};

/** The string of a part of a text that `skipString` has passed. */
export const stringAt = (text: string, from: number, to: number): string => {
  const content = text.slice(from + 1, to - 1);
  return content.includes('\\') ? String(JSON.parse(text.slice(from, to))) : content;
};

/** A fraction, a list or an object: no reader expects one. */
export const otherKind = Symbol('a value of another kind');

/** A JSON value without parts, or `otherKind`. */
export type Scalar = null | boolean | string | number | bigint | typeof otherKind;

/** The value of a part of a text that `skipValue` has passed. */
export const scalarAt = (text: string, from: number, to: number): Scalar => {
  if (text[from] === '"') return stringAt(text, from, to);
  const plain = text.slice(from, to);
  if (isWhole(plain)) return wholeNumber(plain);
  return plain === 'null' ? null : plain === 'true' ? true : plain === 'false' ? false : otherKind;
};
