/** Client versions: reads what a client sent into one canonical string, and compares such strings. */
import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { Ord } from 'fp-ts/lib/Ord.js';
import * as t from 'io-ts';
import type { RangeOptions } from 'semver';
import SemVer from 'semver/classes/semver.js';
import parseSemVer from 'semver/functions/parse.js';

import { redactedFailure } from './internal/codec.js';
import { memoized } from './internal/memo.js';
import { nonsensicalVersion, type NonsensicalVersion } from './refusals/client-version.js';

/** A client's version as a canonical SemVer 2.0.0 string, such as `'2.4.24'`. */
export type ClientVersion = t.Branded<string, { readonly ClientVersion: unique symbol }>;

const maxLength = 256;

const prereleasePart = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const buildPart = '[0-9A-Za-z-]+';
const semVerGrammar = new RegExp(
  String.raw`^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}` +
    String.raw`(?:-${prereleasePart}(?:\.${prereleasePart})*)?(?:\+${buildPart}(?:\.${buildPart})*)?$`,
);
const decimalGrammar = /^(\d+)(?:\.(\d+))?$/;

const withoutLeadingZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, '');

/** Old clients numbered their versions as decimals: 1.5 came after 1.14, so 1.5 is read as 1.50. */
const decimalAsSemVer = (text: string): string | undefined => {
  const [, whole, fraction = ''] = decimalGrammar.exec(text) ?? [];
  return whole && `${withoutLeadingZeros(whole)}.${withoutLeadingZeros(fraction.padEnd(2, '0'))}.0`;
};

// With this option, and no other, node-semver's ranges take a parsed version as it is instead of parsing it again.
const options: RangeOptions = { includePrerelease: true };

/** node-semver checks the bounds of the three numbers itself, but keeps a longer number in a prerelease as a string. */
const hasUnsafePrerelease = ({ prerelease }: SemVer): boolean =>
  prerelease.some((part) => /^\d+$/.test(String(part)) && !Number.isSafeInteger(Number(part)));

const zero = new SemVer('0.0.0', options);

/**
 * Parses a canonical version. A string that was cast to one but is no version counts as 0.0.0.
 *
 * @internal The declarations must not need semver's types.
 */
export const semVerOf: (version: ClientVersion) => SemVer = memoized((version) => {
  if (version.length > maxLength) return zero;
  return (semVerGrammar.test(version) ? parseSemVer(version, options) : null) ?? zero;
});

/**
 * Orders client versions by SemVer 2.0.0: build metadata does not count, and a prerelease comes before its release.
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

const readVersion = memoized((text: string): Either<NonsensicalVersion, ClientVersion> => {
  const semVer = semVerGrammar.test(text) ? text : decimalAsSemVer(text);
  const parsed = parseSemVer(semVer, options);
  if (parsed === null || hasUnsafePrerelease(parsed)) return left(nonsensicalVersion);
  // The one place that makes a ClientVersion: the string matches the whole grammar.
  return right(semVer as ClientVersion);
});

/**
 * Reads a client's version. Keeps strict SemVer 2.0.0, build metadata included, of at most 256 characters and with numbers of at
 * most 2^53 - 1. Reads the decimals of old clients: `N` is `N.0.0`, and the fraction of `N.M` is padded to at least two digits, so
 * that `1.5` is `1.50.0` and `1.06` is `1.6.0`. Refuses anything else.
 *
 * @example
 * import { parseClientVersion } from 'camcops-tablet-session';
 *
 * parseClientVersion('2.4.24'); // right('2.4.24')
 * parseClientVersion('1.5'); // right('1.50.0')
 * parseClientVersion('v2.4.24'); // left({ code: 'nonsensical-version' })
 */
export const parseClientVersion = (input: unknown): Either<NonsensicalVersion, ClientVersion> =>
  typeof input === 'string' && input.length <= maxLength ? readVersion(input) : left(nonsensicalVersion);

/**
 * The codec of {@link ClientVersion}. Decodes what {@link parseClientVersion} takes; `is` holds only for canonical strings.
 * Errors never hold the refused value.
 */
export const ClientVersion: t.Type<ClientVersion, string> = new t.Type(
  'ClientVersion',
  (input): input is ClientVersion => {
    const version = parseClientVersion(input);
    return isRight(version) && version.right === input;
  },
  (input, context) => {
    const version = parseClientVersion(input);
    return isLeft(version) ? redactedFailure(context, 'must be a version number') : version;
  },
  t.identity,
);
