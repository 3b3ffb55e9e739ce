/** Two columns for a terminal: what was asked, and what was answered. Fields that the previous request had too are left out. */
import type { Exchange } from './tablet.js';
import { readReply } from './tablet.js';

/** How to write: how wide, and whether in colour. */
export interface Style {
  readonly width: number;
  readonly colour: boolean;
}

/** Returns the style of a stream: 80 to 160 columns, in colour on a terminal only. */
export const styleOf = ({ columns = 80, isTTY = false }: { columns?: number; isTTY?: boolean }): Style => ({
  width: Math.min(Math.max(columns, 80), 160),
  colour: isTTY && process.env['NO_COLOR'] === undefined,
});

const codes = { bold: 1, dim: 2, red: 31, green: 32 } as const;

export const painted = ({ colour }: Style, how: keyof typeof codes, text: string): string =>
  colour ? `\u001b[${String(codes[how])}m${text}\u001b[0m` : text;

/** Cuts or pads a text to a width; an ellipsis says that there is more. */
export const fit = (text: string, width: number): string => {
  const letters = Array.from(text.replaceAll(/\p{Cc}/gu, '·'));
  return letters.length <= width ? letters.join('') : `${letters.slice(0, width - 1).join('')}…`;
};

/** Breaks a text into as many lines as it takes. */
export const wrapped = (text: string, width: number): readonly string[] =>
  (text.match(new RegExp(`.{1,${String(width)}}(?: |$)`, 'gu')) ?? [text]).map((line) => line.trimEnd());

export const heading = (style: Style, text: string): string => {
  const lines = wrapped(text, style.width);
  const longest = Math.max(...lines.map((line) => Array.from(line).length));
  return ['', ...lines.map((line) => painted(style, 'bold', line)), '═'.repeat(longest)].join('\n');
};

const secrets = new Set(['password', 'session_token']);
const shown = ([name, value]: readonly [string, string]): string => `${name} ${secrets.has(name) ? '••••••' : value}`;

const changed = (now: ReadonlyMap<string, string>, before: ReadonlyMap<string, string> | undefined) =>
  [...now].filter(([name, value]) => before?.get(name) !== value && !(value === '' && name.startsWith('session')));

/** At most so many lines of a request or a reply are shown. */
const maxLines = 6;

const elided = (lines: readonly string[]): readonly string[] =>
  lines.length <= maxLines
    ? lines
    : [...lines.slice(0, maxLines - 1), `… and ${String(lines.length - maxLines + 1)} more`];

/** Writes a request beside its reply, below a line with the operation and its result. */
export const sideBySide = (style: Style, { fields, reply }: Exchange, before?: Exchange): string => {
  const half = Math.floor((style.width - 3) / 2);
  const answer = readReply(reply.body);
  const isServed = answer.get('success') === '1';
  const asked = changed(fields, before?.fields)
    .filter(([name]) => name !== 'operation')
    .map(shown);
  const told = changed(answer, before === undefined ? undefined : readReply(before.reply.body));
  const lines = answer.has('success')
    ? told.filter(([name]) => !['success', 'error'].includes(name)).map(shown)
    : [reply.body.trim()];
  const words = isServed ? [] : wrapped(answer.get('error') ?? '', half).filter((line) => line !== '');
  const [left, right] = [elided(asked), [...words, ...elided(lines)]];
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    ` ${fit(left[at] ?? '', half - 1).padEnd(half - 1)} │ ${fit(right[at] ?? '', half)}`.trimEnd(),
  );
  const operation = painted(style, 'bold', fit(fields.get('operation') ?? 'no operation', half).padEnd(half));
  const outcome = isServed
    ? painted(style, 'green', 'served')
    : painted(style, 'red', `refused, HTTP ${String(reply.status)}`);
  return [`${operation} │ ${outcome}`, ...rows].join('\n');
};
