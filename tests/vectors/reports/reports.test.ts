/** Cases from public reports, replayed against the server in memory. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import { runReportedCases } from '../../support/report-conformance.js';

it('each case ends as it must', async () => {
  const { count, mismatches } = await runReportedCases(fileURLToPath(new URL('cases.jsonl.gz', import.meta.url)));
  expect(mismatches).toEqual([]);
  expect(count).toBe(15);
});
