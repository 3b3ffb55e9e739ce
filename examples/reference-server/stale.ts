/** Deletes what unfinished uploads have left behind. */
import type { Database } from '../postgres/database.js';
import { isAlive } from '../postgres/ports.js';

/**
 * Deletes what ended sessions have staged, because no request can belong to their uploads any more. Skips devices that are at work. Run it
 * at the start and each hour.
 */
export const deleteStale = (db: Database): Promise<void> =>
  db.transaction(async (query) => {
    const isStale = `not exists (select from sessions where id = session_id and ${isAlive})`;
    const idle = `select id from devices where id in (select device_id from staged_steps where ${isStale}) for update skip locked`;
    const found = await query<{ id: number }>(idle);
    // Asks again, now that the devices are locked, because an upload may have begun meanwhile.
    await query(
      `with steps as (delete from staged_steps where device_id = any($1) and ${isStale} returning device_id),
         gone as (delete from staged_rows where device_id in (select device_id from steps))
       update devices set upload_state = upload_state || '{"underWay": null, "hasStaged": false}'
       where id in (select device_id from steps)`,
      [found.map(({ id }) => id)],
    );
  });
