/** What one request of an upload says: records, and what becomes of those stored before. */
import type { Option } from 'fp-ts/lib/Option.js';

import type { Row } from './row.js';

/** One record of one table on the tablet. Plans never look into `row`, so a host may put a reference of its own in its place. */
export interface UploadedRecord<R = Row> {
  /** The client's own key (`id`): 0 to 2^53 - 1. Clients use it again after its record has left the tablet. */
  readonly key: number;
  /** ISO 8601 with an offset, as it was sent. `none` if it is NULL or no instant. */
  readonly whenLastModified: Option<string>;
  /** Whether the tablet will delete the record after the upload. */
  readonly moveOffTablet: boolean;
  readonly row: R;
}

/** What an upload says of one table. */
export interface TableChange<R = Row> {
  readonly table: string;
  /** No two have the same key. */
  readonly records: readonly UploadedRecord<R>[];
  /** Which of the records stored before stay: those just sent, all, or those with these keys. The tablet has deleted the others. */
  readonly keep: 'sent' | 'all' | ReadonlySet<number>;
  /** Keys of stored records that the tablet has marked, without sending them again, as about to leave it. */
  readonly finalize: ReadonlySet<number>;
}

/** What one request of an upload says. Of two changes of one table, the later counts after the earlier. */
export interface UploadStep<R = Row> {
  /** Whether every record of the device is finalized at the end. */
  readonly finalizing: boolean;
  readonly changes: readonly TableChange<R>[];
}
