/** The values that a tablet's records hold. */

/**
 * A value of a column. `null` is the database's NULL. A whole number beyond 2^53 - 1 is a `bigint`; dates and times are strings,
 * booleans 0 or 1.
 */
export type Value = null | string | number | bigint | Uint8Array;
