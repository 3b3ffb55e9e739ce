/** Every request of the real client's days is read, and says what the independent model reads in it. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { requestDifference } from '../../proof/operations/comparison.js';
import { clientDaysOf, tablesOf } from '../../support/client-days.js';
import { tablesBeside } from '../../support/replay.js';

const file = fileURLToPath(new URL('days.jsonl.gz', import.meta.url));
const days = clientDaysOf(file);

describe("the client's days", () => {
  it('are 20, with every operation', () => {
    const steps = days.flatMap((day) => day.steps);
    expect([days.length, steps.length]).toEqual([20, 534]);
    expect(new Set(steps.map((step) => step.operation)).size).toBe(18);
  });

  it.each(days)('$id is read whole', (day) => {
    const tables = new Map(Object.entries(tablesOf(day, tablesBeside(file))));
    for (const { operation, body } of day.steps) {
      const request = { clientVersion: '2.4.24', operation, fields: [...new URLSearchParams(body)] };
      const met: string[] = [];
      expect(requestDifference(tables, request, (rule) => met.push(rule))).toBeUndefined();
      expect(met[0]).toBe(`read: ${operation}`);
    }
  });
});
