/** What an upload says: records, and what becomes of those stored before. */
import type { Option } from 'fp-ts/lib/Option.js';

import type { Value } from '../wire/value.js';

/** One row of one table on the tablet. `V` is the type of its values: plans never look into them. */
export interface UploadedRecord<V = ReadonlyMap<string, Value>> {
  /** The client's own key (`id`): 0 to 2^53 - 1. It is used again after its record has left the tablet. */
  readonly key: number;
  /** ISO 8601 with an offset, as it was sent. `none` if it is NULL or is not an instant. */
  readonly whenLastModified: Option<string>;
  /** Whether the tablet will delete the record after the upload. */
  readonly moveOffTablet: boolean;
  /** Every column that was sent, the key, the date and the mark included. */
  readonly values: V;
}

/** What an upload says of one table. */
export interface TableChange<V = ReadonlyMap<string, Value>> {
  readonly table: string;
  /** No two have the same key. */
  readonly records: readonly UploadedRecord<V>[];
  /** Which of the records stored before stay: those just sent, all, or those with these keys. The tablet has deleted the others. */
  readonly keep: 'sent' | 'all' | ReadonlySet<number>;
  /** Keys of stored records that the tablet has marked, without sending them again, as about to leave it. */
  readonly finalize: ReadonlySet<number>;
}

/** All that an upload has said so far. */
export interface Staged<V = ReadonlyMap<string, Value>> {
  /** Whether every record of the device is finalized at the end. */
  readonly finalizing: boolean;
  /** By table. */
  readonly changes: ReadonlyMap<string, TableChange<V>>;
}
