/**
 * Runs the corpus, then tries the properties, and the models beside the package, on a million values in all: `npm run fuzz`, or
 * `npm run fuzz -- 50000`. It counts the rules that they meet. What it finds, it prints with the FUZZ_SEED that shows it again at
 * once and the line to add to the corpus, and exits with 1.
 */
import { firstDifference } from './compare.js';
import { corpus, failureOfLine, failureOfModel, failureOfProperty, type Failure } from './corpus.js';
import { properties } from './properties.js';
import { counted, counting, floorsOf } from './rules.js';
import { seed } from './seed.js';

const total = Number(process.argv[2] ?? 1_000_000);

/** Tries `count` values from a seed. */
type Trial = (seed: number, count: number) => Promise<Failure | undefined>;

/** By kind of input: the rules that were met. */
const metBy = new Map(Object.keys(counted).map((kind) => [kind, counting()]));

/** A model sees more than a property: it gets more values. A day is some twenty requests. */
const trials: readonly (readonly [name: string, share: number, trial: Trial])[] = [
  ...properties.map((named): readonly [string, number, Trial] => [
    named.name,
    1,
    (from, count) => failureOfProperty(named, { seed: from, numRuns: count }),
  ]),
  ...Object.entries(counted).map(([kind, { comparison }]): readonly [string, number, Trial] => [
    `the package does as the model says: ${kind}`,
    5,
    async (from, count) => {
      const inputs = Math.ceil(kind === 'days' ? count / 20 : count);
      return failureOfModel(kind, await firstDifference(comparison, from, inputs, metBy.get(kind)?.met));
    },
  ]),
];
const shares = trials.reduce((sum, [, share]) => sum + share, 0);

const progress = (done: number, name: string): void => {
  const line = `${String(Math.floor((100 * done) / total))}%  ${String(done)} of ${String(total)}  ${name}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else console.log(line);
};

const showFailure = (what: string, { words, line }: Failure): false => {
  console.error(`\n${what}\n${words}\nTo keep it, add to tests/proof/${line}`);
  return false;
};

/** The number of the round is added to the seed, so any round can be the first of another run. */
const fuzz = async (): Promise<boolean> => {
  for (const line of corpus) {
    const failure = await failureOfLine(line);
    if (failure !== undefined) return showFailure(`of the corpus: ${line.broken}`, failure);
  }
  let done = 0;
  let shownAt = 0;
  for (let round = 0; done < total; round += 1) {
    for (const [name, share, trial] of trials) {
      const count = Math.min(share * Math.min(1000, Math.ceil(total / shares)), total - done);
      if (count <= 0) break;
      if (Date.now() - shownAt > (process.stdout.isTTY ? 200 : 5000)) {
        progress(done, name);
        shownAt = Date.now();
      }
      const from = (seed + round) | 0;
      const failure = await trial(from, count);
      if (failure !== undefined) return showFailure(`FUZZ_SEED=${String(from)}: not so: ${name}`, failure);
      done += count;
    }
  }
  progress(done, 'all hold\n');
  for (const [kind, { counts }] of metBy) {
    const rules = new Set([...floorsOf(counted[kind as keyof typeof counted]).keys(), ...counts.keys()]);
    const rows = Array.from(rules, (rule) => `${String(counts.get(rule) ?? 0).padStart(9)}  ${rule}`);
    console.log(`${kind} met\n${rows.sort().join('\n')}`);
  }
  return true;
};

if (Number.isSafeInteger(total) && total > 0) {
  console.log(
    `${String(corpus.length)} inputs of the corpus; ${String(total)} values for ${String(trials.length)} properties`,
  );
  if (!(await fuzz())) process.exitCode = 1;
} else {
  console.error('How many values? A whole number above 0.');
  process.exitCode = 1;
}
