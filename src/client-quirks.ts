/** What old clients do differently: the versions in which they changed, and four predicates over them. */
import SemVer from 'semver/classes/semver.js';

import { semVerOf, type ClientVersion } from './client-version.js';

/** Anything that knows its client's version, such as a `TabletRequest` or a `TabletSession`. */
export interface HasClientVersion {
  readonly clientVersion: ClientVersion;
}

// The first release of each change.
const idDescriptorsLeftPatient = new SemVer('2.0.0');
const idNumsHaveOwnTable = new SemVer('2.0.1');
const clientNamesPrimaryKey = new SemVer('2.0.4');

const isBelow = (milestone: SemVer, { clientVersion }: HasClientVersion): boolean =>
  semVerOf(clientVersion).compare(milestone) < 0;

/**
 * Returns whether the client (below 2.0.0) may upload descriptions of ID numbers in its table `patient`; later clients have no such
 * columns. CamCOPS's `cope_with_deleted_patient_descriptors`.
 *
 * @example
 * import { copeWithDeletedPatientDescriptors, parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const copes = E.map((clientVersion: ClientVersion) => copeWithDeletedPatientDescriptors({ clientVersion }));
 * copes(parseClientVersion('1.14')); // right(true)
 * copes(parseClientVersion('2.0.0')); // right(false)
 */
export const copeWithDeletedPatientDescriptors = (client: HasClientVersion): boolean =>
  isBelow(idDescriptorsLeftPatient, client);

/**
 * Returns whether the client (below 2.0.1) uploads ID numbers in its table `patient` instead of in a table of their own.
 * CamCOPS's `cope_with_old_idnums`.
 *
 * @example
 * import { copeWithOldIdNums, parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const habit = E.map((clientVersion: ClientVersion) => copeWithOldIdNums({ clientVersion }));
 * habit(parseClientVersion('2.0.0')); // right(true)
 * habit(parseClientVersion('2.0.1')); // right(false)
 */
export const copeWithOldIdNums = (client: HasClientVersion): boolean => isBelow(idNumsHaveOwnTable, client);

/**
 * Returns whether the client (2.0.4 or later) names the primary key when it uploads a table.
 * CamCOPS's `explicit_pkname_for_upload_table`.
 *
 * @example
 * import { explicitPkNameForUploadTable, parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const habit = E.map((clientVersion: ClientVersion) => explicitPkNameForUploadTable({ clientVersion }));
 * habit(parseClientVersion('2.0.3')); // right(false)
 * habit(parseClientVersion('2.0.4')); // right(true)
 */
export const explicitPkNameForUploadTable = (client: HasClientVersion): boolean =>
  !isBelow(clientNamesPrimaryKey, client);

/**
 * Returns whether the client (from 2.0.0, before 2.0.4) neither names the primary key when it uploads a table nor sends it first.
 * The key is always `id`. CamCOPS's `pkname_in_upload_table_neither_first_nor_explicit`.
 *
 * @example
 * import { pkNameInUploadTableNeitherFirstNorExplicit, parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const habit = E.map((clientVersion: ClientVersion) => pkNameInUploadTableNeitherFirstNorExplicit({ clientVersion }));
 * habit(parseClientVersion('2.0.3')); // right(true)
 * habit(parseClientVersion('2.0.4')); // right(false)
 */
export const pkNameInUploadTableNeitherFirstNorExplicit = (client: HasClientVersion): boolean =>
  !isBelow(idDescriptorsLeftPatient, client) && isBelow(clientNamesPrimaryKey, client);
