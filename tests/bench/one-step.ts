/** What a one-step upload costs the whole reference server, over HTTP, beside the same rows written by hand with the same driver. */
import type { Database } from '../../examples/postgres/database.js';
import { tabletBody } from '../../examples/tablets-day/tablet.js';
import { versionsIn } from '../support/history.js';
import { serversOver } from '../support/server-conformance.js';
import { account, timed, uploadByHand, type Upload } from './by-hand.js';
import { medians } from './measure.js';
import { columns, oneStepFields, recordsOf } from './records.js';

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

/** Rows as the reference server stores them, in one statement. */
const insert = `insert into records (device_id, table_name, key, version, when_last_modified, values, added_in)
  select $1, 'phq9', key, 1, when_last_modified, values, $2
  from json_to_recordset($3::json) a(key bigint, when_last_modified text, values json)`;

/** Ends the current versions of some keys. */
const update = `update records set removed_in = $2 where device_id = $1 and table_name = 'phq9' and key = any($3)
  and removed_in is null and finalized_in is null returning id, key, version`;

const insertNext = `insert into records (device_id, table_name, key, version, supersedes, when_last_modified, values, added_in)
  select $1, 'phq9', key, version + 1, id, when_last_modified, values, $2
  from json_to_recordset($3::json) a(key bigint, when_last_modified text, values json)
  join json_to_recordset($4::json) b(id bigint, key bigint, version integer) using (key)`;

/** Rows of a device, as JSON, and their keys. */
interface Rows {
  readonly json: string;
  readonly keys: readonly number[];
}

/** The current rows of a device. */
const currentRows = async (db: Database, device: string): Promise<Rows> => {
  const [rows] = await db.query<Rows>(
    `select json_agg(r)::text as json, json_agg(key) as keys from (
       select r.key, r.when_last_modified, r.values from records r join devices d on d.id = r.device_id
       where d.name = $1 and r.removed_in is null) r`,
    [device],
  );
  if (rows === undefined) throw new Error(`${device} has no rows`);
  return rows;
};

const insertByHand = (db: Database, about: Upload, { json }: Rows): Promise<number> =>
  timed(() => db.query(insert, [...about, json]));

const supersedeByHand = (db: Database, about: Upload, { json, keys }: Rows): Promise<number> =>
  timed(() =>
    db.transaction(async (query) => {
      const ended = await query(update, [...about, keys]);
      await query(insertNext, [...about, json, JSON.stringify(ended)]);
    }),
  );

/**
 * Milliseconds, medians: of an upload of new records beside the insert of the same rows, and of an upload that supersedes as many beside their
 * insert and the update of those before them.
 */
export type OneStepTimes = Readonly<Record<'added' | 'bare insert' | 'superseding' | 'insert and update', number>>;

/** Fails unless the device has a history of so many records, each of which has superseded one. */
const checkHistory = async (db: Database, device: string, count: number): Promise<void> => {
  const versions = await versionsIn(db, device);
  const superseded = versions.filter(({ state }) => state === 'superseded');
  const current = versions.filter(({ state, supersedes }) => state === 'current' && supersedes !== null);
  if (superseded.length !== count || current.length !== count) throw new Error(`${device} has another history`);
};

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
      const [sending, inserting] = [`sending-${number}`, `inserting-${number}`];
      const [first, second] = [bodyOf(sending, count, 1), bodyOf(sending, count, 2)];
      const added = await timed(() => upload(first));
      const inserted = await insertByHand(db, await uploadByHand(db, inserting), await currentRows(db, sending));
      const superseding = await timed(() => upload(second));
      const updated = await supersedeByHand(db, await uploadByHand(db, inserting), await currentRows(db, sending));
      for (const device of [sending, inserting]) await checkHistory(db, device, count);
      turns.push({ added, 'bare insert': inserted, superseding, 'insert and update': updated });
    }
    return medians(['added', 'bare insert', 'superseding', 'insert and update'], turns);
  } finally {
    await stop();
  }
};
