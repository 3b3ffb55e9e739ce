/** The version of a client: from what it sent to one canonical text, and the order of such texts. */
import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { Ord } from 'fp-ts/lib/Ord.js';
import * as t from 'io-ts';
import type { RangeOptions } from 'semver';
import SemVer from 'semver/classes/semver.js';
import parseSemVer from 'semver/functions/parse.js';

import { quietFailure } from './codec.js';
import { memoized } from './memo.js';

interface ClientVersionBrand {
  readonly ClientVersion: unique symbol;
}

/** A client's version as canonical SemVer 2.0.0 text, such as `'2.4.24'`. */
export type ClientVersion = t.Branded<string, ClientVersionBrand>;

/** The refusal of a text that is no version: a `UserError`. It names the rule, never the text. */
export interface NonsensicalVersion {
  readonly code: 'nonsensical-version';
}

/** `camcops_version` is no version. */
export const nonsensicalVersion: NonsensicalVersion = { code: 'nonsensical-version' };

const maxLength = 256;

const prereleasePart = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const buildPart = '[0-9A-Za-z-]+';
const semVerGrammar = new RegExp(
  String.raw`^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}` +
    String.raw`(?:-${prereleasePart}(?:\.${prereleasePart})*)?(?:\+${buildPart}(?:\.${buildPart})*)?$`,
);
const decimalGrammar = /^(\d+)(?:\.(\d+))?$/;

const withoutLeadingZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, '');

/** Old clients numbered their versions as decimals, so 1.5 came after 1.14: it is read as 1.50. */
const decimalAsSemVer = (text: string): string | undefined => {
  const [, whole, fraction = ''] = decimalGrammar.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return `${withoutLeadingZeros(whole)}.${withoutLeadingZeros(fraction.padEnd(2, '0'))}.0`;
};

// With this option, and no other, node-semver's ranges take a parsed version as it is instead of parsing it again.
const options: RangeOptions = { includePrerelease: true };

/** node-semver bounds the three numbers itself, and keeps a longer number of a prerelease as text. */
const hasUnsafePrerelease = ({ prerelease }: SemVer): boolean =>
  prerelease.some((part) => /^\d+$/.test(String(part)) && !Number.isSafeInteger(Number(part)));

const zero = new SemVer('0.0.0', options);

/**
 * A canonical version, parsed. A text that got past the types without being a version counts as 0.0.0.
 *
 * @internal It has no place in the declarations, which would then need semver's types.
 */
export const semVerOf: (version: ClientVersion) => SemVer = memoized(
  (version) => (semVerGrammar.test(version) ? parseSemVer(version, options) : null) ?? zero,
);

/**
 * The order of client versions, by SemVer 2.0.0: build metadata does not count, and a prerelease comes before its release
 * (DESIGN.md, section 6).
 *
 * @example
 * import { clientVersionOrd, parseClientVersion } from 'camcops-tablet-session';
 * import { isRight } from 'fp-ts/lib/Either.js';
 *
 * const older = parseClientVersion('1.14');
 * const newer = parseClientVersion('1.5');
 * isRight(older) && isRight(newer) && clientVersionOrd.compare(older.right, newer.right); // -1
 */
export const clientVersionOrd: Ord<ClientVersion> = {
  compare: (a, b) => semVerOf(a).compare(semVerOf(b)),
  equals: (a, b) => semVerOf(a).compare(semVerOf(b)) === 0,
};

const readVersion = (text: string): Either<NonsensicalVersion, ClientVersion> => {
  if (text.length > maxLength) return left(nonsensicalVersion);
  const semVer = semVerGrammar.test(text) ? text : decimalAsSemVer(text);
  if (semVer === undefined) return left(nonsensicalVersion);
  const parsed = parseSemVer(semVer, options);
  if (parsed === null || hasUnsafePrerelease(parsed)) return left(nonsensicalVersion);
  // The one place that makes a ClientVersion: the text has just passed the whole grammar.
  return right(semVer as ClientVersion);
};

const readKnownVersion = memoized(readVersion);

/**
 * Reads what a client sent as its version (DESIGN.md, section 6). Strict SemVer 2.0.0 of at most 256 characters is kept as it
 * is, build metadata too; `N` and `N.M`, the decimal numbers of old clients, become SemVer. All else is refused.
 *
 * @example
 * import { parseClientVersion } from 'camcops-tablet-session';
 *
 * parseClientVersion('2.4.24'); // right('2.4.24')
 * parseClientVersion('1.5'); // right('1.50.0')
 * parseClientVersion('v2.4.24'); // left({ code: 'nonsensical-version' })
 */
export const parseClientVersion = (input: unknown): Either<NonsensicalVersion, ClientVersion> =>
  typeof input === 'string' ? readKnownVersion(input) : left(nonsensicalVersion);

/**
 * The codec of {@link ClientVersion}. It decodes what {@link parseClientVersion} takes, `is` holds for canonical texts only,
 * and its errors never hold what they refused.
 */
export const ClientVersion: t.Type<ClientVersion, string> = new t.Type(
  'ClientVersion',
  (input): input is ClientVersion => {
    const version = parseClientVersion(input);
    return isRight(version) && version.right === input;
  },
  (input, context) => {
    const version = parseClientVersion(input);
    return isLeft(version) ? quietFailure(context, 'must be a version number') : version;
  },
  t.identity,
);
