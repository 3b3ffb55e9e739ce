/** The history of records: versions are added, end, and are finalized, each by an upload. Nothing else of them ever changes. */
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import type { UploadAdmission } from 'camcops-tablet-session';
import { foldSteps, planUpload, type UploadPlan, type UploadStep } from 'camcops-tablet-session/operations';

import type { Query } from './database.js';

/** Seconds for a statement that moves a whole upload: gigabytes of photographs, on a small machine. */
export const patience = 1_800;

/** A stored version. */
type Version = Readonly<Record<'id' | 'key' | 'version', number>>;

export type OnStored = (query: Query, admission: UploadAdmission, plan: UploadPlan<Version, number>) => Promise<void>;

/** Finds the device's records in some tables that are current and not finalized; those of some keys only, if any are given. */
export const currentRecords = async (
  query: Query,
  deviceId: number,
  tables: readonly string[],
  keys: ReadonlySet<number> | null = null,
) => {
  const rows = await query<Version & { readonly table: string; readonly date: string | null }>(
    `select id, key, version, table_name as "table", when_last_modified as date from records
     where device_id = $1 and removed_in is null and finalized_in is null
       and table_name = any($2) and ($3::bigint[] is null or key = any($3))`,
    [deviceId, tables, keys && [...keys]],
  );
  return rows.map(({ table, date, ...ref }) => ({ ref, table, key: ref.key, whenLastModified: fromNullable(date) }));
};

/** Makes steps count, in which rows are numbers: places in a JSON list or, if there is none, in `staged_rows`. */
export const storeSteps = async (
  query: Query,
  admission: UploadAdmission,
  steps: readonly UploadStep<number>[],
  rows: string | null,
  onStored?: OnStored,
): Promise<void> => {
  const { device, user, groupId, session } = admission;
  const staged = foldSteps(steps);
  const plan = planUpload(await currentRecords(query, device.id, [...staged.changes.keys()]))(staged);
  const [upload] = await query<{ id: number }>(
    `insert into uploads (device_id, user_id, username, group_id, client_version, group_name)
     values ($1, $2, $3, $4, $5, (select name from groups where id = $4)) returning id`,
    [device.id, user.id, user.username, groupId, session.clientVersion],
  );
  const about = [device.id, upload?.id];
  const superseded = plan.tables.flatMap(({ supersede }) => supersede.map(({ ref }) => ref));
  const removed = plan.tables.flatMap(({ remove }) => remove);
  // First, to make room: two versions of one record are never current.
  const end = 'update records set removed_in = $2 where device_id = $1 and id = any($3)';
  await query(end, [...about, [...superseded, ...removed].map(({ id }) => id)], patience);
  const added = plan.tables.flatMap(({ table, insert, supersede, finalize }) =>
    [...insert.map((record) => ({ ref: undefined, record })), ...supersede].map(({ ref, record }) => ({
      ...{ table, key: record.key, version: (ref?.version ?? 0) + 1, supersedes: ref?.id, row: record.row },
      ...{ date: toNullable(record.whenLastModified), finalized: plan.finalizeAll || finalize.has(record.key) },
    })),
  );
  await query(
    `with sent as (
       select number, row from staged_rows where device_id = $1 and $4::json is null
       union all select place, row from json_array_elements($4) with ordinality e(row, place)
     ) insert into records (device_id, table_name, key, version, supersedes, when_last_modified, values, added_in, finalized_in)
       select $1, a."table", a.key, a.version, a.supersedes, a.date, sent.row, $2::bigint, case when a.finalized then $2::bigint end
       from rows from (json_to_recordset($3) as ("table" text, key bigint, version integer, supersedes bigint,
         date text, finalized boolean, row bigint)) with ordinality a left join sent on sent.number = a.row
       order by a.ordinality`,
    [...about, JSON.stringify(added), rows],
    patience,
  );
  const finalized = plan.tables.flatMap(({ supersede, unchanged, finalize }) =>
    [...supersede.map(({ ref }) => ref), ...unchanged].filter(({ key }) => finalize.has(key)),
  );
  // These, with all that they have superseded; or, when all is finalized, what was removed too.
  await query(
    `with recursive chain(id) as (
       (select unnest($3::bigint[]) union select id from records where $4 and device_id = $1 and finalized_in is null)
       union select r.supersedes from chain join records r on r.id = chain.id where r.supersedes is not null
     ) update records set finalized_in = $2 where id in (select id from chain) and finalized_in is null`,
    [...about, finalized.map(({ id }) => id), plan.finalizeAll],
    patience,
  );
  await onStored?.(query, admission, plan);
};
