/** Client versions by hand: four parts, compared as integers. */
import compare from 'semver/functions/compare.js';

export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Without its `-`; blank if there is none. */
  readonly prerelease: string;
}

const part = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const semVer = new RegExp(
  String.raw`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(${part}(?:\.${part})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`,
);
const decimal = /^(\d+)(?:\.(\d+))?$/;
const digits = /^\d+$/;

const isSafePrerelease = (prerelease: string): boolean =>
  prerelease === '' ||
  prerelease.split('.').every((identifier) => !digits.test(identifier) || Number.isSafeInteger(Number(identifier)));

const checked = (text: string, major: number, minor: number, patch: number, prerelease: string) =>
  Number.isSafeInteger(major) &&
  Number.isSafeInteger(minor) &&
  Number.isSafeInteger(patch) &&
  isSafePrerelease(prerelease)
    ? { text, major, minor, patch, prerelease }
    : undefined;

/** The grammar of client versions, by hand. */
export const parseVersion = (text: string): Version | undefined => {
  if (text.length > 256) return undefined;
  const whole = semVer.exec(text);
  if (whole !== null) {
    return checked(text, Number(whole[1]), Number(whole[2]), Number(whole[3]), whole[4] ?? '');
  }
  const old = decimal.exec(text);
  if (old === null) return undefined;
  const major = Number(old[1]);
  const minor = Number((old[2] ?? '').padEnd(2, '0'));
  return checked(`${String(major)}.${String(minor)}.0`, major, minor, 0, '');
};

export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major ||
  a.minor - b.minor ||
  a.patch - b.patch ||
  // No version that is measured is a prerelease.
  (a.prerelease === b.prerelease ? 0 : compare(a.text, b.text));
