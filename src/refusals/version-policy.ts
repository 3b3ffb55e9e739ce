/** Refusals of a version policy. */
import type { ClientVersion } from '../client-version.js';

/** Why a policy does not serve a client's version. */
export type VersionRefusal =
  /** The client is older than every version that the policy supports. */
  | { readonly code: 'version-too-old'; readonly actual: ClientVersion; readonly required: string }
  /** The client is newer than every version that the policy supports. */
  | { readonly code: 'version-too-new'; readonly actual: ClientVersion; readonly supported: string }
  /** The client's version lies in a gap between versions that the policy supports. */
  | { readonly code: 'version-blocked'; readonly actual: ClientVersion; readonly supported: string };

/** `required` is the lowest supported version; its release, if that is supported too. */
export const versionTooOld = (actual: ClientVersion, required: string): VersionRefusal => {
  return { code: 'version-too-old', actual, required };
};

/** `supported` is the policy's range as its host wrote it, with white space normalized. */
export const versionTooNew = (actual: ClientVersion, supported: string): VersionRefusal => {
  return { code: 'version-too-new', actual, supported };
};

/** `supported` is the policy's range as its host wrote it, with white space normalized. */
export const versionBlocked = (actual: ClientVersion, supported: string): VersionRefusal => {
  return { code: 'version-blocked', actual, supported };
};
