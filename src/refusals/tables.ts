/** Refusals of the tables, columns and numbers that an upload names. */
import type { ClientVersion } from '../client-version.js';

/** 128 is longer than any database allows. */
const nameGrammar = /^[A-Za-z0-9_]{1,128}$/;

/** Whether a text matches the grammar of a table's or column's name: 1 to 128 letters, digits and underscores. */
export const hasNameForm = (text: string): boolean => nameGrammar.test(text);

/** What is wrong with a table, a column or a number of an upload. */
export type TableRefusal =
  /** The server takes no such table from tablets. `table` is omitted unless it is a well-formed name. */
  | { readonly code: 'invalid-table'; readonly table?: string }
  /** The table needs a newer client. */
  | {
      readonly code: 'client-too-old-for-table';
      readonly actual: ClientVersion;
      readonly required: ClientVersion;
      readonly table: string;
    }
  /** The table has no such column. `column` is omitted unless it is a well-formed name. */
  | { readonly code: 'invalid-column'; readonly table: string; readonly column?: string }
  /** The column is the server's own. */
  | { readonly code: 'reserved-column'; readonly table: string; readonly column: string }
  /** A column was sent more than once. */
  | { readonly code: 'duplicate-column'; readonly table: string; readonly column: string }
  /** The table's primary key is not `id`. */
  | { readonly code: 'wrong-primary-key'; readonly table: string }
  /** A table with records names no primary key. */
  | { readonly code: 'missing-primary-key'; readonly table: string }
  /** A number is not whole. `value` is omitted unless it is a well-formed name. */
  | { readonly code: 'invalid-number'; readonly field: string; readonly value?: string };

/** The server takes no table called `name`, which the refusal omits unless it is a well-formed name. */
export const invalidTable = (name?: string): TableRefusal =>
  name !== undefined && hasNameForm(name) ? { code: 'invalid-table', table: name } : { code: 'invalid-table' };

/** `required` is the oldest version that may use `table`, which is one of the server's. */
export const clientTooOldForTable = (actual: ClientVersion, required: ClientVersion, table: string): TableRefusal => {
  return { code: 'client-too-old-for-table', actual, required, table };
};

/** `table`, one of the server's, has no column called `name`, which the refusal omits unless it is a well-formed name. */
export const invalidColumn = (table: string, name?: string): TableRefusal =>
  name !== undefined && hasNameForm(name)
    ? { code: 'invalid-column', table, column: name }
    : { code: 'invalid-column', table };

/** `column`, a well-formed name, is reserved for the server. */
export const reservedColumn = (table: string, column: string): TableRefusal => {
  return { code: 'reserved-column', table, column };
};

/** `column` is one of the table's. */
export const duplicateColumn = (table: string, column: string): TableRefusal => {
  return { code: 'duplicate-column', table, column };
};

/** `table`, one of the server's, has another primary key. */
export const wrongPrimaryKey = (table: string): TableRefusal => ({ code: 'wrong-primary-key', table });

/** `table`, one of the server's, has records. */
export const missingPrimaryKey = (table: string): TableRefusal => ({ code: 'missing-primary-key', table });

/** `field` must be a whole number. The refusal omits `value` unless it is a well-formed name. */
export const notInteger = (field: string, value: string): TableRefusal =>
  hasNameForm(value) ? { code: 'invalid-number', field, value } : { code: 'invalid-number', field };
