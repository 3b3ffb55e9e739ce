/** Properties of client versions and of policies. */
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { toNullable } from 'fp-ts/lib/Option.js';
import assert from 'node:assert/strict';
import compare from 'semver/functions/compare.js';
import satisfies from 'semver/functions/satisfies.js';

import { ClientVersion, clientVersionOrd, parseClientVersion, versionPolicy } from 'camcops-tablet-session';
import { rightOf } from '../support/decoded.js';
import { anyText, rangeText, versionText } from './arbitraries.js';
import { holds, type NamedProperty } from './named-property.js';

const version = versionText
  .map(parseClientVersion)
  .filter((parsed) => !isLeft(parsed))
  .map(rightOf);

const canonical = holds('a canonical version is read as itself', fc.oneof(versionText, anyText), (text) => {
  const parsed = parseClientVersion(text);
  assert.deepEqual(isLeft(parsed), isLeft(ClientVersion.decode(text)));
  if (isLeft(parsed)) return;
  assert.deepEqual(parseClientVersion(parsed.right), parsed);
  assert.ok(ClientVersion.is(parsed.right));
  assert.equal(ClientVersion.is(text), text === parsed.right);
});

const order = holds('the order is that of node-semver', fc.tuple(version, version), ([a, b]) => {
  assert.equal(clientVersionOrd.compare(a, b), compare(a, b));
  assert.equal(clientVersionOrd.equals(a, b), compare(a, b) === 0);
});

// Policies

const policyText = rangeText.filter((supported) => !isLeft(versionPolicy({ supported })));

const isNewer = (a: ClientVersion, b: ClientVersion): boolean => clientVersionOrd.compare(a, b) > 0;

const digits = [0, 1, 2, 3, 4];
const releases = digits.flatMap((major) =>
  digits.flatMap((minor) => digits.map((patch) => [major, minor, patch].join('.'))),
);

/** Versions below, between and above all bounds of a range by `rangeText`; some are in whatever is not empty. */
const witnessesOf = (supported: string): readonly ClientVersion[] => {
  const bounds = supported.match(/[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?/g) ?? [];
  const prereleases = bounds.flatMap((text) => [text, text.includes('-') ? `${text}.0` : `${text}-0`]);
  return [...releases, ...releases.map((text) => `${text}-0`), ...prereleases].map((text) =>
    rightOf(parseClientVersion(text)),
  );
};

const isIn =
  (range: string) =>
  (text: string): boolean =>
    satisfies(text, range, { includePrerelease: true });

const unsatisfiable = holds('a range is refused if no version is in it, and only then', rangeText, (supported) => {
  const policy = versionPolicy({ supported });
  assert.equal(isLeft(policy), !witnessesOf(supported).some(isIn(supported)));
  if (isLeft(policy)) assert.deepEqual(policy.left, { code: 'unsatisfiable-range', field: 'supported' });
});

const rightlyRefused = holds(
  'a refusal by policy is right, and says why',
  fc.tuple(policyText, version),
  ([supported, of]) => {
    const refusal = toNullable(rightOf(versionPolicy({ supported })).refusal(of));
    const isServed = isIn(supported);
    assert.equal(refusal === null, isServed(of));
    if (refusal === null) return;
    const served = witnessesOf(supported).filter(isServed);
    if (refusal.code === 'version-too-old') {
      assert.deepEqual(
        served.filter((other) => isNewer(of, other)),
        [],
      );
      assert.ok(isServed(refusal.required) && compare(of, refusal.required) < 0);
    } else if (refusal.code === 'version-too-new') {
      assert.deepEqual(
        served.filter((other) => isNewer(other, of)),
        [],
      );
    } else {
      assert.equal(refusal.code, 'version-blocked');
      assert.ok(served.some((other) => isNewer(of, other)) && served.some((other) => isNewer(other, of)));
    }
  },
);

const deprecated = holds('what is deprecated is what its range says', fc.tuple(rangeText, version), ([range, of]) => {
  const compiled = versionPolicy({ supported: '*', deprecated: range });
  if (isLeft(compiled)) return;
  assert.equal(compiled.right.isDeprecated(of), isIn(range)(of));
});

export const versionProperties: readonly NamedProperty[] = [
  canonical,
  order,
  unsatisfiable,
  rightlyRefused,
  deprecated,
];
