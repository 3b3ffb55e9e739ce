/** The history of records: what an upload adds to it. */
import { groupBy } from 'fp-ts/lib/NonEmptyArray.js';
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import type { UploadAdmission } from 'camcops-tablet-session';
import { planTable, type Staged } from 'camcops-tablet-session/operations';

import { writeAudit } from './audit.js';
import type { Query } from './database.js';

/** Where the values of a record are: its place among all those that are staged, from 1. The database moves them by it. */
export type Place = number;

/** The current records of a device that no upload has finalized: in some tables; of some keys, if they are given. */
export const currentRecords = async (query: Query, deviceId: number, tables: string[], keys?: number[]) => {
  const rows = await query<{ ref: number; table: string; key: number; date: string | null }>(
    `select id as ref, table_name as "table", key, when_last_modified as date from records
     where device_id = $1 and removed_in is null and finalized_in is null
       and table_name = any($2) and ($3::bigint[] is null or key = any($3))`,
    [deviceId, tables, keys],
  );
  return rows.map(({ date, ...row }) => ({ ...row, whenLastModified: fromNullable(date) }));
};

/** Stores what a device has staged: the versions that it adds, ends and finalizes. Counts them in the audit. */
export const storeStaged = async (
  query: Query,
  { device, user, groupId, session }: UploadAdmission,
  staged: Staged<Place>,
): Promise<void> => {
  const current = await currentRecords(query, device.id, [...staged.changes.keys()]);
  const stored = groupBy(({ table }: (typeof current)[number]) => table)(current);
  const plans = [...staged.changes].map(([table, change]) => {
    return { table, ...planTable(stored[table] ?? [])(change, staged) };
  });
  const ended = plans.flatMap(({ supersede, remove }) => [...supersede.map(({ ref }) => ref), ...remove]);
  const added = plans.flatMap(({ table, insert, supersede }) =>
    [...insert.map((record) => ({ ref: null, record })), ...supersede].map(({ ref, record }) => ({
      ...{ table, key: record.key, date: toNullable(record.whenLastModified), supersedes: ref, place: record.values },
    })),
  );
  const finalized = plans.flatMap(({ table, finalize }) =>
    finalize === 'all' ? [] : [...finalize].map((key) => ({ table, key })),
  );

  const [upload] = await query<{ id: number }>(
    'insert into uploads (device_id, user_id, group_id, client_version) values ($1, $2, $3, $4) returning id',
    [device.id, user.id, groupId, session.clientVersion],
  );
  const about = [device.id, upload?.id];
  // First, to make room: two versions of one record are never current.
  await query('update records set removed_in = $2 where device_id = $1 and id = any($3)', [...about, ended]);
  await query(
    `insert into records (device_id, table_name, key, version, supersedes, when_last_modified, values, added_in)
     select $1, a.table, a.key, coalesce(old.version, 0) + 1, a.supersedes, a.date, v.values, $2
     from json_to_recordset($3) a("table" text, key bigint, date text, supersedes bigint, place bigint)
     join (select row_number() over (order by v.step_id, v.place) as place, v.values
           from staged_steps s join staged_values v on v.step_id = s.id where s.device_id = $1) v on v.place = a.place
     left join records old on old.id = a.supersedes
     order by a.place`,
    [...about, JSON.stringify(added)],
  );
  // What is current, with all that it supersedes; or, when all is finalized, removed versions too.
  const counts = await query<{ table: string; count: number }>(
    `with recursive chain(id) as (
       (select r.id from json_to_recordset($3) f("table" text, key bigint)
          join records r on r.device_id = $1 and r.table_name = f.table and r.key = f.key
            and r.removed_in is null and r.finalized_in is null
        union select id from records where $4 and device_id = $1 and finalized_in is null)
       union select r.supersedes from chain join records r on r.id = chain.id where r.supersedes is not null
     ), done as (
       update records set finalized_in = $2 where finalized_in is null and id in (select id from chain) returning table_name
     ) select table_name as "table", count(*)::integer as count from done group by table_name`,
    [...about, JSON.stringify(finalized), staged.finalizing],
  );

  const details = new Map<string, Readonly<Record<string, number>>>(
    plans.map(({ table, insert, supersede, remove }) => {
      const superseded = supersede.length;
      return [table, { added: insert.length + superseded, superseded, removed: remove.length, finalized: 0 }];
    }),
  );
  for (const { table, count } of counts) details.set(table, { ...details.get(table), finalized: count });
  const changed = [...details].filter(([, numbers]) => Object.values(numbers).some((number) => number > 0));
  await writeAudit(query, {
    ...{ event: 'upload', username: user.username, device: device.name },
    details: Object.fromEntries(changed),
  });
};
