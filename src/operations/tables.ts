/** The tables that tablets may upload, and the checks of their names and columns. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import type { HasClientVersion } from '../client-quirks.js';
import { clientVersionOrd, type ClientVersion } from '../client-version.js';
import { hasNameForm, invalidColumn, invalidTable } from '../refusals/uploads.js';
import type { UserError } from '../user-error.js';

/** The names of a table's columns, in their order: a set of names, or a map whose keys are the names. */
export type UploadColumns = ReadonlySet<string> | ReadonlyMap<string, unknown>;

/** A table that a host accepts. */
export interface UploadTable {
  /** Every column that a client may send, `id`, `when_last_modified` and `_move_off_tablet` among them. */
  readonly columns: UploadColumns;
  /** The oldest client that may use the table. A prerelease comes before its release. */
  readonly minClientVersion: ClientVersion;
}

/** The tables that tablets may upload, by name. */
export type UploadTables = ReadonlyMap<string, UploadTable>;

/** A table that a client may use. */
export interface NamedTable extends Pick<UploadTable, 'columns'> {
  readonly name: string;
}

const readableGrammar = /^\d{1,9}\.\d{1,2}\.\d{1,2}$/;

/** Returns whether CamCOPS's client can read a version that a server tells it. The client takes any other for the oldest. */
export const isReadableVersion = (version: string): boolean => readableGrammar.test(version);

/** Returns the table of a name, if the client may use it; else `invalid-table` or `client-too-old-for-table`. */
export const usableTable = (
  tables: UploadTables,
  { clientVersion }: HasClientVersion,
  name: string,
): Either<UserError, NamedTable> => {
  const table = hasNameForm(name) ? tables.get(name) : undefined;
  if (table === undefined) return left(invalidTable(name));
  const { columns, minClientVersion: required } = table;
  return clientVersionOrd.compare(clientVersion, required) >= 0
    ? right({ name, columns })
    : left({ code: 'client-too-old-for-table', actual: clientVersion, required, table: name });
};

/** The columns that CamCOPS's server keeps for itself, in every table. */
export const reservedColumns: ReadonlySet<string> = new Set(
  (
    '_pk _device_id _era _current _when_added_exact _when_added_batch_utc _adding_user_id _when_removed_exact ' +
    '_when_removed_batch_utc _removing_user_id _preserving_user_id _forcibly_preserved _predecessor_pk _successor_pk ' +
    '_manually_erased _manually_erased_at _manually_erasing_user_id _camcops_version _addition_pending _removal_pending _group_id'
  ).split(' '),
);

/** Returns a column that a client may send; else `reserved-column` or `invalid-column`. */
export const checkColumn =
  ({ name, columns }: NamedTable) =>
  (column: string): Either<UserError, string> => {
    if (reservedColumns.has(column)) return left({ code: 'reserved-column', table: name, column });
    return hasNameForm(column) && columns.has(column) ? right(column) : left(invalidColumn(name, column));
  };
