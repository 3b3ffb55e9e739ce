/** Which client versions are welcome. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';
import Range from 'semver/classes/range.js';
import gtr from 'semver/ranges/gtr.js';
import ltr from 'semver/ranges/ltr.js';
import minVersion from 'semver/ranges/min-version.js';
import validRange from 'semver/ranges/valid.js';

import { semVerOf, type ClientVersion } from './client-version.js';
import { versionBlocked, versionTooNew, versionTooOld, type UserError } from './user-error.js';

/** What a host writes: node-semver ranges. They never come from a client. */
export interface VersionPolicyConfig {
  /** The versions to serve, such as `'>=2.0.0 <4.0.0'`. */
  readonly supported: string;
  /** Of those, the versions to serve but to report, such as `'<2.3.0'`. */
  readonly deprecated?: string;
}

/** Which part of a policy is wrong: no node-semver range, or one that no version can satisfy. */
export interface PolicyError {
  readonly code: 'invalid-range' | 'unsatisfiable-range';
  readonly field: 'supported' | 'deprecated';
}

/** A compiled policy, made by {@link versionPolicy}. */
export interface VersionPolicy {
  readonly supported: string;
  readonly deprecated: Option<string>;
  /** Why a version is not served; `none` if it is. */
  readonly refusal: (version: ClientVersion) => Option<UserError>;
  /** Whether a version is to be reported as deprecated. */
  readonly isDeprecated: (version: ClientVersion) => boolean;
}

interface SupportedRange {
  readonly range: Range;
  readonly lowest: string;
}

const options = { includePrerelease: true } as const;

const compile = (supported: SupportedRange, deprecated: Option<Range>): VersionPolicy => {
  const { range, lowest } = supported;
  return {
    supported: range.raw,
    deprecated: deprecated._tag === 'Some' ? some(deprecated.value.raw) : none,
    refusal: (version) => {
      const parsed = semVerOf(version);
      if (range.test(parsed)) return none;
      if (ltr(parsed, range, options)) return some(versionTooOld(version, lowest));
      return some(gtr(parsed, range, options) ? versionTooNew(version, range.raw) : versionBlocked(version, range.raw));
    },
    isDeprecated: (version) => deprecated._tag === 'Some' && deprecated.value.test(semVerOf(version)),
  };
};

/**
 * Compiles a policy (DESIGN.md, section 6), once, when the server starts. Prereleases count: `>=2.0.0` takes `2.4.0-beta`, and
 * not `2.0.0-rc.1`, which came before 2.0.0. A version outside `supported` will be `version-too-old` below all of it,
 * `version-too-new` above all of it, else `version-blocked`.
 *
 * @example
 * import { versionPolicy } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * E.isRight(versionPolicy({ supported: '>=2.0.0 <4.0.0', deprecated: '<2.3.0' })); // true
 * versionPolicy({ supported: 'two or more' }); // left({ code: 'invalid-range', field: 'supported' })
 */
export const versionPolicy = ({ supported, deprecated }: VersionPolicyConfig): Either<PolicyError, VersionPolicy> => {
  if (validRange(supported, options) === null) return left({ code: 'invalid-range', field: 'supported' });
  if (deprecated !== undefined && validRange(deprecated, options) === null) {
    return left({ code: 'invalid-range', field: 'deprecated' });
  }
  // Without prereleases, so that `^2.3.0`, which begins at 2.3.0-0, tells a user "need 2.3.0".
  const lowest = minVersion(supported);
  if (lowest === null) return left({ code: 'unsatisfiable-range', field: 'supported' });
  return right(
    compile(
      { range: new Range(supported, options), lowest: lowest.version },
      deprecated === undefined ? none : some(new Range(deprecated, options)),
    ),
  );
};

/** The policy of a server that names none: `supported: '>=2.0.0'`. */
export const defaultVersionPolicy: VersionPolicy = compile(
  { range: new Range('>=2.0.0', options), lowest: '2.0.0' },
  none,
);
