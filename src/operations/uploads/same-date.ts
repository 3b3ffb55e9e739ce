/** Whether a record has changed, by its date. */
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import { instantOf } from '../wire/instant.js';

/**
 * Whether two dates are the same instant, whatever their offsets. An absent date equals none, so that its record always counts as
 * changed. Equal strings are not parsed: most records of an upload are unchanged.
 */
export const isSameDate = (one: Option<string>, other: Option<string>): boolean => {
  if (isNone(one) || isNone(other)) return false;
  if (one.value === other.value) return true;
  const instant = instantOf(one.value);
  return instant !== undefined && instant === instantOf(other.value);
};
