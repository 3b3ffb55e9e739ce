/** The history of records: what an upload adds to it. */
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import type { UploadAdmission } from 'camcops-tablet-session';
import { planTable, type Staged, type StoredRecord } from 'camcops-tablet-session/operations';

import { writeAudit } from './audit.js';
import type { Query } from './database.js';

/** Where the values of a record are: its place among all those of an upload, from 1. The database moves them by it. */
export type Place = number;

/** A relation of places and values, and the parameter that its SQL calls $4. */
export interface ValuesByPlace {
  readonly sql: string;
  readonly parameter: string;
}

interface CurrentRow {
  readonly id: number;
  readonly table: string;
  readonly key: number;
  readonly date: string | null;
}

/** The current records of a device that no upload has finalized: in some tables; of some keys, if they are given. */
export const currentRows = (query: Query, deviceId: number, tables: Iterable<string>, keys?: Iterable<number>) =>
  query<CurrentRow>(
    `select id, table_name as "table", key, when_last_modified as date from records
     where device_id = $1 and removed_in is null and finalized_in is null
       and table_name in (select json_array_elements_text($2::json))
       and ($3::json is null or key in (select json_array_elements_text($3::json)::bigint))`,
    [deviceId, JSON.stringify([...tables]), keys === undefined ? null : JSON.stringify([...keys])],
  );

export const storedRecord = ({ id, key, date }: CurrentRow): StoredRecord<number> => ({
  ref: id,
  key,
  whenLastModified: fromNullable(date),
});

/** What to write, over all tables, and the counts for the audit. */
const planAll = (staged: Staged<Place>, current: readonly CurrentRow[]) => {
  const stored = new Map<string, StoredRecord<number>[]>([...staged.changes.keys()].map((table) => [table, []]));
  for (const row of current) stored.get(row.table)?.push(storedRecord(row));
  const [add, end, finalize]: [object[], number[], number[]] = [[], [], []];
  const counts = new Map<string, Readonly<Record<string, number>>>();
  for (const [table, change] of staged.changes) {
    const before = stored.get(table) ?? [];
    const plan = planTable(before)(change, staged);
    const isFinal = (key: number): boolean => plan.finalize === 'all' || plan.finalize.has(key);
    const rows = [...plan.insert.map((record) => ({ ref: null, record })), ...plan.supersede].map(
      ({ ref, record }) => ({
        ...{ table_name: table, key: record.key, date: toNullable(record.whenLastModified) },
        ...{ place: record.values, supersedes: ref, final: isFinal(record.key) },
      }),
    );
    for (const row of rows) add.push(row);
    for (const { ref } of plan.supersede) end.push(ref);
    for (const ref of plan.remove) end.push(ref);
    // Those that precede what is finalized. When all is, no list is needed.
    if (!staged.finalizing) for (const { ref, key } of before) if (isFinal(key)) finalize.push(ref);
    counts.set(table, {
      ...{ added: rows.length, superseded: plan.supersede.length, removed: plan.remove.length },
      finalized: rows.filter(({ final }) => final).length,
    });
  }
  return { add, end, finalize, counts };
};

/** Stores an upload: the versions that it adds, those that it ends, and those that it finalizes. Counts all that in the audit. */
export const storeUpload = async (
  query: Query,
  { device, user, groupId, session }: UploadAdmission,
  staged: Staged<Place>,
  values: ValuesByPlace,
): Promise<void> => {
  const [upload] = await query<{ id: number }>(
    'insert into uploads (device_id, user_id, group_id, client_version) values ($1, $2, $3, $4) returning id',
    [device.id, user.id, groupId, session.clientVersion],
  );
  const current = await currentRows(query, device.id, staged.changes.keys());
  const { add, end, finalize, counts } = planAll(staged, current);

  // First, to make room: two versions of one record are never current.
  if (end.length > 0) {
    await query(
      `update records set removed_in = $2
       where device_id = $1 and id in (select json_array_elements_text($3::json)::bigint)`,
      [device.id, upload?.id, JSON.stringify(end)],
    );
  }
  if (add.length > 0) {
    await query(
      `insert into records
         (device_id, table_name, key, version, supersedes, when_last_modified, values, added_in, finalized_in)
       select $1, a.table_name, a.key, coalesce(old.version, 0) + 1, a.supersedes, a.date, v.value,
         $2::bigint, case when a.final then $2::bigint end
       from json_to_recordset($3::json)
         a(place bigint, table_name text, key bigint, date text, supersedes bigint, final boolean)
       join (${values.sql}) v on v.place = a.place left join records old on old.id = a.supersedes
       order by a.place`,
      [device.id, upload?.id, JSON.stringify(add), values.parameter],
    );
  }
  if (staged.finalizing || finalize.length > 0) {
    // A version, with all that it supersedes; or, when all is finalized, removed versions too.
    const finalized = await query<{ table: string; count: number }>(
      `with recursive chain(id) as (
         select json_array_elements_text($3::json)::bigint
         union select r.supersedes from chain join records r on r.id = chain.id where r.supersedes is not null
       ), done as (
         update records set finalized_in = $2
         where device_id = $1 and finalized_in is null and ($4 or id in (select id from chain)) returning table_name
       ) select table_name as "table", count(*)::integer as count from done group by table_name`,
      [device.id, upload?.id, JSON.stringify(finalize), staged.finalizing],
    );
    for (const { table, count } of finalized) {
      const { finalized: before = 0, ...others } = counts.get(table) ?? {};
      counts.set(table, { ...others, finalized: before + count });
    }
  }
  const changed = [...counts].filter(([, count]) => Object.values(count).some((number) => number > 0));
  await writeAudit(query, {
    ...{ event: 'upload', username: user.username, device: device.name },
    details: Object.fromEntries(changed),
  });
};
