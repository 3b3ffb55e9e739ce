/** What a one-step upload costs the whole reference server, over HTTP, beside bare inserts of the same rows by the same driver. */
import type { Database } from '../../examples/postgres/database.js';
import { tabletBody } from '../../examples/tablets-day/tablet.js';
import { serversOver } from '../support/server-conformance.js';
import { median } from './measure.js';
import { columns, oneStepFields, recordsOf } from './records.js';

const account = { username: 'nurse', password: 'Pass-Word 1' };
const table = { minClientVersion: '2.0.0', columns };

/** The upload of a device. */
const bodyOf = (device: string, count: number, seed: number): string => {
  const front = { camcops_version: '2.4.24', device, operation: 'upload_entire_database' };
  const fields = {
    ...front,
    user: account.username,
    password: account.password,
    ...oneStepFields(recordsOf(count, seed)),
  };
  return tabletBody(new Map(Object.entries(fields)));
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** As the reference server stores them, but in one statement that is all there is. */
const bareInsert = `insert into records (device_id, table_name, key, version, when_last_modified, values, added_in)
  select $1, 'phq9', key, 1, when_last_modified, values, $2
  from json_to_recordset($3::json) a(key bigint, when_last_modified text, values json)`;

/** Milliseconds, medians: of new records, of records that supersede as many, and of the bare inserts. */
type OneStepTimes = Readonly<Record<'added' | 'superseding' | 'bare', number>>;

/** The database is emptied first. In each round, each takes its turn. */
export const oneStepTimes = async (db: Database, count: number, rounds: number): Promise<OneStepTimes> => {
  const numbers = Array.from({ length: rounds }, (_, round) => String(round));
  const devices = numbers.flatMap((number) => [`sending-${number}`, `inserting-${number}`]);
  const world = { tables: { phq9: table }, users: [account], devices, idNumbers: {}, accessKeys: [] };
  const { start, stop } = serversOver(db);
  try {
    const { post } = await start(world);
    const upload = async (body: string): Promise<void> => {
      const reply = await post(body);
      if (!reply.includes('success:1\n')) throw new Error(reply);
    };
    const turns: OneStepTimes[] = [];
    for (const number of numbers) {
      const [first, second] = [1, 2].map((seed) => bodyOf(`sending-${number}`, count, seed));
      const added = await timed(() => upload(first ?? ''));
      const superseding = await timed(() => upload(second ?? ''));
      // Of the rows that the upload has just stored.
      const [rows] = await db.query<{ json: string; count: number }>(
        `select json_agg(r)::text as json, count(*)::integer as count from (
           select r.key, r.when_last_modified, r.values from records r join devices d on d.id = r.device_id
           where d.name = $1 and r.supersedes is not null) r`,
        [`sending-${number}`],
      );
      if (rows?.count !== count) throw new Error('not all records have superseded others');
      const [ids] = await db.query<{ device: number; upload: number }>(
        `insert into uploads (device_id, user_id, username, group_id, group_name, client_version)
         select id, 1, 'nurse', 1, 'ward', '2.4.24' from devices where name = $1 returning device_id as device, id as upload`,
        [`inserting-${number}`],
      );
      turns.push({
        ...{ added, superseding },
        bare: await timed(() => db.query(bareInsert, [ids?.device, ids?.upload, rows.json])),
      });
    }
    const medianOf = (key: keyof OneStepTimes): number => median(turns.map((turn) => turn[key]));
    return { added: medianOf('added'), superseding: medianOf('superseding'), bare: medianOf('bare') };
  } finally {
    await stop();
  }
};
