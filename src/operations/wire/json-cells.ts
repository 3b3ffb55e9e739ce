/** The cells of a row in JSON: strings that hold one SQL literal each. */
import { code } from './characters.js';
import { notJson, skipString, stringAt } from './json.js';
import { literalsOf, nextValue } from './sql-literals.js';
import type { Value } from './value.js';

/** What a cell must be. */
export const notCell = 'must be a string that holds one SQL literal';

/** The cell that was read. */
export interface Cell {
  /** The place after it, or `notJson`. */
  at: number;
  /** Whether it is a number with a point or an exponent, whatever its value. */
  isReal: boolean;
  /** What it must be, and is not. */
  broken: string | undefined;
}

/** The value of the cell whose string begins at a place. Whole numbers, NULL and plain text, by far the commonest, are read where they stand. */
export const cellValue = (cell: Cell, text: string, from: number): Value => {
  cell.isReal = false;
  let at = from;
  let character = text.charCodeAt(at);
  if (character === code.apostrophe) {
    do character = text.charCodeAt((at += 1));
    while (
      character !== code.apostrophe &&
      character !== code.backslash &&
      character !== code.quote &&
      character >= 0x20
    );
    if (character === code.apostrophe && text.charCodeAt(at + 1) === code.quote) {
      cell.at = at + 2;
      return text.slice(from + 1, at);
    }
  } else {
    let whole = 0;
    for (; character >= code.zero && character <= code.nine; character = text.charCodeAt((at += 1))) {
      whole = whole * 10 + character - code.zero;
    }
    if (character === code.quote && at > from && at - from <= 15) {
      cell.at = at + 1;
      return whole;
    }
    if (text.startsWith('NULL"', from)) {
      cell.at = from + 5;
      return null;
    }
  }
  const end = skipString(text, from - 1);
  cell.at = end;
  if (end === notJson) return null;
  const literals = literalsOf(stringAt(text, from - 1, end));
  const value = nextValue(literals);
  cell.isReal = literals.isReal;
  cell.broken = literals.broken ?? (literals.isEnded ? undefined : notCell);
  return value;
};
