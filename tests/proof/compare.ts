/** The package beside a model: generated inputs, until the two differ on one. */
import { smallest } from './smallest.js';

export type Met = (rule: string) => void;

export interface Comparison {
  /** Inputs by the thousand, from a seed. */
  readonly inputs: (seed: number) => () => unknown;
  /** How the two differ on an input; `undefined` if they agree. `met` is told each rule that the model follows. */
  readonly difference: (input: unknown, met: Met) => Promise<unknown>;
}

/** An input on which they differ, as small as it can be, and how they do. */
export interface Difference {
  readonly input: unknown;
  readonly difference: unknown;
}

const nothingMet: Met = () => undefined;

export const differenceOn = async ({ difference }: Comparison, input: unknown): Promise<Difference | undefined> => {
  const fails = async (other: unknown): Promise<boolean> => {
    try {
      return (await difference(other, nothingMet)) !== undefined;
    } catch {
      // An input that lost what both need is none.
      return false;
    }
  };
  if ((await difference(input, nothingMet)) === undefined) return undefined;
  const least = await smallest(input, fails);
  return { input: least, difference: await difference(least, nothingMet) };
};

/** The first of `count` inputs on which they differ. */
export const firstDifference = async (
  comparison: Comparison,
  seed: number,
  count: number,
  met: Met = nothingMet,
): Promise<Difference | undefined> => {
  const next = comparison.inputs(seed);
  for (let at = 0; at < count; at += 1) {
    const input = next();
    if ((await comparison.difference(input, met)) !== undefined) return differenceOn(comparison, input);
  }
  return undefined;
};
