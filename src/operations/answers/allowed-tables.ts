/** The answer to `get_allowed_tables`: which tables a host takes, and the oldest client that may use each. */
import type { Either } from 'fp-ts/lib/Either.js';

import { rowsAnswer } from '../wire/rows-answer.js';
import type { UploadTables } from '../tables.js';
import { answerIf, type BrokenRule, type Check } from './broken-rule.js';

const rowsOf = rowsAnswer(['tablename', 'min_client_version']);

/** The client reads three numbers, the second and third below 100; it takes any other version for the oldest. */
const releaseGrammar = /^\d{1,9}\.\d{1,2}\.\d{1,2}$/;
const releaseRule = 'must have a second and third number below 100';

/**
 * The answer to `get_allowed_tables`: all tables, whatever the client's version. A minimum that is a prerelease is told as its
 * release, because the client cannot read it.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { allowedTablesAnswer } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const answer = (minimum: string) =>
 *   E.map((minClientVersion: ClientVersion) =>
 *     allowedTablesAnswer(new Map([['phq9', { columns: new Set(['id']), minClientVersion }]])),
 *   )(parseClientVersion(minimum));
 * answer('2.0.0');
 * // right(right({ nfields: '2', fields: 'tablename,min_client_version', nrecords: '1', record0: "'phq9','2.0.0'" }))
 * answer('2.100.0');
 * // right(left({ field: 'tables.phq9.minClientVersion', rule: 'must have a second and third number below 100' }))
 */
export const allowedTablesAnswer = (tables: UploadTables): Either<BrokenRule, Readonly<Record<string, string>>> => {
  const rows = [...tables].map(([tablename, { minClientVersion }]) => {
    return { tablename, min_client_version: minClientVersion.replace(/[-+].*/, '') };
  });
  const checks = rows.map(({ tablename, min_client_version }): Check => {
    return [`tables.${tablename}.minClientVersion`, releaseRule, releaseGrammar.test(min_client_version)];
  });
  return answerIf(checks, () => rowsOf(rows));
};
