/** What a tablet cannot be told: a host's value that breaks a rule. */

/** `${field} ${rule}` is a sentence. It names the field and the rule, never the value. */
export interface BrokenRule {
  readonly field: string;
  readonly rule: string;
}

/** A field, its rule, and whether the field keeps it. */
export type Check = readonly [field: string, rule: string, isKept: boolean];

/** The first rule that is broken. */
export const firstBroken = (checks: readonly Check[]): BrokenRule | undefined => {
  const broken = checks.find(([, , isKept]) => !isKept);
  return broken === undefined ? undefined : { field: broken[0], rule: broken[1] };
};

export const oneLineRule = 'must be on one line, without leading white space';

/**
 * Whether a tablet reads a value back exactly from a line `key:value`: it drops white space after the colon, and a line end would end
 * the value. Half of a surrogate pair has no UTF-8.
 */
export const isOneLine = (value: string): boolean => !/^\s|[\n\v\f\r\u0085\u2028\u2029\p{Surrogate}]/u.test(value);
