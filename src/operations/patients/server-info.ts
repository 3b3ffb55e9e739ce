/** What a server says of itself: the information that tablets compare, the tables that it takes, and the strings of its tasks. */
import { bind, chainFirst, Do, left, map, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

import { ClientVersion, semVerOf } from '../../client-version.js';
import { arrayOf, maybe, objectOf, optionalOf, shape, type Check, type Problem } from '../../internal/shape.js';
import { isReadableVersion, type UploadTables } from '../tables.js';
import { parseIdPolicy, showIdPolicy, type IdPolicyError } from './id-policy.js';
import type { ExtraString, IdNumberType, IdPolicy, ServerInfo, ServerInfoConfig, ServerInfoContent } from './model.js';
import { isIdNumberType, textOf } from './patient-details.js';

// What a tablet can be told

/**
 * The version of CamCOPS's server whose operations this package does. Tablets store the version and compare it at each upload, so a
 * new version makes each tablet fetch server information again.
 */
export const serverCamcopsVersion = '2.4.24';

/** A value for which `isKept` is true. `rule` begins with "must". */
export const obeys =
  (rule: string, isKept: (value: unknown) => boolean): Check =>
  (value) =>
    isKept(value) ? right(value) : left({ field: '', rule });

/** A text for which `isKept` is true. */
export const textThat = (rule: string, isKept: (text: string) => boolean): Check =>
  obeys(rule, (value) => typeof value === 'string' && isKept(value));

/**
 * Checks that a tablet reads a text back exactly from a line `key:value`. The tablet drops white space after the colon, and ends the value
 * at a line end. Half of a surrogate pair has no UTF-8.
 */
export const oneLine: Check = textThat(
  'must be on one line, without leading white space',
  (value) => !/^\s|[\n-\r\u0085\u2028\u2029\p{Surrogate}]/u.test(value),
);

// Making server information

const checkForm = objectOf({
  databaseTitle: oneLine,
  idNumbers: arrayOf(
    objectOf({
      which: obeys('must be a whole number from 1 to 2147483647', isIdNumberType),
      description: oneLine,
      shortDescription: oneLine,
      validation: optionalOf(shape("'uk_nhs_number'", (method) => method === 'uk_nhs_number')),
    }),
  ),
  camcopsVersion: maybe(
    obeys(
      `must be a version x.y.z, y and z below 100, ${serverCamcopsVersion} or later`,
      (version) =>
        ClientVersion.is(version) && isReadableVersion(version) && semVerOf(version).compare(serverCamcopsVersion) >= 0,
    ),
  ),
});

const checkTypes = (types: readonly IdNumberType[]): Either<Problem, unknown> => {
  const again = types.findIndex(({ which }, index) => types.findIndex((type) => type.which === which) < index);
  return again < 0 ? right(types) : left({ field: `idNumbers[${String(again)}].which`, rule: 'must be unique' });
};

const readPolicy = (field: string, policy: string): Either<Problem, IdPolicy> =>
  mapLeft(({ reason, position }: IdPolicyError) => {
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
export const serverInfo = (config: ServerInfoConfig): Either<Problem, ServerInfo> =>
  pipe(
    Do,
    bind('uploadPolicy', () => readPolicy('uploadPolicy', config.uploadPolicy)),
    bind('finalizePolicy', () => readPolicy('finalizePolicy', config.finalizePolicy)),
    chainFirst(() => checkForm(config)),
    chainFirst(() => checkTypes(config.idNumbers)),
    map((policies) => {
      const { databaseTitle, camcopsVersion = serverCamcopsVersion } = config;
      const types = [...config.idNumbers].sort((a, b) => a.which - b.which);
      const idNumbers = new Map(types.map((type) => [type.which, type]));
      const content: ServerInfoContent = { databaseTitle, ...policies, idNumbers, camcopsVersion };
      // The only maker of a ServerInfo.
      return content as ServerInfo;
    }),
  );

// Answers

/** The fields of an answer, or why no tablet can be told. */
export type Told = Either<Problem, Readonly<Record<string, string>>>;

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

/** Escapes a text as the client unescapes it. Unescaped, a backslash would be dropped, and a line end would end the reply's line. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll("'", "''")}'`;

/** Writes the fields `nfields`, `fields`, `nrecords`, `record0`... */
const rowsAnswer = <C extends string>(columns: readonly C[], rows: readonly Readonly<Record<C, string>>[]): Told =>
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
export const allowedTablesAnswer = (tables: UploadTables): Told => {
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
export const extraStringsAnswer = (strings: readonly ExtraString[]): Told => {
  const blank = strings.findIndex(({ task, name }) => task.trim() === '' || name.trim() === '');
  return blank < 0
    ? rowsAnswer(['task', 'name', 'language', 'value'], strings)
    : left({ field: `extraStrings[${String(blank)}]`, rule: 'must have a task and a name' });
};
