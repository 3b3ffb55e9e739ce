/** The refusal of a text that is not a client version. */

/** `camcops_version` is not a version. It never holds the text. */
export interface NonsensicalVersion {
  readonly code: 'nonsensical-version';
}

/** `camcops_version` is not a version. */
export const nonsensicalVersion: NonsensicalVersion = { code: 'nonsensical-version' };
