/** The history of records. An upload adds versions, ends them and finalizes them; nothing else of a version ever changes. */
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import type { UploadAdmission } from 'camcops-tablet-session';
import { planUpload, RowFromJson } from 'camcops-tablet-session/operations';
import type { Row, Staged, UploadPlan } from 'camcops-tablet-session/operations';

import type { Query } from './database.js';

/** How many seconds a statement may take that moves a whole upload: gigabytes of photographs, on a small machine. */
export const patience = 1_800;

/** A stored version. */
type Version = Readonly<Record<'id' | 'key' | 'version', number>>;

export type OnStored = (query: Query, admission: UploadAdmission, plan: UploadPlan<Version, SentRow>) => Promise<void>;

/** Finds a device's records that are current and not finalized, in these tables; if keys are given, only those with these keys. */
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

/** A row from the request, or the number of a row in `staged_rows`. */
export type SentRow = Row | number;

/** Carries out the plan that follows from what an upload has staged. */
export const store = async (
  query: Query,
  admission: UploadAdmission,
  staged: Staged<SentRow>,
  onStored?: OnStored,
): Promise<void> => {
  const { device, user, groupId, session } = admission;
  const plan = planUpload(await currentRecords(query, device.id, [...staged.changes.keys()]))(staged);
  const [upload] = await query<{ id: number }>(
    `insert into uploads (device_id, user_id, username, group_id, client_version, group_name)
     values ($1, $2, $3, $4, $5, (select name from groups where id = $4)) returning id`,
    [device.id, user.id, user.username, groupId, session.clientVersion],
  );
  const old = plan.tables.flatMap(({ supersede, remove }) => [...supersede.map(({ ref }) => ref), ...remove]);
  // They end first, because an index allows only one current version of a record.
  await query('update records set removed_in = $1 where id = any($2)', [upload?.id, old.map(({ id }) => id)], patience);
  const added = plan.tables.flatMap(({ table, insert, supersede, finalize }) => {
    const versions = [...insert.map((record) => ({ record, ref: undefined })), ...supersede];
    return versions.map(({ record: { key, whenLastModified, row }, ref }) => ({
      table,
      key,
      version: (ref?.version ?? 0) + 1,
      supersedes: ref?.id,
      date: toNullable(whenLastModified),
      finalized: plan.finalizeAll || finalize.has(key),
      ...(typeof row === 'number' ? { number: row } : { values: RowFromJson.encode(row) }),
    }));
  });
  await query(
    `insert into records (device_id, table_name, key, version, supersedes, when_last_modified, values, added_in, finalized_in)
     select $1, "table", key, version, supersedes, date,
       coalesce(values, (select row from staged_rows s where s.device_id = $1 and s.number = a.number)),
       $2::bigint, case when finalized then $2::bigint end
     from json_to_recordset($3) as a("table" text, key bigint, version integer, supersedes bigint, date text, finalized boolean,
       number integer, values json)`,
    [device.id, upload?.id, JSON.stringify(added)],
    patience,
  );
  const finalized = plan.tables.flatMap(({ supersede, unchanged, finalize }) =>
    [...supersede.map(({ ref }) => ref), ...unchanged].filter(({ key }) => finalize.has(key)),
  );
  // Finalizes these versions with all that they have superseded; or, if everything is finalized, also those that were removed.
  await query(
    `with recursive chain(id) as (
       (select unnest($3::bigint[]) union select id from records where $4 and device_id = $1 and finalized_in is null)
       union select r.supersedes from chain join records r on r.id = chain.id where r.supersedes is not null
     ) update records set finalized_in = $2 where id in (select id from chain) and finalized_in is null`,
    [device.id, upload?.id, finalized.map(({ id }) => id), plan.finalizeAll],
    patience,
  );
  await onStored?.(query, admission, plan);
};
