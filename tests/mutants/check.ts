/** After `npm run mutants`: a summary; and each mutant that no test saw must be in the list of those that none can see. */
import * as t from 'io-ts';
import { readFileSync } from 'node:fs';

import { decoded } from '../support/decoded.js';
import { unseen } from './unseen.js';

const Position = t.type({ line: t.number, column: t.number });
const Mutant = t.intersection([
  t.type({ status: t.string, location: t.type({ start: Position, end: Position }) }),
  t.partial({ replacement: t.string }),
]);
const Report = t.type({ files: t.record(t.string, t.type({ source: t.string, mutants: t.array(Mutant) })) });

/** The file, what stood there, and what stood there instead; white space in them counts as one space. */
const nameOf = (
  file: string,
  source: string,
  { location: { start, end }, replacement = '' }: t.TypeOf<typeof Mutant>,
) => {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const original = lines
    .map((line, at) => line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined))
    .join(' ');
  return `${file}: ${original} => ${replacement}`.replaceAll(/\s+/g, ' ');
};

const { files } = decoded(Report, JSON.parse(readFileSync(new URL('../.tmp/mutants.json', import.meta.url), 'utf8')));
const mutants = Object.entries(files).flatMap(([file, { source, mutants: ofFile }]) =>
  ofFile.map((mutant) => ({ status: mutant.status, name: nameOf(file.replace('src/', ''), source, mutant) })),
);
const wasSeen = ['Killed', 'Timeout', 'RuntimeError'];
/** The second of a name is called so: what excuses one mutant excuses no other that looks like it. */
const numbered = (name: string, at: number, names: readonly string[]): string => {
  const earlier = names.slice(0, at).filter((other) => other === name).length;
  return earlier === 0 ? name : `${name} (${String(earlier + 1)})`;
};
const survivors = mutants
  .filter(({ status }) => !wasSeen.includes(status))
  .map(({ name }) => name)
  .map(numbered);
const unlisted = survivors.filter((name) => !Object.hasOwn(unseen, name));
const stale = Object.keys(unseen).filter((name) => !survivors.includes(name));

console.log(
  `${String(mutants.length)} mutants: ${String(mutants.length - survivors.length)} seen, ${String(survivors.length - unlisted.length)} that no test can see (tests/mutants/unseen.ts)`,
);
for (const name of unlisted) console.error(`Survived: ${name}`);
for (const name of stale) console.error(`Listed, but seen or not there: ${name}`);
process.exitCode = unlisted.length + stale.length === 0 ? 0 : 1;
