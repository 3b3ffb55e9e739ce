/** The records of a table in JSON: objects whose members are strings that hold one SQL literal each. */
import { invalidValue } from '../../refusals/records.js';
import { duplicateColumn } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal } from '../tables.js';
import type { UploadedRecord } from '../uploads/table-change.js';
import { cellValue, notCell, type Cell } from '../wire/json-cells.js';
import { notJson, skipBlanks, skipString, stringAt } from '../wire/json.js';
import type { Value } from '../wire/value.js';
import type { NamedTable } from './columns.js';
import { keyRule, recordList, type Refuse } from './records.js';

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
  const names: string[] = [];
  const own = new Map([...columns].map((column) => [column, column]));
  /** From the end of the cell before a column's cell to the start of its own. */
  const gaps: Uint16Array[] = [];
  const cell: Cell = { at: 0, isReal: false, broken: undefined };

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
    const column = stringAt(text, at, nameEnd);
    const reason = columnRefusal(table, columns, column);
    if (reason !== undefined) return stop(reason);
    at = skipBlanks(text, nameEnd);
    if (text[at] !== ':') return notJson;
    at = skipBlanks(text, at + 1);
    if (text[at] !== '"') return stop(refuse(column, notCell));
    names[index] = own.get(column) ?? column;
    gaps[index] = Uint16Array.from({ length: at + 1 - from }, (_, place) => text.charCodeAt(from + place));
    return at + 1;
  };

  const read = (from: number): number => {
    if (text[from] !== '{') return stop(invalidValue('dbdata', inRecord(), 'must be an object'));
    const values = new Map<string, Value>();
    cell.at = from + 1;
    for (let index = 0; ; index += 1) {
      const gap = gaps[index];
      const start = gap !== undefined && isAt(text, cell.at, gap) ? cell.at + gap.length : readGap(index, cell.at);
      if (start === notJson) return notJson;
      if (start === cell.at) break;
      const column = names[index] ?? '';
      values.set(column, cellValue(cell, text, start));
      if (cell.broken !== undefined) return stop(refuse(column, cell.broken));
      if (cell.isReal && column === 'id') return stop(refuse('id', keyRule));
      if (cell.at === notJson) return notJson;
      if (values.size === index) return stop(duplicateColumn(table, column));
    }
    const reason = list.add(values);
    return reason === undefined ? skipBlanks(text, cell.at) + 1 : stop(reason);
  };
  return { records: list.records, refusal: () => refusal, read };
};
