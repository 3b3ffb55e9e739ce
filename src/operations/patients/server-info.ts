/** Server information: what tablets are told, and what their patients must satisfy. */
import { bind, chainFirst, Do, left, map, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type * as t from 'io-ts';

import { ClientVersion, semVerOf } from '../../client-version.js';
import { arrayOf, maybe, objectOf, optionalOf, shape, type Check, type Problem } from '../../internal/shape.js';
import { isReadableVersion } from '../tables.js';
import { parseIdPolicy, type IdPolicy } from './id-policy.js';
import { isIdNumberType, type IdNumberValidation } from './patient-details.js';

// Model

interface ServerInfoBrand {
  readonly ServerInfo: unique symbol;
}

/** A type of ID number, such as the number of a hospital. */
export interface IdNumberType {
  /** The N of `idnumN` and `IDNUMN`: a whole number from 1 to 2147483647. */
  readonly which: number;
  /** On one line, and without leading white space. */
  readonly description: string;
  /** On one line, and without leading white space. */
  readonly shortDescription: string;
  readonly validation: Option<IdNumberValidation>;
}

/** What server information holds. */
export interface ServerInfoContent {
  /** On one line, and without leading white space. */
  readonly databaseTitle: string;
  /** What each patient must satisfy. */
  readonly uploadPolicy: IdPolicy;
  /** What a patient who is about to leave the tablet must satisfy instead. */
  readonly finalizePolicy: IdPolicy;
  /** By `which`, in its order. */
  readonly idNumbers: ReadonlyMap<number, IdNumberType>;
  /** The version of CamCOPS's server that tablets are told. */
  readonly camcopsVersion: string;
}

/** Server information that a tablet can be told: `serverInfo(config)` makes it. */
export type ServerInfo = t.Branded<ServerInfoContent, ServerInfoBrand>;

/** What a host says of itself. */
export interface ServerInfoConfig {
  readonly databaseTitle: string;
  /** What each patient must satisfy: see `parseIdPolicy`. */
  readonly uploadPolicy: string;
  /** What a patient who is about to leave the tablet must satisfy instead. */
  readonly finalizePolicy: string;
  readonly idNumbers: readonly IdNumberType[];
  /**
   * A plain `x.y.z`, 2.4.24 or later, y and z below 100; {@link serverCamcopsVersion} if left out. Raise it whenever a policy or an ID
   * number type changes: a patient's own tablet (2.4.18 and later) then fetches all server information anew by itself, which its
   * user has no other way to do. A clinician's tablet asks its user to fetch it.
   */
  readonly camcopsVersion?: ClientVersion;
}

/** The first field of a configuration that breaks a rule: `${field} ${rule}` is a sentence. It never quotes the value. */
export interface ServerInfoError {
  readonly field: string;
  readonly rule: string;
}

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

/**
 * Checks that a tablet reads a text back exactly from a line `key:value`. The tablet drops white space after the colon, and ends the value
 * at a line end. Half of a surrogate pair has no UTF-8.
 */
export const oneLine: Check = obeys(
  'must be on one line, without leading white space',
  (value) => typeof value === 'string' && !/^\s|[\n-\r\u0085\u2028\u2029\p{Surrogate}]/u.test(value),
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
  pipe(
    parseIdPolicy(policy),
    mapLeft(({ reason, position }) => {
      return { field, rule: `must be an ID policy: ${reason.replace('-', ' ')} at position ${String(position)}` };
    }),
  );

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
export const serverInfo = (config: ServerInfoConfig): Either<ServerInfoError, ServerInfo> =>
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
