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

/** The value of the cell at a place. Whole numbers, NULL and plain text, by far the commonest, are read where they stand. */
export const cellValue = (cell: Cell, text: string, from: number): Value => {
  if (text.charCodeAt(from) !== code.quote) {
    cell.broken = notCell;
    return null;
  }
  const start = from + 1;
  cell.isReal = false;
  let at = start;
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
      return text.slice(start + 1, at);
    }
  } else {
    let whole = 0;
    for (; character >= 0x30 && character <= 0x39; character = text.charCodeAt((at += 1))) {
      whole = whole * 10 + character - 0x30;
    }
    if (character === code.quote && at > start && at - start <= 15) {
      cell.at = at + 1;
      return whole;
    }
    if (text.startsWith('NULL"', start)) {
      cell.at = start + 5;
      return null;
    }
  }
  const end = skipString(text, from);
  cell.at = end;
  if (end === notJson) return null;
  const literals = literalsOf(stringAt(text, from, end));
  const value = nextValue(literals);
  cell.isReal = literals.isReal;
  cell.broken = literals.broken ?? (literals.isEnded ? undefined : notCell);
  return value;
};
