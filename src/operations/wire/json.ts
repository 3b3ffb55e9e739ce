/** JSON from tablets, by `JSON.parse`: if a member was sent twice, the last counts. */
import { map, none, some, tryCatch, type Option } from 'fp-ts/lib/Option.js';

import { code, isWhole, maxNumberLength, wholeNumber } from './values.js';

/** A JSON object. Only its own members were sent; one may be called `__proto__`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

export const isJsonList = (json: unknown): json is readonly unknown[] => Array.isArray(json);

/** Parses JSON; `none` if the text is not JSON. */
export const parseJson = (text: string): Option<unknown> => tryCatch((): unknown => JSON.parse(text));

/** A parsed text, and a reader of its whole numbers. */
export interface ExactJson {
  readonly json: unknown;
  /** Returns a part of `json` that is a whole number above 0, with every digit. A number with a fraction or an exponent is not whole. */
  readonly wholeNumberOf: (part: unknown) => Option<number | bigint>;
}

const numberForm = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const numberAt = /[-+.0-9eE]+/y;

/** Visits the numbers of a text in JSON, without their signs. */
const eachNumber = (text: string, visit: (from: number, to: number) => void): void => {
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === code.quote) isString = !isString;
    else if (!isString && character >= code.zero && character <= code.nine) {
      numberAt.lastIndex = at;
      numberAt.test(text);
      visit(at, numberAt.lastIndex);
      at = numberAt.lastIndex - 1;
    } else if (character === code.backslash) at += 1;
  }
};

/**
 * Parses JSON with all digits of its whole numbers; `none` if the text is not JSON. Before parsing, numbers that JSON.parse would round are
 * replaced by their index and a half: the one with index 7 by `7.5`, because no other number there has a fraction.
 */
export const parseExactly = (text: string): Option<ExactJson> => {
  /** Where each of those numbers begins and ends. Millions of strings would make the garbage collector slow. */
  const places: number[] = [];
  let pieces: string[] = [];
  let rewritten = '';
  let end = 0;
  const keep = (from: number, to: number): void => {
    const number = text.slice(from, to);
    if ((number.length < 16 && !/[.eE]/.test(number)) || !numberForm.test(number)) return;
    if (pieces.push(text.slice(end, from), String(places.length / 2), '.5') > 4096) {
      rewritten += pieces.join('');
      pieces = [];
    }
    places.push(from, to);
    end = to;
  };
  // Most texts have no such number: parse them as they are.
  if (/[0-9]{16}|[0-9][.eE]/.test(text)) eachNumber(text, keep);
  const parsed = parseJson(rewritten + pieces.join('') + text.slice(end));
  const wholeNumberOf: ExactJson['wholeNumberOf'] = (part) => {
    if (typeof part !== 'number' || part <= 0) return none;
    const digits = Number.isInteger(part) ? String(part) : text.slice(places[part * 2 - 1], places[part * 2]);
    return isWhole(digits) && digits.length <= maxNumberLength ? some(wholeNumber(digits)) : none;
  };
  return map((json) => ({ json, wholeNumberOf }))(parsed);
};
