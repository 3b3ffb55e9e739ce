/** The rows of a tablet's tables. */
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import type { Value } from '../wire/value.js';

/** The values of one record, in the order of its columns. The two lists have one length. */
export interface Row {
  /** Each column that was sent, once: the key, the date and the mark are among them. Records of one request mostly share one list. */
  readonly columns: readonly string[];
  readonly values: readonly Value[];
}

/**
 * Returns the value of a column of a row; `none` if the column was not sent.
 *
 * @example
 * import { cell } from 'camcops-tablet-session/operations';
 *
 * const row = { columns: ['id', 'q1'], values: [1, null] };
 * cell('q1')(row); // some(null)
 * cell('q2')(row); // none
 */
export const cell =
  (column: string) =>
  ({ columns, values }: Row): Option<Value> => {
    const value = values[columns.indexOf(column)];
    return value === undefined ? none : some(value);
  };
