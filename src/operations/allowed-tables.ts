/** The tables that a host takes from tablets, and the oldest client that may use each. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import type { HasClientVersion } from '../client-quirks.js';
import { clientVersionOrd, type ClientVersion } from '../client-version.js';
import { hasNameForm } from '../refusals/table-names.js';
import { missingField } from '../refusals/form.js';
import { clientTooOldForTable, invalidTable } from '../refusals/tables.js';
import type { UserError } from '../user-error.js';

/** What a host knows of a table that it takes. */
export interface TableRule {
  /** The columns that a client may send, `_move_off_tablet` among them; none that only old clients have. */
  readonly columns: ReadonlySet<string>;
  /** The oldest client that may use the table. A prerelease comes before its release. */
  readonly minClientVersion: ClientVersion;
}

/** A table as `get_allowed_tables` tells of it. */
export interface AllowedTable {
  readonly tablename: string;
  readonly min_client_version: ClientVersion;
}

/** Of every table, in the host's order. */
export interface AllowedTables {
  /** What to answer: all tables, whatever the client's version. */
  readonly rows: readonly AllowedTable[];
  /** Those rows whose table this very client may use. */
  readonly usable: readonly AllowedTable[];
}

type MinimumOf = Pick<TableRule, 'minClientVersion'>;

const isNewEnough = ({ clientVersion }: HasClientVersion, minimum: ClientVersion): boolean =>
  clientVersionOrd.compare(clientVersion, minimum) >= 0;

/**
 * What the host knows of the table that a client names, as in the field `table`. The refusals, in order: `missing-field` if the
 * name is blank; `invalid-table` if the host has no such table, or the name is not 1 to 128 letters, digits and underscores;
 * `client-too-old-for-table`.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { allowedTable } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const allowed = (table: string) =>
 *   E.flatMap((clientVersion: ClientVersion) =>
 *     allowedTable(new Map([['phq9', { minClientVersion: clientVersion }]]))({ clientVersion }, table),
 *   )(parseClientVersion('2.0.0'));
 *
 * allowed('phq9'); // right({ minClientVersion: '2.0.0' })
 * allowed('_security_users'); // left({ code: 'invalid-table', table: '_security_users' })
 */
export const allowedTable =
  <R extends MinimumOf>(tables: ReadonlyMap<string, R>) =>
  (client: HasClientVersion, table: string): Either<UserError, R> => {
    if (table === '') return left(missingField('table'));
    const rule = hasNameForm(table) ? tables.get(table) : undefined;
    if (rule === undefined) return left(invalidTable(table));
    if (isNewEnough(client, rule.minClientVersion)) return right(rule);
    return left(clientTooOldForTable(client.clientVersion, rule.minClientVersion, table));
  };

/**
 * The rows for `get_allowed_tables`, and which of them the client may use. `selectAnswer` writes them as an answer.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { allowedTables } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const allowed = E.map((clientVersion: ClientVersion) =>
 *   allowedTables(new Map([['phq9', { minClientVersion: clientVersion }]]))({ clientVersion }).rows,
 * );
 * allowed(parseClientVersion('2.0.0')); // right([{ tablename: 'phq9', min_client_version: '2.0.0' }])
 * allowed(parseClientVersion('two')); // left({ code: 'nonsensical-version' })
 */
export const allowedTables =
  (tables: ReadonlyMap<string, MinimumOf>) =>
  (client: HasClientVersion): AllowedTables => {
    const rows = [...tables].map(([tablename, rule]) => ({ tablename, min_client_version: rule.minClientVersion }));
    return { rows, usable: rows.filter((row) => isNewEnough(client, row.min_client_version)) };
  };
