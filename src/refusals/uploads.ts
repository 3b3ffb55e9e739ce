/**
 * Refusals of uploads: of tables and columns, of the content of fields, and of the order of requests. A refusal has a function if hosts make
 * it, if several readers do, or if it decides what may be quoted.
 */
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
  | ({ readonly code: 'client-too-old-for-table'; readonly table: string } & Readonly<
      Record<'actual' | 'required', ClientVersion>
    >)
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
export const invalidTable = (name: string): TableRefusal =>
  hasNameForm(name) ? { code: 'invalid-table', table: name } : { code: 'invalid-table' };

/** `table`, one of the server's, has no column called `name`, which the refusal omits unless it is a well-formed name. */
export const invalidColumn = (table: string, name: string): TableRefusal =>
  hasNameForm(name) ? { code: 'invalid-column', table, column: name } : { code: 'invalid-column', table };

/** `field` must be a whole number. The refusal omits `value` unless it is a well-formed name. */
export const notInteger = (field: string, value: string): TableRefusal =>
  hasNameForm(value) ? { code: 'invalid-number', field, value } : { code: 'invalid-number', field };

/** What is wrong with the content of a field. */
export type RecordRefusal =
  /** A whole number is below 0. */
  | { readonly code: 'negative-number'; readonly field: string; readonly value: string }
  /** Two lists that belong together differ in length. */
  | ({ readonly code: 'count-mismatch' } & Readonly<Record<'counted' | 'count' | 'expected' | 'expectedCount', string>>)
  /** A request holds more than the server takes at once. `listed` says what. */
  | { readonly code: 'too-many'; readonly field: string; readonly listed: string; readonly most: string }
  /** A record lacks a column that all records must have. */
  | { readonly code: 'missing-column'; readonly column: string }
  /** A value breaks its rule. `place` says where in the field the value is. */
  | { readonly code: 'invalid-value'; readonly field: string; readonly place: string; readonly rule: string }
  /** The two lists of tables of a one-step upload differ. */
  | { readonly code: 'table-names-differ' }
  /** A field is not JSON. */
  | { readonly code: 'bad-json'; readonly field: string }
  /** A JSON value is of the wrong kind. `json` says which value it is; `problem` completes "JSON is ...". */
  | { readonly code: 'wrong-json'; readonly json: string; readonly problem: string }
  /** A patient has a detail of an unknown name. `key` is omitted unless it is a well-formed name. */
  | { readonly code: 'unknown-patient-key'; readonly key?: string }
  /** The name of an ID number does not end in a whole number. `key` is omitted unless it is a well-formed name. */
  | { readonly code: 'invalid-id-number-key'; readonly key?: string }
  /** A patient has two ID numbers of one type. */
  | { readonly code: 'repeated-id-number'; readonly type: string }
  /** It was not said whether a patient is about to leave the tablet. */
  | { readonly code: 'missing-finalizing' };

/** Completes the sentence "Number of COUNTED (COUNT) doesn't match number of EXPECTED (EXPECTEDCOUNT)". */
export const countMismatch = (counted: string, count: number, expected: string, other: number): RecordRefusal => {
  return { code: 'count-mismatch', counted, count: String(count), expected, expectedCount: String(other) };
};

/** `field` holds more than `most` of what `listed` says, a noun in the plural. */
export const tooMany = (field: string, listed: string, most: number): RecordRefusal => {
  return { code: 'too-many', field, listed, most: String(most) };
};

/** A record lacks `column`. */
export const missingColumn = (column: string): RecordRefusal => ({ code: 'missing-column', column });

/** `place` and `rule` never quote what was sent, unless it is a well-formed name. */
export const invalidValue = (field: string, place: string, rule: string): RecordRefusal => {
  return { code: 'invalid-value', field, place, rule };
};

/** Completes the sentence "JSON JSON is PROBLEM". */
export const wrongJson = (json: string, problem: string): RecordRefusal => ({ code: 'wrong-json', json, problem });

/** `key` is omitted unless it is a well-formed name. */
export const unknownPatientKey = (key: string): RecordRefusal =>
  hasNameForm(key) ? { code: 'unknown-patient-key', key } : { code: 'unknown-patient-key' };

/** `key` is omitted unless it is a well-formed name. */
export const invalidIdNumberKey = (key: string): RecordRefusal =>
  hasNameForm(key) ? { code: 'invalid-id-number-key', key } : { code: 'invalid-id-number-key' };

/** What is wrong with a step of an upload. */
export type UploadRefusal =
  /** A step or an end belongs to no upload under way: of this device, by this user, in this session. */
  | { readonly code: 'no-upload-under-way' }
  /** A start repeats that of an upload which has already staged something. */
  | { readonly code: 'upload-under-way' };

/** The upload that a step or an end belongs to is not under way. */
export const noUploadUnderWay: UploadRefusal = { code: 'no-upload-under-way' };
