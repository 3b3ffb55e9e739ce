/** When a task of a patient's schedule counts as complete, by a recorded day of the real client. */
import { expect, it, vi } from 'vitest';

import { schedulesOf } from '../../../examples/reference-server/schedules.js';
import { clientDayMismatches, clientDaysOf } from '../../support/client-days.js';
import { plainTables } from '../../support/one-step.js';
import type { StartServer } from '../../support/replay.js';
import { onEachDatabase } from '../../support/reference-server.js';
import { serversOver } from '../../support/server-conformance.js';

vi.setConfig({ testTimeout: 120_000 });

const file = new URL('../../vectors/client-days-all-tables/days.jsonl.gz', import.meta.url).pathname;
const day = clientDaysOf(file).find(({ id }) => id === 'patient-mode-cut');

onEachDatabase(({ open }) => {
  const db = open();

  it('a task is complete once finished at the first exit, or let go by the tablet, if begun in time', async () => {
    if (day === undefined) throw new Error('the day is not there');
    const { start, stop } = serversOver(db);
    /** After each upload: which of the tasks are complete. */
    const seen: string[] = [];
    const startWithSchedule: StartServer = async (world) => {
      const server = await start(world);
      await db.query(
        `with s as (insert into schedules (patient_id, name) values (1, 'Weekly') returning id)
         insert into scheduled_tasks (schedule_id, table_name, due_from, due_by)
         select s.id, t, f::timestamptz, '2030-01-01' from s, (values
           ('photo', '2026-01-01'), ('phq9', '2026-01-01'), ('phq9', '2029-01-01'), ('gad7', '2026-01-01')) v (t, f)`,
      );
      const post = async (body: string): Promise<string> => {
        const reply = await server.post(body);
        if (body.includes('operation=end_upload')) {
          const [{ items } = { items: [] }] = await schedulesOf(db.query, 1);
          seen.push(items.map(({ complete }) => Number(complete)).join(''));
        }
        return reply;
      };
      return { ...server, post };
    };
    expect(await clientDayMismatches(day, plainTables, startWithSchedule)).toEqual([]);
    await stop();
    // The PHQ-9 was left in its first upload, and finished before it was let go: its first exit stays one that did not finish it.
    expect([...new Set(seen)]).toEqual(['1000', '1100']);
  });
});
