/**
 * Tries the properties, and the model beside the package, on a million values in all: `npm run fuzz`, or
 * `npm run fuzz -- 50000`. What it finds, it prints with the FUZZ_SEED that shows it again at once, and exits with 1.
 */
import fc from 'fast-check';
import { inspect } from 'node:util';

import { firstDifference } from './model-comparison.js';
import { firstDifference as firstOfOperations, type Comparison } from './operations/comparison.js';
import { properties } from './properties.js';
import { seed } from './seed.js';

const total = Number(process.argv[2] ?? 1_000_000);

/** A day is some twenty requests. */
const ofOperations: readonly (readonly [what: Comparison, share: number])[] = [
  ['requests', 1],
  ['patients', 1],
  ['days', 1 / 20],
];

const inWords = (difference: unknown): string | undefined =>
  difference === undefined ? undefined : inspect(difference, { depth: Infinity, maxArrayLength: Infinity });

/** Tries `count` values from a seed, and gives what was found, in words. */
type Trial = (seed: number, count: number) => Promise<string | undefined>;

const trials: readonly (readonly [name: string, trial: Trial])[] = [
  ...properties.map(({ name, property }): readonly [string, Trial] => [
    name,
    async (from, count) => {
      const details = await fc.check(property, { seed: from, numRuns: count });
      return details.failed ? fc.asyncDefaultReportMessage(details) : undefined;
    },
  ]),
  [
    'the package does as the model says',
    async (from, count) => inWords(await firstDifference(from, count, () => undefined)),
  ],
  ...ofOperations.map(([what, share]): readonly [string, Trial] => [
    `the operations do as the model says: ${what}`,
    async (from, count) => inWords(await firstOfOperations(what, from, Math.ceil(count * share), () => undefined)),
  ]),
];

const progress = (done: number, name: string): void => {
  const line = `${String(Math.floor((100 * done) / total))}%  ${String(done)} of ${String(total)}  ${name}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else console.log(line);
};

/** The number of the round is added to the seed, so any round can be the first of another run. */
const fuzz = async (): Promise<boolean> => {
  let done = 0;
  let shownAt = 0;
  for (let round = 0; done < total; round += 1) {
    for (const [name, trial] of trials) {
      const count = Math.min(1000, Math.ceil(total / trials.length), total - done);
      if (count <= 0) break;
      if (Date.now() - shownAt > (process.stdout.isTTY ? 200 : 5000)) {
        progress(done, name);
        shownAt = Date.now();
      }
      const found = await trial((seed + round) | 0, count);
      if (found !== undefined) {
        console.error(`\nFUZZ_SEED=${String((seed + round) | 0)}: not so: ${name}\n${found}`);
        return false;
      }
      done += count;
    }
  }
  progress(done, 'all hold\n');
  return true;
};

if (Number.isSafeInteger(total) && total > 0) {
  console.log(`${String(total)} values for ${String(trials.length)} properties`);
  if (!(await fuzz())) process.exitCode = 1;
} else {
  console.error('How many values? A whole number above 0.');
  process.exitCode = 1;
}
