/** Each property holds, for a thousand values. `npm run fuzz` tries more. */
import fc from 'fast-check';
import { describe, it } from 'vitest';

import { properties } from './properties.js';
import { seed } from './seed.js';

describe(`for any values (FUZZ_SEED=${String(seed)})`, () => {
  it.each(properties)('$name', async ({ property }) => {
    await fc.assert(property, { numRuns: 1000, seed });
  });
});
