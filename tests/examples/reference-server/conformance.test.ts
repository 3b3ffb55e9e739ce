/** The real client's days, recorded days of uploads, and cases from reports, against the reference server over HTTP. `npm run conformance -- --server` runs all. */
import { expect, it, vi } from 'vitest';

import { idNumbersBeside, tablesBeside } from '../../support/replay.js';
import { runClientDays } from '../../support/client-days.js';
import { dayMismatches, recordedDay } from '../../support/day-conformance.js';
import { recordingsOf } from '../../support/recorded-file.js';
import { runReportedCases } from '../../support/report-conformance.js';
import { onEachDatabase } from '../../support/reference-server.js';
import { serversOver } from '../../support/server-conformance.js';

vi.setConfig({ testTimeout: 180_000 });

const fileIn = (folder: string, name = 'days'): string =>
  new URL(`../../vectors/${folder}/${name}.jsonl.gz`, import.meta.url).pathname;

onEachDatabase(({ open }) => {
  const { start, stop } = serversOver(open());

  it("the real client's days are answered and stored as they were", async () => {
    expect(await runClientDays(fileIn('client-days'), start)).toEqual({ count: 20, kind: 'days', mismatches: [] });
    await stop();
  });

  it('so are recorded days, of which each tenth is tried here', async () => {
    const file = fileIn('days');
    const world = { tables: tablesBeside(file), idNumbers: idNumbersBeside(file) };
    const days = recordingsOf(file).filter((_, at) => at % 10 === 0);
    for (const day of days) expect(await dayMismatches(recordedDay(day), world, start)).toEqual([]);
    await stop();
  });

  it('so are cases from reports', async () => {
    expect(await runReportedCases(fileIn('reports', 'cases'), start)).toMatchObject({ count: 15, mismatches: [] });
    await stop();
  });
});
