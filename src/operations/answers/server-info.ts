/** What a server says of itself: the answers to `register`, `get_id_info`, `get_allowed_tables` and `get_extra_strings`. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';

import type { Problem } from '../../internal/shape.js';
import { showIdPolicy } from '../patients/id-policy.js';
import { textOf } from '../patients/patient-details.js';
import type { ServerInfo } from '../patients/server-info.js';
import { isReadableVersion, type UploadTables } from '../tables.js';

/** A text of a task in one language. */
export interface ExtraString {
  /** Not blank. */
  readonly task: string;
  /** Not blank. */
  readonly name: string;
  /** Such as `en_GB`. */
  readonly language: string;
  readonly value: string;
}

type RowsAnswer = Either<Problem, Readonly<Record<string, string>>>;

/** Escapes a text as the client unescapes it. Unescaped, a backslash would be dropped, and a line end would end the reply's line. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll("'", "''")}'`;

/** Writes the fields `nfields`, `fields`, `nrecords`, `record0`... */
const rowsAnswer = <C extends string>(
  columns: readonly C[],
  rows: readonly Readonly<Record<C, string>>[],
): RowsAnswer =>
  right({
    nfields: String(columns.length),
    fields: columns.join(','),
    nrecords: String(rows.length),
    ...Object.fromEntries(
      rows.map((row, index) => [`record${String(index)}`, columns.map((column) => quoted(row[column])).join(',')]),
    ),
  });

/**
 * Returns the answer to `get_allowed_tables`: all tables, whatever the client's version, and the oldest client that may use each. A
 * prerelease is written as its release, because the client cannot read a prerelease.
 */
export const allowedTablesAnswer = (tables: UploadTables): RowsAnswer => {
  const rows = [...tables].map(([tablename, { minClientVersion }]) => {
    return { tablename, min_client_version: minClientVersion.replace(/[-+].*/, '') };
  });
  const unreadable = rows.find(({ min_client_version }) => !isReadableVersion(min_client_version));
  return unreadable === undefined
    ? rowsAnswer(['tablename', 'min_client_version'], rows)
    : left({
        field: `tables.${unreadable.tablename}.minClientVersion`,
        rule: 'must have a second and third number below 100',
      });
};

/**
 * Returns the answer to `get_extra_strings`. Refuses a string with a blank task or name, because it would make a tablet store none of
 * the strings.
 */
export const extraStringsAnswer = (strings: readonly ExtraString[]): RowsAnswer => {
  const blank = strings.findIndex(({ task, name }) => task.trim() === '' || name.trim() === '');
  return blank < 0
    ? rowsAnswer(['task', 'name', 'language', 'value'], strings)
    : left({ field: `extraStrings[${String(blank)}]`, rule: 'must have a task and a name' });
};

/** Returns the answer to `register` and `get_id_info`: every line that a tablet compares, blank lines too. `serverInfo` has checked them. */
export const serverInfoAnswer = (info: ServerInfo): Readonly<Record<string, string>> => ({
  databaseTitle: info.databaseTitle,
  idPolicyUpload: showIdPolicy(info.uploadPolicy),
  idPolicyFinalize: showIdPolicy(info.finalizePolicy),
  serverCamcopsVersion: info.camcopsVersion,
  ...Object.fromEntries(
    [...info.idNumbers].flatMap(([which, { description, shortDescription, validation }]) => [
      [`idDescription${String(which)}`, description],
      [`idShortDescription${String(which)}`, shortDescription],
      [`idValidationMethod${String(which)}`, textOf(validation)],
    ]),
  ),
});
