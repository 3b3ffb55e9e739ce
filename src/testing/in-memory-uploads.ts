/** An `UploadStore` over plain data that keeps the whole history, for tests and trials: nothing outlives the process. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';

import { fault, type Fault, type UploadAdmission } from '../index.js';
import {
  foldSteps,
  noUploads,
  planUpload,
  type Row,
  type StoredRecord,
  type TablePlan,
  type UploadedRecord,
  type UploadEffect,
  type UploadState,
  type UploadStep,
  type UploadStore,
} from '../operations/index.js';

/** One version of a record. */
export interface StoredVersion {
  readonly key: number;
  readonly whenLastModified: Option<string>;
  readonly row: Row;
  /** `superseded`: a newer version took its place. `deleted`: the tablet no longer had it. */
  readonly state: 'current' | 'superseded' | 'deleted';
  /** Whether the record has left the tablet: no later upload matches this version. */
  readonly finalized: boolean;
  /** The version's era: the number of the upload that finalized it. Within a device and an era, keys are unambiguous. */
  readonly finalizedIn: Option<number>;
  /** The index of the version that this one replaced, in the list of the device's versions in this table. */
  readonly supersedes: Option<number>;
  /** Who uploaded it, and for which group. */
  readonly userId: number;
  readonly groupId: number;
}

/** An `UploadStore` whose history can be read. */
export interface InMemoryUploads extends UploadStore<never> {
  /** Returns all versions of a device's records in a table, in the order in which they were stored. */
  readonly versions: (deviceName: string, table: string) => readonly StoredVersion[];
  /** The same store, but every change fails just before it would count: for tests of failures. */
  readonly failing: UploadStore<string>;
}

interface DeviceState {
  readonly state: UploadState;
  readonly staged: readonly UploadStep[];
  readonly versions: ReadonlyMap<string, readonly StoredVersion[]>;
  /** How many uploads have been stored. */
  readonly uploads: number;
}

const nothingStored: DeviceState = { state: noUploads, staged: [], versions: new Map(), uploads: 0 };

/** The reference to a version is its place in its table's list. */
const currentIn = (table: string, versions: readonly StoredVersion[]): readonly StoredRecord<number>[] =>
  versions.flatMap(({ key, whenLastModified, state, finalized }, ref) =>
    state === 'current' && !finalized ? { ref, table, key, whenLastModified } : [],
  );

const carriedOut = (
  { user, groupId }: UploadAdmission,
  versions: readonly StoredVersion[],
  { insert, supersede, remove }: TablePlan<number>,
): readonly StoredVersion[] => {
  const states = new Map<number, StoredVersion['state']>(remove.map((ref) => [ref, 'deleted']));
  for (const { ref } of supersede) states.set(ref, 'superseded');
  const added = (supersedes: Option<number>, { key, whenLastModified, row }: UploadedRecord): StoredVersion => ({
    key,
    whenLastModified,
    row,
    state: 'current',
    finalized: false,
    finalizedIn: none,
    supersedes,
    userId: user.id,
    groupId,
  });
  return [
    ...versions.map((version, place) => ({ ...version, state: states.get(place) ?? version.state })),
    ...insert.map((record) => added(none, record)),
    ...supersede.map(({ ref, record }) => added(some(ref), record)),
  ];
};

/** Returns the current versions of these keys, each with all its predecessors. */
const finalized = (upload: number, versions: readonly StoredVersion[], keys: ReadonlySet<number> | 'all') => {
  const places = new Set<number>();
  // From the last to the first, so that each version comes before those that it replaced.
  for (const [place, version] of [...versions.entries()].reverse()) {
    const isNamed = keys === 'all' || places.has(place) || (version.state === 'current' && keys.has(version.key));
    if (version.finalized || !isNamed) continue;
    places.add(place);
    if (isSome(version.supersedes)) places.add(version.supersedes.value);
  }
  return versions.map((version, place) =>
    places.has(place) && !version.finalized ? { ...version, finalized: true, finalizedIn: some(upload) } : version,
  );
};

const stored = (admission: UploadAdmission, device: DeviceState, steps: readonly UploadStep[]): DeviceState => {
  const uploads = device.uploads + 1;
  const current = [...device.versions].flatMap(([table, versions]) => currentIn(table, versions));
  const { finalizeAll, tables } = planUpload(current)(foldSteps(steps));
  const versions = new Map(device.versions);
  for (const plan of tables) {
    const after = carriedOut(admission, versions.get(plan.table) ?? [], plan);
    versions.set(plan.table, finalized(uploads, after, plan.finalize));
  }
  if (finalizeAll) for (const [table, each] of versions) versions.set(table, finalized(uploads, each, 'all'));
  return { ...device, versions, uploads };
};

const carryOut =
  (admission: UploadAdmission) =>
  (device: DeviceState, effect: UploadEffect): DeviceState => {
    switch (effect.type) {
      case 'discard':
        return { ...device, staged: [] };
      case 'stage':
        return { ...device, staged: [...device.staged, effect.step] };
      case 'store':
        return stored(admission, device, isSome(effect.whole) ? [effect.whole.value] : device.staged);
    }
  };

/**
 * Returns uploads over plain data, whose whole history can be read.
 *
 * @example
 * import { uploadTransition, type UploadRequest } from 'camcops-tablet-session/operations';
 * import { admissionTo, inMemoryUploads } from 'camcops-tablet-session/testing';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const uploads = inMemoryUploads();
 * const admission = admissionTo('upload_entire_database', { device: 'tablet-1' });
 * const ask = (request: UploadRequest) => uploads.transact(admission, uploadTransition(admission)(request))();
 * const row = { columns: ['q1'], values: [3] };
 * const record = { key: 1, whenLastModified: some('2026-03-01T12:00:00.000+00:00'), moveOffTablet: true, row };
 * const change = { table: 'phq9', records: [record], keep: 'sent', finalize: new Set<number>() } as const;
 * await ask({ type: 'finish' }); // left({ code: 'no-upload-under-way' })
 * await ask({ type: 'whole', whole: { finalizing: false, changes: [change] } }); // right(undefined)
 * uploads.versions('tablet-1', 'phq9').map(({ key, state, finalizedIn }) => [key, state, finalizedIn]); // [[1, 'current', some(1)]]
 */
export const inMemoryUploads = (): InMemoryUploads => {
  const devices = new Map<string, DeviceState>();
  const stateOf = (deviceName: string): DeviceState => devices.get(deviceName) ?? nothingStored;
  const versions = (deviceName: string, table: string) => stateOf(deviceName).versions.get(table) ?? [];

  const storeThat = <E>(keep: (deviceName: string, after: DeviceState) => Either<Fault<E>, void>): UploadStore<E> => ({
    transact: (admission, transition) => () => {
      const { name } = admission.device;
      const before = stateOf(name);
      const { state, effects, answer } = transition(before.state);
      const kept = keep(name, effects.reduce(carryOut(admission), { ...before, state }));
      return Promise.resolve(isLeft(kept) ? kept : answer);
    },
    currentRecords:
      ({ device }, table, keys) =>
      () => {
        const records = currentIn(table, versions(device.name, table));
        return Promise.resolve(right(isSome(keys) ? records.filter(({ key }) => keys.value.has(key)) : records));
      },
  });

  return {
    ...storeThat<never>((deviceName, state) => right(void devices.set(deviceName, state))),
    failing: storeThat(() => left(fault('the change failed'))),
    versions,
  };
};
