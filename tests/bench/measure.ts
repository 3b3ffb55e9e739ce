/** Measuring, by mitata: rivals take turns within one process, so that what disturbs one disturbs all, and medians are told. */
import { measure } from 'mitata';

/** By row, then by column. What a section prints, as JSON. */
export type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What is measured, called with 0, 1, 2... in turn. It may be async. */
export type Call = (index: number) => unknown;

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** Of figures that were measured several times: the median of each. */
export const medians = <Name extends string>(
  names: readonly Name[],
  turns: readonly Readonly<Record<Name, number>>[],
): Readonly<Record<Name, number>> => {
  const entries = names.map((name) => [name, median(turns.map((turn) => turn[name]))] as const);
  // Object.fromEntries forgets the names.
  return Object.fromEntries(entries) as Record<Name, number>;
};

const turn = { min_cpu_time: 20e6, min_samples: 4, batch_samples: 1024 };

/** Nanoseconds a call: of each the median over the rounds, in each of which all of them take their turn. */
export const takeTurns = async (calls: readonly Call[], rounds: number): Promise<readonly number[]> => {
  const runners = calls.map((call) => {
    let index = 0;
    return { run: () => call((index += 1)), times: new Array<number>() };
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const { run, times } of runners) times.push((await measure(run, turn)).p50);
  }
  return runners.map(({ times }) => median(times));
};

/** Bytes in use, strings outside the heap included. */
export const bytesInUse = (): number => {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
