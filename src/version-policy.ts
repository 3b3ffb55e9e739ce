/** Which client versions a server serves. */
import { chain, left, map as mapRight, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { RangeOptions, SemVer } from 'semver';
import Comparator from 'semver/classes/comparator.js';
import Range from 'semver/classes/range.js';
import compareVersions from 'semver/functions/compare.js';
import validRange from 'semver/ranges/valid.js';

import { semVerOf, type ClientVersion } from './client-version.js';
import { memoized } from './internal/memo.js';
import { versionBlocked, versionTooNew, versionTooOld, type VersionRefusal } from './refusals/version-policy.js';

/** What a host writes: node-semver ranges. They never come from a client. */
export interface VersionPolicyConfig {
  /** The versions to serve, such as `'>=2.0.0 <4.0.0'`. */
  readonly supported: string;
  /** Those of the supported versions that are served but reported, such as `'<2.3.0'`. */
  readonly deprecated?: string;
}

/** Which part of a policy is wrong: it is not a node-semver range, or no version satisfies it. */
export interface PolicyError {
  readonly code: 'invalid-range' | 'unsatisfiable-range';
  readonly field: 'supported' | 'deprecated';
}

/** A compiled policy, made by {@link versionPolicy}. */
export interface VersionPolicy {
  readonly supported: string;
  readonly deprecated: Option<string>;
  /** Returns why a version is not served; `none` if it is served. */
  readonly refusal: (version: ClientVersion) => Option<VersionRefusal>;
  /** Returns whether to report a version as deprecated. */
  readonly isDeprecated: (version: ClientVersion) => boolean;
}

const options: RangeOptions = { includePrerelease: true };

/** Bounds, all of which a version must satisfy. */
type Alternative = readonly Comparator[];

/** A range, and its alternatives (between `||`) without those that no version satisfies. */
interface CompiledRange {
  readonly range: Pick<Range, 'raw' | 'test'>;
  readonly alternatives: readonly Alternative[];
  /** The range's lowest version, as users are told. */
  readonly lowest: string;
}

/** Returns the lowest version within a bound: after `>`, the next version. A bound with an empty value is `*`. */
const lowestWithin = ({ operator, semver, value }: Comparator): string => {
  if (value === '' || operator.startsWith('<')) return '0.0.0-0';
  if (operator !== '>') return semver.version;
  const { major, minor, patch, prerelease, version } = semver;
  return prerelease.length > 0 ? `${version}.0` : `${[major, minor, patch + 1].join('.')}-0`;
};

/** Returns the lowest version within all bounds, if there is one. */
const lowestOf = (bounds: Alternative): string | undefined =>
  bounds.map(lowestWithin).find((version) => bounds.every((bound) => bound.test(version)));

const compileRange = (field: PolicyError['field'], text: string): Either<PolicyError, CompiledRange> => {
  if (validRange(text, options) === null) return left({ code: 'invalid-range', field });
  const range = new Range(text, options);
  const satisfiable = range.set.flatMap((bounds) => {
    const lowest = lowestOf(bounds);
    return lowest === undefined ? [] : [{ bounds, lowest }];
  });
  const [lowest] = satisfiable.map((alternative) => alternative.lowest).sort(compareVersions);
  if (lowest === undefined) return left({ code: 'unsatisfiable-range', field });
  // `~2.3` begins at 2.3.0-0, but "need 2.3.0" is clearer to users.
  const release = lowest.replace(/-0$/, '');
  const alternatives = satisfiable.map(({ bounds }) => bounds);
  return right({ range, alternatives, lowest: range.test(release) ? release : lowest });
};

/** Returns whether the version is too low for this bound. */
const isLowerBound = ({ operator, semver }: Comparator, version: SemVer): boolean =>
  operator === '' ? version.compare(semver) < 0 : operator.startsWith('>');

/** Returns whether a version is below every alternative of a range, or above every one. */
const isOutside = (alternatives: readonly Alternative[], version: SemVer, below: boolean): boolean =>
  alternatives.every((bounds) =>
    bounds.some((bound) => !bound.test(version) && isLowerBound(bound, version) === below),
  );

const policyOf = (supported: CompiledRange, deprecated: Option<CompiledRange>): VersionPolicy => {
  const { range, alternatives, lowest } = supported;
  const refusalOf = (version: ClientVersion): Option<VersionRefusal> => {
    const parsed = semVerOf(version);
    if (range.test(parsed)) return none;
    // node-semver's ltr and gtr are wrong when one bound makes another redundant, as in `^2.0.0 <2.3.0`.
    if (isOutside(alternatives, parsed, true)) return some(versionTooOld(version, lowest));
    const isTooNew = isOutside(alternatives, parsed, false);
    return some(isTooNew ? versionTooNew(version, range.raw) : versionBlocked(version, range.raw));
  };
  return {
    supported: range.raw,
    deprecated: isSome(deprecated) ? some(deprecated.value.range.raw) : none,
    refusal: memoized(refusalOf),
    isDeprecated: (version) => isSome(deprecated) && deprecated.value.range.test(semVerOf(version)),
  };
};

/**
 * Compiles a policy; call it once, when the server starts. Prereleases count in their SemVer place: `>=2.0.0` serves `2.4.0-beta` but
 * not `2.0.0-rc.1`, which came before 2.0.0. A version below all of `supported` is refused as `version-too-old`, above all of it as
 * `version-too-new`, otherwise as `version-blocked`. The policy itself is refused with `invalid-range` or `unsatisfiable-range`,
 * `supported` before `deprecated`.
 *
 * @example
 * import { versionPolicy } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * E.isRight(versionPolicy({ supported: '>=2.0.0 <4.0.0', deprecated: '<2.3.0' })); // true
 * versionPolicy({ supported: 'two or more' }); // left({ code: 'invalid-range', field: 'supported' })
 */
export const versionPolicy = ({ supported, deprecated }: VersionPolicyConfig): Either<PolicyError, VersionPolicy> =>
  pipe(
    compileRange('supported', supported),
    chain((served) => {
      if (deprecated === undefined) return right(policyOf(served, none));
      return mapRight((reported: CompiledRange) => policyOf(served, some(reported)))(
        compileRange('deprecated', deprecated),
      );
    }),
  );

// Not a `Range`, which costs more at loading than the rest of this package.
const fromTwo = new Comparator('>=2.0.0', options);

const atLeastTwo = { raw: fromTwo.value, test: (version: SemVer) => fromTwo.test(version) };

/** The policy of a server that names none: `supported: '>=2.0.0'`. */
export const defaultVersionPolicy: VersionPolicy = policyOf(
  { range: atLeastTwo, alternatives: [[fromTwo]], lowest: '2.0.0' },
  none,
);
