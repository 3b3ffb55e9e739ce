/** What photographs cost the reference server, a step each over HTTP, beside bare inserts of the same bytes by the same driver. */
import { randomBytes } from 'node:crypto';

import type { Database } from '../../examples/postgres/database.js';
import { tablet } from '../../examples/tablets-day/tablet.js';
import { serversOver } from '../support/server-conformance.js';
import { account, timed, uploadByHand } from './by-hand.js';

const columns = ['id', 'when_last_modified', '_move_off_tablet', 'tablename', 'tablepk', 'fieldname', 'theblob'];

/** The fields by which a tablet uploads a photograph in a step of its own. */
export const photographFields = (key: number, photograph: Buffer) => {
  const record = `${String(key)},'2026-03-01T08:00:00.000+00:00',0,'photo',${String(key)},'photo_blobid'`;
  const values = `${record},64'${photograph.toString('base64')}'`;
  return { table: 'blobs', pkname: 'id', fields: columns.join(), values };
};

const bareInsert = `insert into records (device_id, table_name, key, version, when_last_modified, values, added_in)
  values ($1, 'blobs', $3, 1, '2026-03-01T08:00:00.000+00:00', $4, $2)`;

/** Milliseconds: of the steps, of the end of the upload, and of the bare inserts. */
export type PhotographTimes = Readonly<Record<'steps' | 'end' | 'bare inserts', number>>;

/** What one upload of new photographs takes, without the tablet's own work, and then the insert of each by itself. */
const timesOf = async (
  db: Database,
  post: (body: string) => Promise<string>,
  count: number,
  bytes: number,
): Promise<PhotographTimes> => {
  let taken = 0;
  const timedPost = async (body: string) => {
    let reply = '';
    taken += await timed(async () => (reply = await post(body)));
    return { status: 200, body: reply };
  };
  const { ask } = tablet(timedPost, {
    ...{ camcops_version: '2.4.24', device: 'sending' },
    ...{ user: account.username, password: account.password },
  });
  const served = async (operation: string, fields: Readonly<Record<string, string>> = {}): Promise<void> => {
    const { reply } = await ask(operation, fields);
    if (!reply.body.includes('success:1\n')) throw new Error(`${operation}: ${reply.body}`);
  };
  await served('start_upload');
  for (let key = 1; key <= count; key += 1) await served('upload_record', photographFields(key, randomBytes(bytes)));
  const steps = taken;
  await served('end_upload');
  const end = taken - steps;

  const about = await uploadByHand(db, 'inserting');
  let inserts = 0;
  for (let key = 1; key <= count; key += 1) {
    const [stored] = await db.query<{ json: string }>(
      `select r.values::text as json from records r join devices d on d.id = r.device_id where d.name = 'sending' and r.key = $1`,
      [key],
    );
    if (stored === undefined) throw new Error(`photograph ${String(key)} is not stored`);
    inserts += await timed(() => db.query(bareInsert, [...about, key, stored.json]));
  }
  return { steps, end, 'bare inserts': inserts };
};

/** The database is emptied first. It grows to three times the photographs, and more by its log: so each round needs a database of its own. */
export const photographTimes = async (db: Database, count: number, bytes: number): Promise<PhotographTimes> => {
  const tables = { blobs: { minClientVersion: '2.0.0', columns } };
  const { start, stop } = serversOver(db);
  try {
    const devices = ['sending', 'inserting'];
    const { post } = await start({ tables, users: [account], devices, idNumbers: {}, accessKeys: [] });
    return await timesOf(db, post, count, bytes);
  } finally {
    await stop();
  }
};
