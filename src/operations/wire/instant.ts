/** Dates, and instants as tablets write them: ISO 8601. */

const dateForm = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const instantForm =
  /^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[-+](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/;

/** The number that two digits at a place of a text say. */
const pairAt = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

/** The calendar repeats itself after as many years. */
const fourHundredYears = 146_097 * 86_400_000;

/** The milliseconds from 1970 to the day that the first ten characters of a text name; NaN if there is no such day. */
const dayOf = (text: string): number => {
  const year = pairAt(text, 0) * 100 + pairAt(text, 2);
  const month = pairAt(text, 5) - 1;
  const day = pairAt(text, 8);
  // Date.UTC would take the years 0 to 99 for those of the 20th century, and February 30 for March 1 or 2.
  const start = Date.UTC(year + 400, month, day);
  const isReal = day > 28 ? new Date(start).getUTCMonth() === month : day > 0 && month >= 0 && month < 12;
  return year > 0 && isReal ? start - fourHundredYears : NaN;
};

/** Whether a text is a date `YYYY-MM-DD` of the years 0001 to 9999. */
export const isDate = (text: string): boolean => dateForm.test(text) && !Number.isNaN(dayOf(text));

/** Whether a code is `Z`, `+` or `-`. */
const isSign = (code: number): boolean => code === 0x5a || code === 0x2b || code === 0x2d;

/**
 * Returns the milliseconds from 1970-01-01T00:00Z to an instant `YYYY-MM-DDTHH:MM[:SS[.fraction]]` with an offset `Z`, `+HH:MM`,
 * `+HHMM` or `+HH` (or `-`). A space may stand for the `T`; digits beyond the milliseconds are dropped. Any other text gives
 * `undefined`.
 */
export const instantOf = (text: string): number | undefined => {
  const day = instantForm.test(text) ? dayOf(text) : NaN;
  if (Number.isNaN(day)) return undefined;
  let zone = 16;
  while (!isSign(text.charCodeAt(zone))) zone += 1;
  const hours = text.length > zone + 1 ? pairAt(text, zone + 1) : 0;
  const minutes = text.length > zone + 3 ? pairAt(text, text.length - 2) : 0;
  const ahead = (text[zone] === '-' ? -1 : 1) * (hours * 60 + minutes);
  let milliseconds = zone > 16 ? pairAt(text, 17) * 1000 : 0;
  for (let at = 20, unit = 100; at < zone && unit >= 1; at += 1, unit /= 10) {
    milliseconds += (text.charCodeAt(at) - 48) * unit;
  }
  return day + (pairAt(text, 11) * 60 + pairAt(text, 14) - ahead) * 60_000 + milliseconds;
};
