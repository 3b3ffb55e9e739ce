/** Two columns for a terminal of 100 characters: what was asked, and what was answered. */
import type { Exchange } from './tablet.js';

const width = 49;

const fit = (text: string): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);

/** What a refusal says is shown whole, on as many lines as it takes. */
const whole = (line: string): readonly string[] =>
  line.startsWith('error:') ? (line.match(new RegExp(`.{1,${String(width)}}(?: |$)`, 'g')) ?? [line]) : [line];

const shown = ([name, value]: readonly [string, string]): string =>
  `${name}=${name === 'password' ? '*'.repeat(value.length) : value}`;

const columns = (lefts: readonly string[], rights: readonly string[]): readonly string[] =>
  Array.from({ length: Math.max(lefts.length, rights.length) }, (_, line) =>
    `${fit(lefts[line] ?? '').padEnd(width)}│ ${fit(rights[line] ?? '')}`.trimEnd(),
  );

export const heading = (text: string): string => `\n${text}\n${'═'.repeat(text.length)}`;

/** A request's fields beside the lines of its reply, below a rule that names them. */
export const sideBySide = ({ fields, reply }: Exchange): string => {
  const { operation = 'no operation', ...rest } = Object.fromEntries(fields);
  const left = ` ${operation} `;
  const right = ` HTTP ${String(reply.status)} `;
  const rule = `──${left}`.padEnd(width, '─') + `┬──${right}`.padEnd(width + 1, '─');
  const asked = Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(shown);
  return [rule, ...columns(asked, reply.body.trimEnd().split('\n').flatMap(whole))].join('\n');
};
