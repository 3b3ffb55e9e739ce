/** The records of a table in JSON: objects whose members are strings that hold one SQL literal each. */
import { invalidValue } from '../../refusals/records.js';
import { duplicateColumn } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { columnRefusal } from '../tables.js';
import type { UploadedRecord } from '../uploads/table-change.js';
import { code } from '../wire/characters.js';
import { cellValue, type Cell } from '../wire/json-cells.js';
import { notJson, skipBlanks, skipString, stringAt } from '../wire/json.js';
import type { Value } from '../wire/value.js';
import type { NamedTable } from './columns.js';
import { keyRule, recordList } from './records.js';

/** Reads the records of one table. */
export interface RowReader {
  readonly records: readonly UploadedRecord[];
  /** Why the last record is refused. */
  readonly refusal: () => UserError | undefined;
  /** Reads the record at a place, and gives the place after it; `notJson` if it is refused, too. */
  readonly read: (from: number) => number;
}

/** Whether the string at a place is a name, without any escape. */
const isNameAt = (text: string, from: number, name: string): boolean => {
  for (let at = 0; at < name.length; at += 1) if (text.charCodeAt(from + 1 + at) !== name.charCodeAt(at)) return false;
  return text.charCodeAt(from) === code.quote && text.charCodeAt(from + name.length + 1) === code.quote;
};

/** A reader of a table's records. They are read in one pass: a record's columns mostly stand where they stood in the one before. */
export const rowReader = ({ name: table, columns }: NamedTable, text: string): RowReader => {
  let refusal: UserError | undefined;
  const inRecord = (): string => `table ${table}, record ${String(list.records.length)}`;
  const refuse = (column: string, rule: string): UserError =>
    invalidValue('dbdata', `${inRecord()}, column ${column}`, rule);
  const list = recordList(refuse);
  const layout: string[] = [];
  const cell: Cell = { at: 0, isReal: false, broken: undefined };

  const stop = (reason: UserError | undefined): number => {
    refusal = reason;
    return notJson;
  };

  /** A column that stood elsewhere in the record before; its place there is its place from now on. */
  const readName = (index: number, from: number): number => {
    const end = skipString(text, from);
    if (end === notJson) return notJson;
    const column = stringAt(text, from, end);
    const reason = columnRefusal(table, columns, column);
    layout[index] = column;
    return reason === undefined ? end : stop(reason);
  };

  const read = (from: number): number => {
    if (text.charCodeAt(from) !== code.brace) return stop(invalidValue('dbdata', inRecord(), 'must be an object'));
    const values = new Map<string, Value>();
    let at = skipBlanks(text, from + 1);
    let isOpen = text.charCodeAt(at) !== code.closingBrace;
    for (let index = 0; isOpen; index += 1) {
      const known = layout[index];
      const nameEnd = known !== undefined && isNameAt(text, at, known) ? at + known.length + 2 : readName(index, at);
      if (nameEnd === notJson) return notJson;
      const column = layout[index] ?? '';
      at = skipBlanks(text, nameEnd);
      if (text.charCodeAt(at) !== code.colon) return notJson;
      values.set(column, cellValue(cell, text, skipBlanks(text, at + 1)));
      if (cell.broken !== undefined) return stop(refuse(column, cell.broken));
      if (cell.isReal && column === 'id') return stop(refuse('id', keyRule));
      if (cell.at === notJson) return notJson;
      if (values.size === index) return stop(duplicateColumn(table, column));
      at = skipBlanks(text, cell.at);
      isOpen = text.charCodeAt(at) === code.comma;
      if (isOpen) at = skipBlanks(text, at + 1);
      else if (text.charCodeAt(at) !== code.closingBrace) return notJson;
    }
    const reason = list.add(values);
    return reason === undefined ? at + 1 : stop(reason);
  };
  return { records: list.records, refusal: () => refusal, read };
};
