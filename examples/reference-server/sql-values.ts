/** The values of a record as tablets write them: SQL literals, comma-separated. */

export type SqlValue = string | number | null;

const literal =
  /\s*(?:(NULL)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'([^']*(?:''[^']*)*)'|([Xx]'[0-9A-Fa-f]*'))\s*(?:,|$)/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', '\\': '\\' };
const unescaped = (text: string): string =>
  text.replaceAll("''", "'").replace(/\\([nr\\])/g, (_, mark: string) => escapes[mark] ?? mark);

// A number with more digits than a double holds stays the text that it came in, so that nothing is lost.
const numberOrText = (text: string): SqlValue =>
  Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) : text;

/** The decoded values; none if the text is no list of literals. A blob stays the text that it came in, such as `X'00ff'`. */
export const readSqlValues = (text: string): readonly SqlValue[] | undefined => {
  const values: SqlValue[] = [];
  let at = 0;
  do {
    literal.lastIndex = at;
    const found = literal.exec(text);
    if (found === null) return undefined;
    const [, isNull, number, quoted, blob] = found;
    if (isNull !== undefined) values.push(null);
    else if (number !== undefined) values.push(numberOrText(number));
    else values.push(blob ?? unescaped(quoted ?? ''));
    at = literal.lastIndex;
  } while (at < text.length || text.endsWith(','));
  return values;
};
