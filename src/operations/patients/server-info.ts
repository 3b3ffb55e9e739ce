/** What a server tells its tablets of itself: policies, ID numbers, tables and texts; and what tablets can be told. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import { ClientVersion, semVerOf } from '../../client-version.js';
import * as S from '../../internal/shape.js';
import { isReadableVersion, type UploadTables } from '../tables.js';
import { parseIdPolicy, showIdPolicy, type IdPolicyError } from './id-policy.js';
import type * as M from './model.js';
import { isIdNumberType, textOf } from './patient-details.js';

// What a tablet can be told

/**
 * The version of CamCOPS's server whose operations this package does. Tablets store the version and compare it at each upload, so a
 * new version makes each tablet fetch server information again.
 */
export const serverCamcopsVersion = '2.4.24';

const broken = (field: string, rule: string): E.Either<S.Problem, never> => E.left({ field, rule });

/**
 * Checks that a tablet reads a text back exactly from a line `key:value`. The tablet drops white space after the colon, and ends the value
 * at a line end. Half of a surrogate pair has no UTF-8.
 */
export const oneLine: S.Check = S.textThat(
  'must be on one line, without leading white space',
  (value) => !/^\s|[\n-\r\u0085\u2028\u2029\p{Surrogate}]/u.test(value),
);

// Making server information

const checkForm = S.objectOf({
  databaseTitle: oneLine,
  idNumbers: S.arrayOf(
    S.objectOf({
      which: S.obeys('must be a whole number from 1 to 2147483647', isIdNumberType),
      description: oneLine,
      shortDescription: oneLine,
      validation: S.optionalOf(S.shape("'uk_nhs_number'", (method) => method === 'uk_nhs_number')),
    }),
  ),
  camcopsVersion: S.maybe(
    S.obeys(
      `must be a version x.y.z, y and z below 100, ${serverCamcopsVersion} or later`,
      (version) =>
        ClientVersion.is(version) && isReadableVersion(version) && semVerOf(version).compare(serverCamcopsVersion) >= 0,
    ),
  ),
});

const checkTypes = (types: readonly M.IdNumberType[]): E.Either<S.Problem, unknown> => {
  const again = types.findIndex(({ which }, index) => types.findIndex((type) => type.which === which) < index);
  return again < 0 ? E.right(types) : broken(`idNumbers[${String(again)}].which`, 'must be unique');
};

const readPolicy = (field: string, policy: string): E.Either<S.Problem, M.IdPolicy> =>
  E.mapLeft(({ reason, position }: IdPolicyError) => {
    return { field, rule: `must be an ID policy: ${reason.replace('-', ' ')} at position ${String(position)}` };
  })(parseIdPolicy(policy));

/**
 * Makes server information. Refuses what a tablet could not cope with: a policy that does not parse; a title or description with a line
 * end or leading white space; a type of ID number that is not 1 to 2147483647, or occurs twice; a version that tablets cannot
 * read, or below {@link serverCamcopsVersion}.
 *
 * @example
 * import { serverInfo } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const config = { databaseTitle: 'Clinic', uploadPolicy: 'sex AND dob', finalizePolicy: 'sex AND dob', idNumbers: [] };
 * pipe(serverInfo(config), E.map((info) => info.camcopsVersion)); // right('2.4.24')
 * serverInfo({ ...config, finalizePolicy: 'sex AND' });
 * // left({ field: 'finalizePolicy', rule: 'must be an ID policy: syntax at position 7' })
 */
export const serverInfo = (config: M.ServerInfoConfig): E.Either<S.Problem, M.ServerInfo> =>
  pipe(
    E.Do,
    E.bind('uploadPolicy', () => readPolicy('uploadPolicy', config.uploadPolicy)),
    E.bind('finalizePolicy', () => readPolicy('finalizePolicy', config.finalizePolicy)),
    E.chainFirst(() => checkForm(config)),
    E.chainFirst(() => checkTypes(config.idNumbers)),
    E.map((policies) => {
      const { databaseTitle, camcopsVersion = serverCamcopsVersion } = config;
      const types = [...config.idNumbers].sort((a, b) => a.which - b.which);
      const idNumbers = new Map(types.map((type) => [type.which, type]));
      const content: M.ServerInfoContent = { databaseTitle, ...policies, idNumbers, camcopsVersion };
      // The only maker of a ServerInfo.
      return content as M.ServerInfo;
    }),
  );

// Answers

/** The fields of an answer, or why no tablet can be told. */
export type Told = E.Either<S.Problem, Readonly<Record<string, string>>>;

/** Returns the answer to `register` and `get_id_info`: every line that a tablet compares, blank lines too. `serverInfo` has checked them. */
export const serverInfoAnswer = (info: M.ServerInfo): Readonly<Record<string, string>> => ({
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

/** Escapes a text as the client unescapes it. Unescaped, a backslash would be dropped, and a line end would end the reply's line. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll("'", "''")}'`;

/** Writes the fields `nfields`, `fields`, `nrecords`, `record0`... */
const rowsAnswer = <C extends string>(columns: readonly C[], rows: readonly Readonly<Record<C, string>>[]): Told =>
  E.right({
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
export const allowedTablesAnswer = (tables: UploadTables): Told => {
  const rows = [...tables].map(([tablename, { minClientVersion }]) => {
    return { tablename, min_client_version: minClientVersion.replace(/[-+].*/, '') };
  });
  const unreadable = rows.find(({ min_client_version }) => !isReadableVersion(min_client_version));
  if (unreadable === undefined) return rowsAnswer(['tablename', 'min_client_version'], rows);
  return broken(`tables.${unreadable.tablename}.minClientVersion`, 'must have a second and third number below 100');
};

/**
 * Returns the answer to `get_extra_strings`. Refuses a string with a blank task or name, because it would make a tablet store none of
 * the strings.
 */
export const extraStringsAnswer = (strings: readonly M.ExtraString[]): Told => {
  const blank = strings.findIndex(({ task, name }) => task.trim() === '' || name.trim() === '');
  if (blank < 0) return rowsAnswer(['task', 'name', 'language', 'value'], strings);
  return broken(`extraStrings[${String(blank)}]`, 'must have a task and a name');
};
