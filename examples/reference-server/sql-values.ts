/** The values of a record as tablets write them: SQL literals, comma-separated. */
import type { SqlValue } from 'camcops-tablet-session/operations';

const literal = /\s*(?:(NULL)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'([^']*(?:''[^']*)*)'|([Xx]'[0-9A-Fa-f]*'))\s*,/gy;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', '\\': '\\' };
const unescaped = (text: string): string =>
  text.replaceAll("''", "'").replace(/\\([nr\\])/g, (_, mark: string) => escapes[mark] ?? mark);

const valueOf = ([, isNull, number, quoted, blob]: RegExpExecArray): SqlValue => {
  if (isNull !== undefined) return null;
  // A number with more digits than a double holds stays the text that it came in, so that nothing is lost.
  if (number !== undefined) return Math.abs(Number(number)) <= Number.MAX_SAFE_INTEGER ? Number(number) : number;
  return blob ?? unescaped(quoted ?? '');
};

/** The decoded values; none if the text is no list of literals. A blob stays the text that it came in: `X'00ff'`. */
export const readSqlValues = (text: string): readonly SqlValue[] | undefined => {
  // One more comma, so that each literal ends with its own. Unless they make up the whole text, it is no list.
  const list = `${text},`;
  const literals = [...list.matchAll(literal)];
  return literals.map(([whole]) => whole).join('') === list ? literals.map(valueOf) : undefined;
};
