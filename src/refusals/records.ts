/** Refusals of what an upload's fields hold: numbers, lists, records and JSON. */
import { hasNameForm } from './tables.js';

/** What is wrong with the content of a field. */
export type RecordRefusal =
  /** A whole number is below 0. */
  | { readonly code: 'negative-number'; readonly field: string; readonly value: string }
  /** Two lists that belong together differ in length. */
  | {
      readonly code: 'count-mismatch';
      readonly counted: string;
      readonly count: string;
      readonly expected: string;
      readonly expectedCount: string;
    }
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

/** `value` is a whole number. */
export const negativeNumber = (field: string, value: number): RecordRefusal => {
  return { code: 'negative-number', field, value: String(value) };
};

/** Completes the sentence "Number of COUNTED (COUNT) doesn't match number of EXPECTED (EXPECTEDCOUNT)". */
export const countMismatch = (
  counted: string,
  count: number,
  expected: string,
  expectedCount: number,
): RecordRefusal => {
  return { code: 'count-mismatch', counted, count: String(count), expected, expectedCount: String(expectedCount) };
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

/** `pknameinfo` and `dbdata` name different tables. */
export const tableNamesDiffer: RecordRefusal = { code: 'table-names-differ' };

/** `field` is not JSON. */
export const badJson = (field: string): RecordRefusal => ({ code: 'bad-json', field });

/** Completes the sentence "JSON JSON is PROBLEM". */
export const wrongJson = (json: string, problem: string): RecordRefusal => ({ code: 'wrong-json', json, problem });

/** `key` is omitted unless it is a well-formed name. */
export const unknownPatientKey = (key: string): RecordRefusal =>
  hasNameForm(key) ? { code: 'unknown-patient-key', key } : { code: 'unknown-patient-key' };

/** `key` is omitted unless it is a well-formed name. */
export const invalidIdNumberKey = (key: string): RecordRefusal =>
  hasNameForm(key) ? { code: 'invalid-id-number-key', key } : { code: 'invalid-id-number-key' };

/** A patient has two ID numbers of `type`. */
export const repeatedIdNumber = (type: number): RecordRefusal => ({ code: 'repeated-id-number', type: String(type) });

/** A patient lacks `finalizing`. */
export const missingFinalizing: RecordRefusal = { code: 'missing-finalizing' };
