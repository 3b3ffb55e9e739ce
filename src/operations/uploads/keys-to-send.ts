/** Which records a tablet must send: the answer to `which_keys_to_send`. */
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import { isSameDate, type StoredRecord } from './plan-table.js';
import type { TableChange } from './table-change.js';

/** A record of the tablet, without its values. */
export interface AskedRecord {
  readonly key: number;
  readonly whenLastModified: Option<string>;
  /** Whether the tablet will delete the record after the upload. `none`: this client does not say. */
  readonly moveOffTablet: Option<boolean>;
}

/** All records that a tablet has in a table. */
export interface AskedTable {
  readonly table: string;
  /** No two have the same key. */
  readonly asked: readonly AskedRecord[];
}

/**
 * The keys to answer to `which_keys_to_send`, in the order asked, and the change that the question itself is: the tablet has deleted
 * what it did not ask about, and what it has marked but need not send is to be finalized. A record is wanted if it is not stored or
 * has another date; from a client that sends no marks, every record is. `stored` need not hold more than the records of the keys
 * asked.
 *
 * @example
 * import { keysToSend } from 'camcops-tablet-session/operations';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const noon = some('2026-03-01T12:00:00.000+00:00');
 * const { keys, change } = keysToSend([{ ref: 'row 7', key: 1, whenLastModified: noon }])({
 *   table: 'blobs',
 *   asked: [1, 2].map((key) => ({ key, whenLastModified: noon, moveOffTablet: some(true) })),
 * });
 * keys; // [2]
 * [...change.finalize]; // [1]
 */
export const keysToSend =
  (stored: readonly StoredRecord[]) =>
  ({ table, asked }: AskedTable): { readonly keys: readonly number[]; readonly change: TableChange<never> } => {
    const dates = new Map(stored.map(({ key, whenLastModified }) => [key, whenLastModified]));
    const keys: number[] = [];
    const finalize = new Set<number>();
    for (const { key, whenLastModified, moveOffTablet } of asked) {
      const before = dates.get(key);
      if (isNone(moveOffTablet) || before === undefined || !isSameDate(before, whenLastModified)) keys.push(key);
      else if (moveOffTablet.value) finalize.add(key);
    }
    return { keys, change: { table, records: [], keep: new Set(asked.map(({ key }) => key)), finalize } };
  };
