/** The operations and their models agree on generated requests, patients and days, and these have met every rule of the models. */
import { expect, it } from 'vitest';

import { counted, shortOf } from '../rules.js';
import { seed } from '../seed.js';

it.each([
  ['20,000 requests', counted.requests],
  ['20,000 patients', counted.patients],
  ['2,000 days', counted.days],
])(
  `%s meet each rule often enough (FUZZ_SEED=${String(seed)})`,
  async (_, kind) => {
    expect(await shortOf(kind, seed)).toEqual([]);
  },
  120_000,
);
