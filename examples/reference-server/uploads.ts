/** Uploads: what a tablet has staged, and the history of its records. The changes of one device wait for one another. */
import { createHash } from 'node:crypto';
import { isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, isSome, toNullable } from 'fp-ts/lib/Option.js';
import type { UploadAdmission, UserError } from 'camcops-tablet-session';
import {
  noUploadUnderWay,
  nothingStaged,
  planTable,
  stageStep,
  stepOf,
  TableChangeJson,
  uploadUnderWay,
  wholeInBrief,
  type ChangeJson,
  type Staged,
  type StoredRecord,
  type TableChange,
  type UploadStore,
} from 'camcops-tablet-session/operations';

import { writeAudit } from './audit.js';
import type { Database, Query } from './database.js';
import { asTask } from './faults.js';

/** Where the values of a record are: its place among all those of an upload, from 1. The database moves them by it. */
type Place = number;

/** A relation of places and values, and the parameter that its SQL calls $4. */
interface ValuesByPlace {
  readonly sql: string;
  readonly parameter: unknown;
}

const withPlaces = (changes: readonly TableChange<unknown>[], first: number): readonly TableChange<Place>[] => {
  let place = first;
  return changes.map((change) => ({
    ...change,
    records: change.records.map((record) => ({ ...record, values: place++ })),
  }));
};

/** The changes without values, and the values in order. */
const separated = ({ changes }: Staged) => {
  const json = [...changes.values()].map((change) => TableChangeJson.encode(change));
  return {
    changes: json.map((change) => ({
      ...change,
      records: change.records.map((record) => ({ ...record, values: [] })),
    })),
    values: json.flatMap(({ records }) => records.map(({ values }) => Object.fromEntries(values))),
  };
};

const changeOf = (json: ChangeJson): TableChange => {
  const change = TableChangeJson.decode(json);
  if (isRight(change)) return change.right;
  throw new Error('a staged change is damaged');
};

interface StagedStep {
  readonly id: number;
  readonly finalizing: boolean;
  readonly changes: readonly ChangeJson[];
}

/** All that a device has staged, folded. */
const readStaged = async (query: Query, deviceId: number): Promise<readonly [Staged<Place>, ValuesByPlace]> => {
  const steps = await query<StagedStep>(
    'select id, finalizing, changes from staged_steps where device_id = $1 order by id',
    [deviceId],
  );
  let first = 1;
  let staged: Staged<Place> = nothingStaged;
  const firsts: { readonly id: number; readonly first: number }[] = [];
  for (const { id, finalizing, changes } of steps) {
    firsts.push({ id, first });
    staged = stageStep(staged)(stepOf({ finalizing, changes: withPlaces(changes.map(changeOf), first) }));
    first += changes.reduce((count, { records }) => count + records.length, 0);
  }
  const sql = `select f.first + v.place - 1 as place, v.value
    from json_to_recordset($4::json) f(id bigint, first bigint) join staged_steps s on s.id = f.id,
      json_array_elements(s.values) with ordinality v(value, place)`;
  return [staged, { sql, parameter: JSON.stringify(firsts) }];
};

/** What becomes of the records of one table, counted. */
interface Counts {
  readonly added: number;
  readonly superseded: number;
  readonly removed: number;
  finalized: number;
}

interface CurrentRow {
  readonly id: number;
  readonly table: string;
  readonly key: number;
  readonly date: string | null;
}

const isCurrent = 'removed_in is null and finalized_in is null';

const storedOf = ({ id, key, date }: CurrentRow): StoredRecord<number> => ({
  ref: id,
  key,
  whenLastModified: fromNullable(date),
});

/** Carries out an upload: the versions that it ends, those that it adds, and those that it finalizes, all at once. */
const store = async (
  query: Query,
  { device, user, groupId, session }: UploadAdmission,
  staged: Staged<Place>,
  values: ValuesByPlace,
): Promise<void> => {
  const [upload] = await query<{ id: number }>(
    'insert into uploads (device_id, user_id, group_id, client_version) values ($1, $2, $3, $4) returning id',
    [device.id, user.id, groupId, session.clientVersion],
  );
  const stored = new Map<string, StoredRecord<number>[]>([...staged.changes.keys()].map((table) => [table, []]));
  for (const row of await query<CurrentRow>(
    `select id, table_name as "table", key, when_last_modified as date from records
     where device_id = $1 and table_name in (select json_array_elements_text($2::json)) and ${isCurrent}`,
    [device.id, JSON.stringify([...staged.changes.keys()])],
  )) {
    stored.get(row.table)?.push(storedOf(row));
  }

  const ended: number[] = [];
  const finalized: number[] = [];
  const added: object[] = [];
  const counts = new Map<string, Counts>();
  for (const change of staged.changes.values()) {
    const before = stored.get(change.table) ?? [];
    const { insert, supersede, remove, finalize } = planTable(before)(change, staged);
    const isFinal = (key: number): boolean => finalize === 'all' || finalize.has(key);
    const rows = [
      ...insert.map((record) => ({ record, ref: null })),
      ...supersede.map(({ ref, record }) => ({ record, ref })),
    ];
    ended.push(...supersede.map(({ ref }) => ref), ...remove);
    finalized.push(...before.filter(({ key }) => finalize !== 'all' && finalize.has(key)).map(({ ref }) => ref));
    for (const { record, ref } of rows) {
      const { key, values: place, whenLastModified } = record;
      const date = toNullable(whenLastModified);
      added.push({ place, table_name: change.table, key, date, supersedes: ref, final: isFinal(key) });
    }
    counts.set(change.table, {
      added: rows.length,
      superseded: supersede.length,
      removed: remove.length,
      finalized: rows.filter(({ record }) => isFinal(record.key)).length,
    });
  }

  const of = [device.id, upload?.id];
  if (ended.length > 0) {
    await query(
      `update records set removed_in = $2 where device_id = $1 and id in (select value::bigint from json_array_elements_text($3::json))`,
      [...of, JSON.stringify(ended)],
    );
  }
  if (added.length > 0) {
    await query(
      `insert into records (device_id, table_name, key, version, supersedes, when_last_modified, values, added_in, finalized_in)
       select $1, a.table_name, a.key, coalesce(old.version, 0) + 1, a.supersedes, a.date, v.value, $2, case when a.final then $2 end
       from json_to_recordset($3::json)
         a(place bigint, table_name text, key bigint, date text, supersedes bigint, final boolean)
       join (${values.sql}) v on v.place = a.place left join records old on old.id = a.supersedes
       order by a.place`,
      [...of, JSON.stringify(added), values.parameter],
    );
  }
  const chain = `id in (with recursive chain(id) as (
      select value::bigint from json_array_elements_text($3::json)
      union select r.supersedes from chain join records r on r.id = chain.id where r.supersedes is not null
    ) select id from chain)`;
  if (staged.finalizing || finalized.length > 0) {
    const tables = await query<{ table: string; count: number }>(
      `with done as (
         update records set finalized_in = $2
         where device_id = $1 and finalized_in is null and ${staged.finalizing ? '$3::json is not null' : chain}
         returning table_name
       ) select table_name as "table", count(*)::integer as count from done group by table_name`,
      [...of, JSON.stringify(finalized)],
    );
    for (const { table, count } of tables) {
      const before = counts.get(table) ?? { added: 0, superseded: 0, removed: 0, finalized: 0 };
      counts.set(table, { ...before, finalized: before.finalized + count });
    }
  }
  const changed = [...counts].filter(([, count]) => Object.values(count).some((number: number) => number > 0));
  await writeAudit(query, {
    event: 'upload',
    username: user.username,
    device: device.name,
    details: Object.fromEntries(changed),
  });
};

interface DeviceState {
  readonly upload: string | null;
  readonly finished: string | null;
  readonly whole: string | null;
  readonly hasStaged: boolean;
}

/** The uploads of all devices, in a database. What a query throws is a fault, and nothing has changed. */
export const databaseUploads = (db: Database): UploadStore<unknown> => {
  /** Work on a device, with its row locked: a request that is sent again waits until the first is done. */
  const inDevice = (
    { device }: UploadAdmission,
    work: (query: Query, state: DeviceState) => Promise<Either<UserError, void>>,
  ) =>
    asTask(() =>
      db.transaction(async (query) => {
        await query('select 1 from devices where id = $1 for update', [device.id]);
        const [state] = await query<DeviceState>(
          `select upload, finished, encode(whole, 'hex') as whole,
             exists (select 1 from staged_steps where device_id = $1) as "hasStaged"
           from devices where id = $1`,
          [device.id],
        );
        return state === undefined ? left(noUploadUnderWay) : work(query, state);
      }),
    );

  const isOver = (query: Query, deviceId: number) => query('delete from staged_steps where device_id = $1', [deviceId]);

  return {
    begin: (admission, upload) =>
      inDevice(admission, async (query, state) => {
        const { device, session } = admission;
        if (state.upload === upload && state.hasStaged && isSome(session.sessionId)) return left(uploadUnderWay);
        await isOver(query, device.id);
        await query('update devices set upload = $2, finished = null where id = $1', [device.id, upload]);
        return right(undefined);
      }),

    stage: (admission, upload, step) =>
      inDevice(admission, async (query, state) => {
        const { id } = admission.device;
        if (state.upload !== upload) {
          await query('update devices set finished = null where id = $1', [id]);
          return left(noUploadUnderWay);
        }
        const { changes, values } = separated(step);
        await query('insert into staged_steps (device_id, finalizing, changes, values) values ($1, $2, $3, $4)', [
          id,
          step.finalizing,
          JSON.stringify(changes),
          JSON.stringify(values),
        ]);
        return right(undefined);
      }),

    finish: (admission, upload) =>
      inDevice(admission, async (query, state) => {
        const { id } = admission.device;
        if (state.upload !== upload) return state.finished === upload ? right(undefined) : left(noUploadUnderWay);
        await store(query, admission, ...(await readStaged(query, id)));
        await isOver(query, id);
        await query('update devices set upload = null, finished = $2, whole = null where id = $1', [id, upload]);
        return right(undefined);
      }),

    storeWhole: (admission, upload, whole) =>
      inDevice(admission, async (query, state) => {
        const { id } = admission.device;
        const hash = createHash('sha256')
          .update(`${upload} ${wholeInBrief(whole)}`)
          .digest('hex');
        if (state.whole === hash) return right(undefined);
        const sql = 'select place, value from json_array_elements($4::json) with ordinality v(value, place)';
        const changes = withPlaces([...whole.changes.values()], 1);
        await store(query, admission, stepOf({ ...whole, changes }), {
          sql,
          parameter: JSON.stringify(separated(whole).values),
        });
        await isOver(query, id);
        await query(`update devices set upload = null, finished = null, whole = decode($2, 'hex') where id = $1`, [
          id,
          hash,
        ]);
        return right(undefined);
      }),

    currentRecords: ({ device }, table, keys) =>
      asTask(async () => {
        const rows = await db.query<CurrentRow>(
          `select id, table_name as "table", key, when_last_modified as date from records
           where device_id = $1 and table_name = $2 and ${isCurrent}
             and ($3::json is null or key in (select value::bigint from json_array_elements_text($3::json)))`,
          [device.id, table, isSome(keys) ? JSON.stringify([...keys.value]) : null],
        );
        return right(rows.map(storedOf));
      }),
  };
};
