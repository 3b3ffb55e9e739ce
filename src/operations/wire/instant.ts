/** Dates, and instants as tablets write them: ISO 8601. */

/** The two digits at a place of a text, or NaN. */
const pairAt = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
};

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const lengthOf = (month: number, year: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : (monthLengths[month - 1] ?? 0);

/** The day that the first ten characters of a text name, counted from 1970-01-01. */
const dayOf = (text: string): number | undefined => {
  const year = pairAt(text, 0) * 100 + pairAt(text, 2);
  const month = pairAt(text, 5);
  const day = pairAt(text, 8);
  const isDate = text[4] === '-' && text[7] === '-' && year > 0 && day > 0 && day <= lengthOf(month, year);
  if (!isDate) return undefined;
  // A year that begins in March has its leap day at its end, and the same lengths of months every year.
  const marchYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const monthDays = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return 365 * marchYear + leapDays + monthDays + day - 719_469;
};

/** Whether a text is a date `YYYY-MM-DD` of the years 0001 to 9999. */
export const isDate = (text: string): boolean => text.length === 10 && dayOf(text) !== undefined;

/** The minutes that `Z`, `+HH`, `+HHMM` or `+HH:MM` at a place, up to the text's end, is ahead of UTC; or NaN. */
const offsetAt = (text: string, at: number): number => {
  const sign = text[at];
  if (sign === 'Z') return text.length === at + 1 ? 0 : NaN;
  const minutesAt = text[at + 3] === ':' ? at + 4 : at + 3;
  const hours = pairAt(text, at + 1);
  const minutes = text.length === at + 3 ? 0 : pairAt(text, minutesAt);
  const isWhole = text.length === at + 3 || text.length === minutesAt + 2;
  if (!isWhole || !(hours < 24 && minutes < 60) || (sign !== '+' && sign !== '-')) return NaN;
  return (sign === '+' ? 1 : -1) * (hours * 60 + minutes);
};

/**
 * The milliseconds from 1970-01-01T00:00Z to an instant `YYYY-MM-DDTHH:MM[:SS[.fraction]]` with an offset `Z`, `+HH:MM`, `+HHMM`
 * or `+HH` (or `-`). A space may stand for the `T`; digits beyond the milliseconds are dropped. Any other text gives `undefined`.
 */
export const instantOf = (text: string): number | undefined => {
  const day = dayOf(text);
  const hours = pairAt(text, 11);
  const minutes = pairAt(text, 14);
  const hasTime = (text[10] === 'T' || text[10] === ' ') && text[13] === ':' && hours < 24 && minutes < 60;
  if (day === undefined || !hasTime) return undefined;

  const hasSeconds = text[16] === ':';
  const seconds = hasSeconds ? pairAt(text, 17) : 0;
  let at = hasSeconds ? 19 : 16;
  let milliseconds = 0;
  if (hasSeconds && text[at] === '.') {
    const first = at + 1;
    let digit = text.charCodeAt(first) - 48;
    for (at = first; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - 48) {
      milliseconds += digit * (at === first ? 100 : at === first + 1 ? 10 : at === first + 2 ? 1 : 0);
      at += 1;
    }
    if (at === first) return undefined;
  }
  const offset = offsetAt(text, at);
  if (!(seconds < 60) || Number.isNaN(offset)) return undefined;
  return ((day * 24 + hours) * 60 + minutes - offset) * 60_000 + seconds * 1000 + milliseconds;
};
