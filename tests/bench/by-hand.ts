/** What is written to the reference server's database by hand, to measure the server beside it. */
import type { Database } from '../../examples/postgres/database.js';

/** The user of a server that is measured. */
export const account = { username: 'nurse', password: 'Pass-Word 1' };

/** Milliseconds. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** The numbers of a device and of its upload. */
export type Upload = readonly [device: number, upload: number];

/** Makes an upload without records. */
export const uploadByHand = async (db: Database, device: string): Promise<Upload> => {
  const [ids] = await db.query<{ device: number; upload: number }>(
    `insert into uploads (device_id, user_id, username, group_id, group_name, client_version)
     select id, 1, 'nurse', 1, 'ward', '2.4.24' from devices where name = $1 returning device_id as device, id as upload`,
    [device],
  );
  if (ids === undefined) throw new Error(`there is no ${device}`);
  return [ids.device, ids.upload];
};
