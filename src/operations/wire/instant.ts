/** Instants: what ISO 8601 date-times name. */

/** Milliseconds since 1970, or `undefined` if the text is no date-time with an offset. */
export const instantOf = (text: string): number | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
};
