/** The records of a table in JSON: objects whose members are strings that hold one SQL literal each. */
import { invalidValue } from '../../refusals/records.js';
import { duplicateColumn } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal } from '../tables.js';
import type { UploadedRecord } from '../uploads/table-change.js';
import { code } from '../wire/characters.js';
import { notJson, skipBlanks, skipString, stringAt } from '../wire/json.js';
import { literalsOf, nextValue, type Literals } from '../wire/sql-literals.js';
import type { Value } from '../wire/value.js';
import type { NamedTable } from './columns.js';
import { notKey, recordList, type Refuse } from './records.js';

/** What a cell must be. */
const notCell = 'must be a string that holds one SQL literal';

/** How far the cells have been read: `at` is the place after the last one, or `notJson`. */
type Cells = Pick<Literals, 'at' | 'isReal' | 'broken'>;

/** The value of the cell whose string begins at a place. Whole numbers, NULL and plain text, by far the commonest, are read where they stand. */
const cellValue = (cell: Cells, text: string, from: number): Value => {
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

/** Reads the records of one table. */
export interface RowReader {
  readonly records: readonly UploadedRecord[];
  /** Why the last record is refused. */
  readonly refusal: () => UserError | undefined;
  /** Reads the record at a place, and gives the place after it; `notJson` if it is refused, too. */
  readonly read: (from: number) => number;
}

const isAt = (text: string, from: number, part: Uint16Array): boolean => {
  for (let at = 0; at < part.length; at += 1) if (text.charCodeAt(from + at) !== part[at]) return false;
  return true;
};

/**
 * A reader of a table's records, in one pass. What stands between two cells is mostly what stood there in the record before, so it is
 * compared as it is before it is read.
 */
export const rowReader = ({ name: table, columns }: NamedTable, text: string): RowReader => {
  let refusal: UserError | undefined;
  const inRecord = (): string => `table ${table}, record ${String(list.records.length)}`;
  const refuse: Refuse = (column, rule) => invalidValue('dbdata', `${inRecord()}, column ${column}`, rule);
  const list = recordList(refuse);
  /** By place in a record: what stood before the cell there, from the end of the one before, and the column that it named. */
  const gaps: { readonly codes: Uint16Array; readonly column: string }[] = [];
  let column = '';
  const cell: Cells = { at: 0, isReal: false, broken: undefined };

  const stop = (reason: UserError | undefined): number => {
    refusal = reason;
    return notJson;
  };

  /** The start of the next cell, after a comma (but for the first), its column and a colon; `from` if the record ends here. */
  const readGap = (index: number, from: number): number => {
    let at = skipBlanks(text, from);
    if (text[at] === '}') return from;
    if (index > 0 && text[at] !== ',') return notJson;
    if (index > 0) at = skipBlanks(text, at + 1);
    const nameEnd = skipString(text, at);
    if (nameEnd === notJson) return notJson;
    column = stringAt(text, at, nameEnd);
    const reason = columnRefusal(table, columns, column);
    if (reason !== undefined) return stop(reason);
    at = skipBlanks(text, nameEnd);
    if (text[at] !== ':') return notJson;
    at = skipBlanks(text, at + 1);
    if (text[at] !== '"') return stop(refuse(column, notCell));
    const codes = Uint16Array.from({ length: at + 1 - from }, (_, place) => text.charCodeAt(from + place));
    gaps[index] = { codes, column };
    return at + 1;
  };

  const read = (from: number): number => {
    if (text[from] !== '{') return stop(invalidValue('dbdata', inRecord(), 'must be an object'));
    const values = new Map<string, Value>();
    cell.at = from + 1;
    for (let index = 0; ; index += 1) {
      const gap = gaps[index];
      const isKnown = gap !== undefined && isAt(text, cell.at, gap.codes);
      if (isKnown) column = gap.column;
      const start = isKnown ? cell.at + gap.codes.length : readGap(index, cell.at);
      if (start === notJson) return notJson;
      if (start === cell.at) break;
      const value = cellValue(cell, text, start);
      if (cell.broken !== undefined) return stop(refuse(column, cell.broken));
      values.set(column, cell.isReal && column === 'id' ? notKey : value);
      if (cell.at === notJson) return notJson;
      if (values.size === index) return stop(duplicateColumn(table, column));
    }
    const reason = list.add(values);
    return reason === undefined ? skipBlanks(text, cell.at) + 1 : stop(reason);
  };
  return { records: list.records, refusal: () => refusal, read };
};
