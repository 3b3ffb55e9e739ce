/** Recorded files, gzipped or plain: a recording in JSON on each line. */
import { readFileSync, type PathLike } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const textOfFile = (file: PathLike): string => {
  const bytes = readFileSync(file);
  // The two bytes that every gzip file begins with.
  const isGzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzipped ? gunzipSync(bytes) : bytes).toString('utf8');
};

export const linesOf = (file: PathLike): readonly string[] =>
  textOfFile(file)
    .split('\n')
    .filter((line) => line.trim() !== '');

export const recordingsOf = (file: PathLike): readonly unknown[] =>
  linesOf(file).map((line) => JSON.parse(line) as unknown);

/** What came of a file: how many recordings, and what differs from them. */
export interface Result {
  readonly count: number;
  readonly kind: string;
  readonly mismatches: readonly string[];
}

/** All that differs from one recording, as one mismatch. */
export const asOne = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [lines.join('\n')]);

/** Runs all recordings of a file, one after the other. */
export const runFile = async (
  file: PathLike,
  kind: string,
  mismatchesOf: (recording: unknown, line: string) => readonly string[] | Promise<readonly string[]>,
): Promise<Result> => {
  const lines = linesOf(file);
  const mismatches: string[] = [];
  for (const line of lines) mismatches.push(...(await mismatchesOf(JSON.parse(line), line)));
  return { count: lines.length, kind, mismatches };
};
