/** The days of the real client with all its tables, replayed against the server in memory. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import { runClientDays } from '../../support/client-days.js';

it('each day is served as it was, and stored as an independent model says', async () => {
  const { count, mismatches } = await runClientDays(fileURLToPath(new URL('days.jsonl.gz', import.meta.url)));
  expect(mismatches).toEqual([]);
  expect(count).toBe(10);
}, 120_000);
