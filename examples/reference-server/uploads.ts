/** The uploads of tablets: each step is kept as it came, and the end folds them. The changes of one device wait for one another. */
import { createHash } from 'node:crypto';
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import type { UploadAdmission, UserError } from 'camcops-tablet-session';
import {
  noUploadUnderWay,
  nothingStaged,
  stageStep,
  stepOf,
  TableChangeJson,
  uploadUnderWay,
  wholeInBrief,
  type Staged,
  type TableChange,
  type UploadStore,
} from 'camcops-tablet-session/operations';

import { asTask, type Database, type Query } from './database.js';
import { currentRecords, storeStaged, type Place } from './history.js';

const Changes = t.readonlyArray(TableChangeJson);

/** Adds a step: its changes and, apart from them, the values of their records in order. A plan need not read those. */
const addStep = async (query: Query, deviceId: number, { finalizing, changes }: Staged): Promise<void> => {
  const json = Changes.encode([...changes.values()]);
  const values = json.flatMap(({ records }) => records.map((record) => Object.fromEntries(record.values)));
  const others = json.map((change) => ({ ...change, records: change.records.map((one) => ({ ...one, values: [] })) }));
  await query(
    `with step as (insert into staged_steps (device_id, finalizing, changes) values ($1, $2, $3) returning id)
     insert into staged_values select id, place, value from step, json_array_elements($4) with ordinality v(value, place)`,
    [deviceId, finalizing, JSON.stringify(others), JSON.stringify(values)],
  );
};

/** All that a device has staged: of the values, their places among all of them. */
const readStaged = async (query: Query, deviceId: number): Promise<Staged<Place>> => {
  const steps = await query<{ finalizing: boolean; changes: unknown }>(
    'select finalizing, changes from staged_steps where device_id = $1 order by id',
    [deviceId],
  );
  let place = 0;
  const withPlaces = (change: TableChange): TableChange<Place> => ({
    ...change,
    records: change.records.map((record) => ({ ...record, values: (place += 1) })),
  });
  return steps.reduce<Staged<Place>>((staged, { finalizing, changes }) => {
    const read = Changes.decode(changes);
    if (isLeft(read)) throw new Error('a staged step is damaged');
    return stageStep(staged)(stepOf({ finalizing, changes: read.right.map(withPlaces) }));
  }, nothingStaged);
};

/** What a device remembers of its uploads. */
type DeviceState = Readonly<Record<'upload' | 'finished' | 'whole', string | null>>;

/** Nothing is staged any more, and this is remembered. */
const startAfresh = async (query: Query, deviceId: number, { upload, finished, whole }: DeviceState) => {
  await query('delete from staged_steps where device_id = $1', [deviceId]);
  const sql = 'update devices set upload = $2, finished = $3, whole = $4 where id = $1';
  await query(sql, [deviceId, upload, finished, whole]);
  return right(undefined);
};

/** The uploads of all devices, in a database. What a query throws is a fault, and nothing has changed. */
export const databaseUploads = (db: Database): UploadStore<unknown> => {
  /** Work on a device, whose row is locked: a request that is sent again waits until the first is done. */
  const inDevice = (
    { device }: UploadAdmission,
    work: (query: Query, state: DeviceState, id: number) => Promise<Either<UserError, void>>,
  ) =>
    asTask(() =>
      db.transaction(async (query) => {
        const sql = 'select upload, finished, whole from devices where id = $1 for update';
        const [state] = await query<DeviceState>(sql, [device.id]);
        return state === undefined ? left(noUploadUnderWay) : work(query, state, device.id);
      }),
    );

  return {
    begin: (admission, upload) =>
      inDevice(admission, async (query, state, id) => {
        const staged = await query('select 1 from staged_steps where device_id = $1 limit 1', [id]);
        const isLate = state.upload === upload && staged.length > 0 && isSome(admission.session.sessionId);
        return isLate ? left(uploadUnderWay) : startAfresh(query, id, { ...state, upload, finished: null });
      }),

    stage: (admission, upload, step) =>
      inDevice(admission, async (query, state, id) => {
        if (state.upload !== upload) {
          await query('update devices set finished = null where id = $1', [id]);
          return left(noUploadUnderWay);
        }
        await addStep(query, id, step);
        return right(undefined);
      }),

    finish: (admission, upload) =>
      inDevice(admission, async (query, state, id) => {
        if (state.upload !== upload) return state.finished === upload ? right(undefined) : left(noUploadUnderWay);
        await storeStaged(query, admission, await readStaged(query, id));
        return startAfresh(query, id, { upload: null, finished: upload, whole: null });
      }),

    storeWhole: (admission, upload, step) =>
      inDevice(admission, async (query, state, id) => {
        const brief = `${upload} ${wholeInBrief(step)}`;
        const whole = createHash('sha256').update(brief).digest('base64');
        if (state.whole === whole) return right(undefined);
        await startAfresh(query, id, state);
        await addStep(query, id, step);
        await storeStaged(query, admission, await readStaged(query, id));
        return startAfresh(query, id, { upload: null, finished: null, whole });
      }),

    currentRecords: ({ device }, table, keys) =>
      asTask(async () => {
        const some = isSome(keys) ? [...keys.value] : undefined;
        return right(await currentRecords(db.query, device.id, [table], some));
      }),
  };
};
