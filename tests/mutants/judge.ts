/** Compares the mutants that no test noticed with the list of those that no test can notice. */
import type { Unseen } from './unseen.js';

/** What is used of Stryker's JSON report. */
export interface Report {
  /** By path from the root of the project. */
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number } };
}

/** `Ignored` is not among these: a comment for Stryker in `src` must not hide what the list does not name. */
const noticed: readonly string[] = ['Killed', 'Timeout', 'CompileError', 'RuntimeError'];

const oneLine = (code: string): string => code.replace(/\s+/g, ' ').trim().slice(0, 120);

/** Returns what is wrong after a run that changed these files, each by its path from `src`: one line a mutant, or an entry. */
export const complaints = (report: Report, files: readonly string[], list: readonly Unseen[]): readonly string[] => {
  const fitting = new Set<string>();
  const keyOf = (entry: number, mutator: string): string => `${String(entry)} ${mutator}`;

  const unlisted = files.flatMap((file) => {
    const { source, mutants } = report.files[`src/${file}`] ?? { source: '', mutants: [] };
    const lines = source.split('\n');
    return mutants.flatMap(({ mutatorName, replacement = '', status, location }) => {
      if (noticed.includes(status)) return [];
      const line = lines[location.start.line - 1] ?? '';
      const entries = list.flatMap((entry, index) =>
        entry.file === file && entry.mutators.includes(mutatorName) && line.includes(entry.text) ? [index] : [],
      );
      for (const entry of entries) fitting.add(keyOf(entry, mutatorName));
      const place = `src/${file}:${String(location.start.line)}`;
      return entries.length > 0
        ? []
        : [`${place}: ${mutatorName} (${status}): ${oneLine(line)} -> ${oneLine(replacement)}`];
    });
  });

  const stale = list.flatMap(({ file, text, mutators }, index) =>
    mutators
      .filter((mutator) => files.includes(file) && !fitting.has(keyOf(index, mutator)))
      .map((mutator) => `unseen.ts: src/${file}: ${mutator}: fits nothing: ${text}`),
  );
  return [...unlisted, ...stale];
};
