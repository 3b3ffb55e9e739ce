/** The tables that tablets may upload. */
import type { ClientVersion } from '../client-version.js';

/** What a host knows of a table that it takes. */
export interface UploadTable {
  /** Every column that a client may send, `id`, `when_last_modified` and `_move_off_tablet` among them. */
  readonly columns: ReadonlySet<string>;
  /** The oldest client that may use the table. A prerelease comes before its release. */
  readonly minClientVersion: ClientVersion;
}

/** By name. Tablets may upload no other table. */
export type UploadTables = ReadonlyMap<string, UploadTable>;
