/** The bench's one table: rows of 100 columns at most, with a target for each figure that has one. */

export interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly target?: string;
  readonly isReached?: boolean;
}

export interface Section {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const line = (name: string, cells: readonly string[], ending: string): string =>
  `${name.padEnd(31)}${cells
    .map((cell) => cell.padStart(13))
    .join('')
    .padEnd(52)}  ${ending}`.trimEnd();

const rowLine = ({ name, cells, target, isReached }: Row): string =>
  line(`  ${name}`, cells, target === undefined ? '' : `${target} ${isReached === true ? 'ok' : 'MISSED'}`);

const sectionLines = ({ name, columns, rows }: Section): readonly string[] => [
  line(name, columns, rows.some(({ target }) => target !== undefined) ? 'target' : ''),
  ...rows.map(rowLine),
];

export const tableOf = (sections: readonly Section[]): string =>
  sections.map((section) => sectionLines(section).join('\n')).join('\n\n');

export const duration = (nanoseconds: number): string => {
  if (nanoseconds < 1e4) return `${nanoseconds.toFixed(0)} ns`;
  return nanoseconds < 1e6 ? `${(nanoseconds / 1e3).toFixed(1)} us` : `${(nanoseconds / 1e6).toFixed(2)} ms`;
};

export const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

/** Of three digits. */
export const ratio = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
