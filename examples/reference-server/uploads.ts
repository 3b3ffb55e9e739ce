/** The uploads of tablets: each step is kept as it came, and the end folds them. The changes of one device wait for one another. */
import { createHash } from 'node:crypto';
import { isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import type { UploadAdmission, UserError } from 'camcops-tablet-session';
import {
  noUploadUnderWay,
  nothingStaged,
  stageStep,
  stepOf,
  TableChangeJson,
  uploadUnderWay,
  wholeInBrief,
  type ChangeJson,
  type Staged,
  type TableChange,
  type UploadStore,
} from 'camcops-tablet-session/operations';

import type { Database, Query } from './database.js';
import { asTask } from './faults.js';
import { currentRows, storedRecord, storeUpload, type Place, type ValuesByPlace } from './history.js';

const withPlaces = (changes: readonly TableChange<unknown>[], first: Place): readonly TableChange<Place>[] => {
  let place = first;
  return changes.map((change) => ({
    ...change,
    records: change.records.map((record) => ({ ...record, values: place++ })),
  }));
};

/** The changes without values, and the values in their order, as JSON. */
const separated = ({ changes }: Staged): readonly [changes: string, values: string] => {
  const json = [...changes.values()].map((change) => TableChangeJson.encode(change));
  const records = json.flatMap((change) => change.records);
  return [
    JSON.stringify(
      json.map((change) => ({ ...change, records: change.records.map((one) => ({ ...one, values: [] })) })),
    ),
    JSON.stringify(records.map(({ values }) => Object.fromEntries(values))),
  ];
};

const changeOf = (json: ChangeJson): TableChange => {
  const change = TableChangeJson.decode(json);
  if (isRight(change)) return change.right;
  throw new Error('a staged change is damaged');
};

/** All that a device has staged. No values are read: the database finds them by the first place of each step. */
const readStaged = async (query: Query, deviceId: number): Promise<readonly [Staged<Place>, ValuesByPlace]> => {
  const steps = await query<{ id: number; finalizing: boolean; changes: readonly ChangeJson[] }>(
    'select id, finalizing, changes from staged_steps where device_id = $1 order by id',
    [deviceId],
  );
  let [first, staged]: [Place, Staged<Place>] = [1, nothingStaged];
  const firsts: object[] = [];
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

interface DeviceState {
  readonly upload: string | null;
  readonly finished: string | null;
  readonly whole: string | null;
  readonly hasStaged: boolean;
}

/** The uploads of all devices, in a database. What a query throws is a fault, and nothing has changed. */
export const databaseUploads = (db: Database): UploadStore<unknown> => {
  /** Work on a device, whose row is locked: a request that is sent again waits until the first is done. */
  const inDevice = (
    { device }: UploadAdmission,
    work: (query: Query, state: DeviceState) => Promise<Either<UserError, void>>,
  ) =>
    asTask(() =>
      db.transaction(async (query) => {
        await query('select 1 from devices where id = $1 for update', [device.id]);
        // A statement of its own, to see what those that it waited for have done.
        const [state] = await query<DeviceState>(
          `select upload, finished, whole, exists (select 1 from staged_steps where device_id = $1) as "hasStaged"
           from devices where id = $1`,
          [device.id],
        );
        return state === undefined ? left(noUploadUnderWay) : work(query, state);
      }),
    );

  /** What the device remembers of its uploads from now on; nothing is staged. */
  const startAfresh = async (query: Query, { device }: UploadAdmission, state: Omit<DeviceState, 'hasStaged'>) => {
    await query('delete from staged_steps where device_id = $1', [device.id]);
    const { upload, finished, whole } = state;
    await query('update devices set upload = $2, finished = $3, whole = $4 where id = $1', [
      ...[device.id, upload, finished, whole],
    ]);
    return right(undefined);
  };

  return {
    begin: (admission, upload) =>
      inDevice(admission, async (query, state) => {
        const isLate = state.upload === upload && state.hasStaged && isSome(admission.session.sessionId);
        if (isLate) return left(uploadUnderWay);
        return startAfresh(query, admission, { ...state, upload, finished: null });
      }),

    stage: (admission, upload, step) =>
      inDevice(admission, async (query, state) => {
        const { id } = admission.device;
        if (state.upload !== upload) {
          await query('update devices set finished = null where id = $1', [id]);
          return left(noUploadUnderWay);
        }
        await query('insert into staged_steps (device_id, finalizing, changes, values) values ($1, $2, $3, $4)', [
          ...[id, step.finalizing, ...separated(step)],
        ]);
        return right(undefined);
      }),

    finish: (admission, upload) =>
      inDevice(admission, async (query, state) => {
        if (state.upload !== upload) return state.finished === upload ? right(undefined) : left(noUploadUnderWay);
        await storeUpload(query, admission, ...(await readStaged(query, admission.device.id)));
        return startAfresh(query, admission, { upload: null, finished: upload, whole: null });
      }),

    storeWhole: (admission, upload, staged) =>
      inDevice(admission, async (query, state) => {
        const whole = createHash('sha256')
          .update(`${upload} ${wholeInBrief(staged)}`)
          .digest('base64');
        if (state.whole === whole) return right(undefined);
        const [, parameter] = separated(staged);
        const step = stepOf({ ...staged, changes: withPlaces([...staged.changes.values()], 1) });
        const sql = 'select place, value from json_array_elements($4::json) with ordinality v(value, place)';
        await storeUpload(query, admission, step, { sql, parameter });
        return startAfresh(query, admission, { upload: null, finished: null, whole });
      }),

    currentRecords: ({ device }, table, keys) =>
      asTask(async () => {
        const rows = await currentRows(db.query, device.id, [table], isSome(keys) ? keys.value : undefined);
        return right(rows.map(storedRecord));
      }),
  };
};
