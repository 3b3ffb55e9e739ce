/** An `UploadStore` over plain data that keeps the whole history, for tests and trials: nothing outlives the process. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import { fault, type DeviceName, type Fault, type UploadAdmission, type UserError } from '../index.js';
import {
  changesToPlan,
  noUploadUnderWay,
  nothingStaged,
  planTable,
  stageStep,
  uploadUnderWay,
  wholeInBrief,
  type Staged,
  type StoredRecord,
  type TablePlan,
  type UploadedRecord,
  type UploadId,
  type UploadStore,
  type Value,
} from '../operations/index.js';

/** One version of a record. */
export interface StoredVersion {
  readonly key: number;
  readonly whenLastModified: Option<string>;
  /** Every column that was sent. */
  readonly values: ReadonlyMap<string, Value>;
  /** `superseded`: a newer version took its place. `deleted`: the tablet no longer had it. */
  readonly state: 'current' | 'superseded' | 'deleted';
  /** Whether it is out of the tablet's reach for good: no upload matches it again. */
  readonly finalized: boolean;
  /** The place of the version that it replaced, in the list of the device's versions in this table. */
  readonly supersedes: Option<number>;
  /** Who uploaded it, and for which group. */
  readonly userId: number;
  readonly groupId: number;
}

/** An `UploadStore` whose history can be read. */
export interface InMemoryUploads extends UploadStore<never> {
  /** All versions of a device's records in a table, in the order in which they were stored. */
  readonly versions: (deviceName: string, table: string) => readonly StoredVersion[];
  /** The same store, but each change fails when all its work is done, before it counts: for tests of what a host does then. */
  readonly failing: UploadStore<string>;
}

type Versions = ReadonlyMap<string, readonly StoredVersion[]>;

interface DeviceState {
  readonly versions: Versions;
  /** `staged` is there once a step has been staged. */
  readonly underWay?: { readonly upload: UploadId; readonly staged: Staged | undefined };
  /** The upload whose end may be repeated: no step and no start has come since. */
  readonly finished?: UploadId | undefined;
  /** The upload that was stored last, in brief, if it was a one-step one. */
  readonly whole?: { readonly upload: UploadId; readonly brief: string };
}

/** What becomes of a device, and the refusal, if the change is refused. */
type Change = (device: DeviceState) => readonly [after: DeviceState, refusal?: UserError];

const nothingStored: DeviceState = { versions: new Map() };

const versionsIn = ({ versions }: DeviceState, table: string): readonly StoredVersion[] => versions.get(table) ?? [];

/** The reference to a version is its place. */
const currentIn = (versions: readonly StoredVersion[]): readonly StoredRecord<number>[] =>
  versions.flatMap(({ key, whenLastModified, state, finalized }, ref) =>
    state === 'current' && !finalized ? { ref, key, whenLastModified } : [],
  );

const finalizedBy = (finalize: TablePlan<number, unknown>['finalize'], versions: readonly StoredVersion[]) => {
  const places = new Set<number>();
  // From the last, so that each version is met before those that it replaced.
  for (const [place, { key, state, finalized, supersedes }] of [...versions.entries()].reverse()) {
    const isNamed = finalize === 'all' || places.has(place) || (state === 'current' && finalize.has(key));
    if (finalized || !isNamed) continue;
    places.add(place);
    // Stryker disable next-line ConditionalExpression: the place of none is no place.
    if (isSome(supersedes)) places.add(supersedes.value);
  }
  return versions.map((version, place) => (places.has(place) ? { ...version, finalized: true } : version));
};

const carriedOut = (
  { user, groupId }: UploadAdmission,
  versions: readonly StoredVersion[],
  { insert, supersede, remove, finalize }: TablePlan<number, ReadonlyMap<string, Value>>,
): readonly StoredVersion[] => {
  const states = new Map<number, StoredVersion['state']>(remove.map((ref) => [ref, 'deleted']));
  for (const { ref } of supersede) states.set(ref, 'superseded');
  const added = (supersedes: Option<number>, { key, whenLastModified, values }: UploadedRecord): StoredVersion => {
    return { key, whenLastModified, values, state: 'current', finalized: false, supersedes, userId: user.id, groupId };
  };
  return finalizedBy(finalize, [
    ...versions.map((version, place) => ({ ...version, state: states.get(place) ?? version.state })),
    ...insert.map((record) => added(none, record)),
    ...supersede.map(({ ref, record }) => added(some(ref), record)),
  ]);
};

const afterUpload = (admission: UploadAdmission, device: DeviceState, staged: Staged): Versions => {
  const versions = new Map(device.versions);
  for (const change of changesToPlan(device.versions)(staged)) {
    const before = versionsIn(device, change.table);
    const plan = planTable(currentIn(before))(change, staged);
    versions.set(change.table, carriedOut(admission, before, plan));
  }
  return versions;
};

const begin =
  ({ session }: UploadAdmission, upload: UploadId): Change =>
  (device) => {
    const hasStaged = device.underWay?.upload === upload && device.underWay.staged !== undefined;
    if (hasStaged && isSome(session.sessionId)) return [device, uploadUnderWay];
    return [{ ...device, underWay: { upload, staged: undefined }, finished: undefined }];
  };

const stage =
  (upload: UploadId, step: Staged): Change =>
  (device) => {
    if (device.underWay?.upload !== upload) return [{ ...device, finished: undefined }, noUploadUnderWay];
    const staged = stageStep(device.underWay.staged ?? nothingStaged)(step);
    return [{ ...device, underWay: { upload, staged } }];
  };

const finish =
  (admission: UploadAdmission, upload: UploadId): Change =>
  (device) => {
    const { underWay, finished } = device;
    if (underWay?.upload !== upload) return finished === upload ? [device] : [device, noUploadUnderWay];
    const versions = afterUpload(admission, device, underWay.staged ?? nothingStaged);
    return [{ versions, finished: upload }];
  };

const storeWhole =
  (admission: UploadAdmission, upload: UploadId, staged: Staged): Change =>
  (device) => {
    const brief = wholeInBrief(staged);
    if (device.whole?.upload === upload && device.whole.brief === brief) return [device];
    const versions = afterUpload(admission, device, staged);
    return [{ versions, whole: { upload, brief } }];
  };

/**
 * Uploads over plain data, built on `planTable`: all that was ever stored can be read back.
 *
 * @example
 * import { stepOf, uploadIdOf } from 'camcops-tablet-session/operations';
 * import { admissionTo, inMemoryUploads } from 'camcops-tablet-session/testing';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const uploads = inMemoryUploads();
 * const admission = admissionTo('upload_entire_database', { device: 'tablet-1' });
 * const record = { key: 1, whenLastModified: some('2026-03-01T12:00:00.000+00:00'), moveOffTablet: true, values: new Map() };
 * const whole = stepOf({ changes: [{ table: 'phq9', records: [record], keep: 'sent', finalize: new Set<number>() }] });
 * await uploads.finish(admission, uploadIdOf(admission))(); // left({ code: 'no-upload-under-way' })
 * await uploads.storeWhole(admission, uploadIdOf(admission), whole)(); // right(undefined)
 * uploads.versions('tablet-1', 'phq9').map(({ key, state, finalized }) => [key, state, finalized]); // [[1, 'current', true]]
 */
export const inMemoryUploads = (): InMemoryUploads => {
  const devices = new Map<string, DeviceState>();
  const stateOf = (deviceName: string): DeviceState => devices.get(deviceName) ?? nothingStored;

  const storeThat = <E>(
    keep: (deviceName: DeviceName, after: DeviceState) => Either<Fault<E>, void>,
  ): UploadStore<E> => {
    const after =
      ({ device }: UploadAdmission, change: Change): TaskEither<UserError | Fault<E>, void> =>
      () => {
        const [state, refusal] = change(stateOf(device.name));
        const kept = keep(device.name, state);
        return Promise.resolve(isLeft(kept) || refusal === undefined ? kept : left(refusal));
      };
    return {
      begin: (admission, upload) => after(admission, begin(admission, upload)),
      stage: (admission, upload, step) => after(admission, stage(upload, step)),
      finish: (admission, upload) => after(admission, finish(admission, upload)),
      storeWhole: (admission, upload, whole) => after(admission, storeWhole(admission, upload, whole)),
      currentRecords: (admission, table, keys) => () => {
        const records = currentIn(versionsIn(stateOf(admission.device.name), table));
        return Promise.resolve(right(isSome(keys) ? records.filter(({ key }) => keys.value.has(key)) : records));
      },
    };
  };

  return {
    ...storeThat<never>((deviceName, state) => right(void devices.set(deviceName, state))),
    failing: storeThat(() => left(fault('the change failed'))),
    versions: (deviceName, table) => versionsIn(stateOf(deviceName), table),
  };
};
