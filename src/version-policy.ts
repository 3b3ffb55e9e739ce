/** Which client versions are welcome. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import Range from 'semver/classes/range.js';
import gtr from 'semver/ranges/gtr.js';
import ltr from 'semver/ranges/ltr.js';
import minVersion from 'semver/ranges/min-version.js';
import validRange from 'semver/ranges/valid.js';

import { semVerOf, type ClientVersion } from './client-version.js';
import { memoized } from './memo.js';
import { versionBlocked, versionTooNew, versionTooOld, type UserError } from './user-error.js';

/** What a host writes: node-semver ranges. They never come from a client. */
export interface VersionPolicyConfig {
  /** The versions to serve, such as `'>=2.0.0 <4.0.0'`. */
  readonly supported: string;
  /** Of those, the versions to serve but to report, such as `'<2.3.0'`. */
  readonly deprecated?: string;
}

/** Which part of a policy is wrong: no node-semver range, or one that no release satisfies. */
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

const options = { includePrerelease: true } as const;

/** A range, and what it comes to without the alternatives (between `||`) that no release satisfies. */
interface CompiledRange {
  readonly range: Range;
  readonly satisfiable: Range;
  /** The lowest release in it. */
  readonly lowest: string;
}

/** node-semver takes an alternative that is empty, such as `>=4 <3`, for one with bounds. */
const compileRange = (text: string): CompiledRange | PolicyError['code'] => {
  if (validRange(text, options) === null) return 'invalid-range';
  const alternatives = text.split('||').filter((alternative) => minVersion(alternative) !== null);
  const satisfiable = alternatives.join('||');
  // Without prereleases, so that `~2.3`, which begins at 2.3.0-0, tells a user "need 2.3.0".
  const lowest = alternatives.length === 0 ? null : minVersion(satisfiable);
  if (lowest === null) return 'unsatisfiable-range';
  return { range: new Range(text, options), satisfiable: new Range(satisfiable, options), lowest: lowest.version };
};

const policyOf = (supported: CompiledRange, deprecated: Option<CompiledRange>): VersionPolicy => {
  const { range, satisfiable, lowest } = supported;
  const refusalOf = (version: ClientVersion): Option<UserError> => {
    const parsed = semVerOf(version);
    if (range.test(parsed)) return none;
    if (ltr(parsed, satisfiable, options)) return some(versionTooOld(version, lowest));
    const isTooNew = gtr(parsed, satisfiable, options);
    return some(isTooNew ? versionTooNew(version, range.raw) : versionBlocked(version, range.raw));
  };
  return {
    supported: range.raw,
    deprecated: isSome(deprecated) ? some(deprecated.value.range.raw) : none,
    refusal: memoized(refusalOf),
    isDeprecated: isSome(deprecated)
      ? memoized((version) => deprecated.value.range.test(semVerOf(version)))
      : () => false,
  };
};

/**
 * Compiles a policy (DESIGN.md, section 6), once, when the server starts. Prereleases count: `>=2.0.0` takes `2.4.0-beta`, and
 * not `2.0.0-rc.1`, which came before 2.0.0; and `<4.0.0` takes `4.0.0-rc.1`. A version outside `supported` will be `version-too-old` below all of it,
 * `version-too-new` above all of it, else `version-blocked`.
 *
 * @example
 * import { versionPolicy } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * E.isRight(versionPolicy({ supported: '>=2.0.0 <4.0.0', deprecated: '<2.3.0' })); // true
 * versionPolicy({ supported: 'two or more' }); // left({ code: 'invalid-range', field: 'supported' })
 */
export const versionPolicy = (config: VersionPolicyConfig): Either<PolicyError, VersionPolicy> => {
  const supported = compileRange(config.supported);
  if (typeof supported === 'string') return left({ code: supported, field: 'supported' });
  if (config.deprecated === undefined) return right(policyOf(supported, none));
  const deprecated = compileRange(config.deprecated);
  if (typeof deprecated === 'string') return left({ code: deprecated, field: 'deprecated' });
  return right(policyOf(supported, some(deprecated)));
};

const fromTwo = new Range('>=2.0.0', options);

/** The policy of a server that names none: `supported: '>=2.0.0'`. */
export const defaultVersionPolicy: VersionPolicy = policyOf(
  { range: fromTwo, satisfiable: fromTwo, lowest: '2.0.0' },
  none,
);
