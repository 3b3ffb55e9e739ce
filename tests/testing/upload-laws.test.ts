import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { fault, type UploadAdmission } from '../../src/index.js';
import {
  noUploadUnderWay,
  nothingStaged,
  stageStep,
  uploadIdOf,
  type Staged,
  type TableChange,
  type UploadedRecord,
  type UploadId,
  type UploadStore,
} from '../../src/operations/index.js';
import {
  admissionTo,
  inMemoryUploads,
  uploadLaws,
  type InMemoryUploads,
  type StoredVersion,
} from '../../src/testing/index.js';

type Store = UploadStore<string>;

const subjectsOf = (uploads: InMemoryUploads) => ({
  admission: admissionTo('end_upload'),
  otherUser: admissionTo('end_upload', { user: { id: 2, username: 'bob' } }),
  otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
  tables: ['phq9', 'gad7'] as const,
  column: 'q1',
  versions: ({ name }: { readonly name: string }, table: string) => Promise.resolve(uploads.versions(name, table)),
  failing: uploads.failing,
});
type Subjects = ReturnType<typeof subjectsOf>;

const brokenLaws = async (store: Store, subjects: Subjects): Promise<readonly string[]> => {
  const broken: string[] = [];
  for (const { name, check } of uploadLaws(store, subjects)) if (isLeft(await check())) broken.push(name);
  return broken;
};

const done = () => Promise.resolve(right(undefined));
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

/** A store whose steps and whole uploads are changed on their way. */
const sending =
  (change: (staged: Staged) => Staged) =>
  (store: Store): Store => ({
    ...store,
    stage: (admission, upload, step) => store.stage(admission, upload, change(step)),
    storeWhole: (admission, upload, whole) => store.storeWhole(admission, upload, change(whole)),
  });

const withChanges = (change: (each: TableChange) => TableChange) =>
  sending((staged) => ({
    ...staged,
    changes: new Map([...staged.changes].map(([table, each]) => [table, change(each)])),
  }));

const withRecords = (change: (record: UploadedRecord) => UploadedRecord) =>
  withChanges((each) => ({ ...each, records: each.records.map(change) }));

interface UnderWay {
  readonly admission: UploadAdmission;
  readonly upload: UploadId;
  readonly staged: Staged;
}

/** A store that knows what is under way on each device, and gets something wrong with it. */
const tracking =
  (mistake: (store: Store, underWay: ReadonlyMap<string, UnderWay>) => Partial<Store>) =>
  (store: Store): Store => {
    const underWay = new Map<string, UnderWay>();
    const tracked: Store = {
      ...store,
      begin: (admission, upload) => async () => {
        const answer = await store.begin(admission, upload)();
        if (!isLeft(answer)) underWay.set(admission.device.name, { admission, upload, staged: nothingStaged });
        return answer;
      },
      stage: (admission, upload, step) => async () => {
        const answer = await store.stage(admission, upload, step)();
        const before = underWay.get(admission.device.name)?.staged ?? nothingStaged;
        if (!isLeft(answer))
          underWay.set(admission.device.name, { admission, upload, staged: stageStep(before)(step) });
        return answer;
      },
      finish: (admission, upload) => async () => {
        const answer = await store.finish(admission, upload)();
        if (!isLeft(answer)) underWay.delete(admission.device.name);
        return answer;
      },
      storeWhole: (admission, upload, whole) => async () => {
        const answer = await store.storeWhole(admission, upload, whole)();
        underWay.delete(admission.device.name);
        return answer;
      },
    };
    return { ...tracked, ...mistake(tracked, underWay) };
  };

/** Steps and ends of one asker count as those of another, whose upload is under way. */
const takingFor = (isMistaken: (asker: UploadAdmission, other: UploadAdmission) => boolean) =>
  tracking((store, underWay) => {
    const taken = (asker: UploadAdmission): readonly [UploadAdmission, UploadId] => {
      const other = [...underWay.values()].find(({ admission }) => isMistaken(asker, admission));
      return other === undefined ? [asker, uploadIdOf(asker)] : [other.admission, other.upload];
    };
    return {
      stage:
        (admission, _, step) =>
        (...args) =>
          store.stage(...taken(admission), step)(...args),
      finish:
        (admission) =>
        (...args) =>
          store.finish(...taken(admission))(...args),
    };
  });

const sessionOf = ({ session }: UploadAdmission): number => (isSome(session.sessionId) ? session.sessionId.value : 0);

/** A new name for each upload. */
const newIds = () => {
  let id = 1000;
  return (admission: UploadAdmission): UploadId => {
    id += 1;
    return uploadIdOf({ ...admission, session: { ...admission.session, sessionId: some(id) } });
  };
};

const withVersions =
  (change: (versions: readonly StoredVersion[]) => readonly StoredVersion[]) =>
  (subjects: Subjects): Subjects => ({
    ...subjects,
    versions: async (device, table) => change(await subjects.versions(device, table)),
  });

const failingAfterAll =
  (name: 'begin' | 'stage' | 'finish' | 'storeWhole') =>
  (subjects: Subjects, store: Store): Subjects => {
    const failing: Store = subjects.failing;
    const task = (question: ReturnType<Store['begin']>) => async () => {
      await question();
      return left(fault('too late'));
    };
    const late: Store = {
      ...failing,
      begin: (...args) => task(store.begin(...args)),
      stage: (...args) => task(store.stage(...args)),
      finish: (...args) => task(store.finish(...args)),
      storeWhole: (...args) => task(store.storeWhole(...args)),
    };
    return { ...subjects, failing: { ...failing, [name]: late[name] } };
  };

const same = <A>(value: A): A => value;

/** A step that adds its records, and does nothing else. */
const adding = (step: Staged): Staged => ({
  ...step,
  finalizing: false,
  changes: new Map([...step.changes].map(([table, each]) => [table, { ...each, keep: 'all' }])),
});

/** Changes fail, but leave records behind. */
const failingBut =
  (leaves: (store: Store) => Pick<Store, 'stage'> | Pick<Store, 'storeWhole'>) =>
  (subjects: Subjects, store: Store): Subjects => ({
    ...subjects,
    failing: { ...subjects.failing, ...leaves(store) },
  });
const tooLate = () => Promise.resolve(left(fault('too late')));

/** Stores that forget one thing, and the laws that they break. */
const careless: readonly (readonly [
  what: string,
  store: (store: Store) => Store,
  subjects: (subjects: Subjects, store: Store) => Subjects,
  broken: readonly string[],
])[] = [
  [
    'counts what is staged as current',
    tracking((store, underWay) => ({
      currentRecords: (admission, table, keys) => async () => {
        const answer = await store.currentRecords(admission, table, keys)();
        const staged = underWay.get(admission.device.name)?.staged.changes.get(table)?.records ?? [];
        return isLeft(answer) ? answer : right([...answer.right, ...staged.map((record) => ({ ...record, ref: 0 }))]);
      },
    })),
    same,
    [
      'nothing of an upload counts before its end',
      'a start that fails in the middle changes nothing',
      'a step that fails in the middle changes nothing',
      'an end that fails in the middle changes nothing',
      'a one-step upload that fails leaves the upload under way alone',
    ],
  ],
  [
    'loses what is sent of a second table',
    sending(({ changes, ...rest }) => ({
      ...rest,
      changes: new Map([...changes].filter(([table]) => table !== 'gad7')),
    })),
    same,
    [
      'all that was staged counts at the end',
      'all is finalized together, with removed versions and tables that were not sent',
    ],
  ],
  [
    'goes on with what another upload has staged',
    tracking((store, underWay) => ({
      begin: (admission, upload) => async () => {
        const before = underWay.get(admission.device.name)?.staged ?? nothingStaged;
        await store.begin(admission, upload)();
        return store.stage(admission, upload, before)();
      },
    })),
    same,
    [
      'a new start forgets all of an unfinished upload',
      'an upload that has staged something is not begun again in its session',
    ],
  ],
  [
    'begins the same upload again',
    (store) => ({
      ...store,
      begin: ({ session, ...admission }, upload) =>
        store.begin({ ...admission, session: { ...session, sessionId: none } }, upload),
    }),
    same,
    ['an upload that has staged something is not begun again in its session'],
  ],
  [
    'refuses to begin what has begun',
    tracking((store, underWay) => ({
      begin: (admission, upload) => async () =>
        underWay.get(admission.device.name)?.upload === upload
          ? left(noUploadUnderWay)
          : store.begin(admission, upload)(),
    })),
    same,
    ['an upload that has staged something is not begun again in its session', 'a start sent again counts once'],
  ],
  [
    'takes steps of another session',
    takingFor((a, b) => a.user.id === b.user.id && a.device.id === b.device.id),
    same,
    ['a step or an end of another session is refused'],
  ],
  [
    'takes steps of another user',
    takingFor((a, b) => sessionOf(a) === sessionOf(b) && a.device.id === b.device.id),
    same,
    ['a step or an end of another user is refused'],
  ],
  [
    'takes steps of another device',
    takingFor((a, b) => sessionOf(a) === sessionOf(b) && a.user.id === b.user.id),
    same,
    ['a step or an end of another device is refused', 'the uploads of two devices do not mix'],
  ],
  [
    'stages a step of another session or user, though it refuses it',
    tracking((store, underWay) => ({
      stage: (admission, upload, step) => async () => {
        const other = underWay.get(admission.device.name);
        if (other !== undefined && other.upload !== upload)
          await store.stage(other.admission, other.upload, adding(step))();
        return store.stage(admission, upload, step)();
      },
    })),
    same,
    ['a step or an end of another session is refused', 'a step or an end of another user is refused'],
  ],
  [
    'forgets of an unfinished upload all but its records',
    tracking((store, underWay) => ({
      begin: (admission, upload) => async () => {
        const before = underWay.get(admission.device.name)?.staged ?? nothingStaged;
        const answer = await store.begin(admission, upload)();
        return isLeft(answer) || before.changes.size === 0 ? answer : store.stage(admission, upload, adding(before))();
      },
    })),
    same,
    ['a new start forgets all of an unfinished upload'],
  ],
  [
    'stores a step after the end, though it refuses it',
    tracking((store, underWay) => {
      const newId = newIds();
      return {
        stage: (admission, upload, step) => async () => {
          const isAfterEnd = underWay.size === 0;
          const answer = await store.stage(admission, upload, step)();
          if (isAfterEnd) await store.storeWhole(admission, newId(admission), adding(step))();
          return answer;
        },
      };
    }),
    same,
    ['a step after the end is refused, and an end after that'],
  ],
  [
    'stores with a one-step upload what is under way',
    tracking((store, underWay) => {
      const newId = newIds();
      return {
        storeWhole: (admission, upload, whole) => async () => {
          const before = underWay.get(admission.device.name);
          if (before !== undefined) await store.storeWhole(admission, newId(admission), before.staged)();
          return store.storeWhole(admission, upload, whole)();
        },
      };
    }),
    same,
    ['a one-step upload ends the upload under way'],
  ],
  [
    'takes steps after the end',
    tracking((store, underWay) => ({
      stage: (admission, upload, step) => () => (underWay.size === 0 ? done() : store.stage(admission, upload, step)()),
    })),
    same,
    ['a step after the end is refused, and an end after that'],
  ],
  [
    'repeats an end after a step that it has refused',
    tracking((store, underWay) => ({
      stage: (admission, upload, step) => () =>
        underWay.has(admission.device.name)
          ? store.stage(admission, upload, step)()
          : Promise.resolve(left(noUploadUnderWay)),
    })),
    same,
    ['a step after the end is refused, and an end after that'],
  ],
  [
    'goes on with an upload after a one-step one',
    tracking((store, underWay) => ({
      storeWhole: (admission, upload, whole) => async () => {
        const before = underWay.get(admission.device.name);
        const answer = await store.storeWhole(admission, upload, whole)();
        if (before !== undefined) {
          await store.begin(before.admission, before.upload)();
          await store.stage(before.admission, before.upload, before.staged)();
        }
        return answer;
      },
    })),
    same,
    ['a one-step upload ends the upload under way'],
  ],
  [
    'takes any one-step upload of a session for a repeat',
    (store) => {
      let last: UploadId | undefined;
      return {
        ...store,
        storeWhole: (admission, upload, whole) => {
          if (last === upload) return done;
          last = upload;
          return store.storeWhole(admission, upload, whole);
        },
      };
    },
    same,
    ['a one-step upload that says something else than the last counts'],
  ],
  [
    'knows one device',
    (store) => {
      const { device } = admissionTo('end_upload');
      return {
        ...store,
        begin: (admission, upload) => store.begin({ ...admission, device }, upload),
        stage: (admission, upload, step) => store.stage({ ...admission, device }, upload, step),
        finish: (admission, upload) => store.finish({ ...admission, device }, upload),
      };
    },
    same,
    ['a step or an end of another device is refused', 'the uploads of two devices do not mix'],
  ],
  [
    'stores a step again under other keys',
    (store) => {
      const seen = new Set<Staged>();
      return {
        ...store,
        stage: (admission, upload, step) => () => {
          if (!seen.has(step)) {
            seen.add(step);
            return store.stage(admission, upload, step)();
          }
          const moved = new Map(
            [...step.changes].map(([table, each]) => [
              table,
              {
                ...each,
                keep: 'all' as const,
                records: each.records.map((record) => ({ ...record, key: record.key + 5 })),
              },
            ]),
          );
          return store.stage(admission, upload, { ...step, changes: moved })();
        },
      };
    },
    same,
    ['a step sent again counts once', 'a step sent again while the first is at work counts once'],
  ],
  [
    'refuses an end that was done',
    tracking((store, underWay) => ({
      finish: (admission, upload) => () =>
        underWay.has(admission.device.name)
          ? store.finish(admission, upload)()
          : Promise.resolve(left(noUploadUnderWay)),
    })),
    same,
    ['an end sent again counts once'],
  ],
  [
    'ends an upload twice when asked twice at once',
    tracking((store, underWay) => {
      const newId = newIds();
      return {
        finish: (admission, upload) => async () => {
          const before = underWay.get(admission.device.name);
          if (before?.upload !== upload) return store.finish(admission, upload)();
          await tick();
          await store.storeWhole(admission, newId(admission), before.staged)();
          await store.begin(admission, upload)();
          return store.finish(admission, upload)();
        },
      };
    }),
    same,
    ['an end sent again while the first is at work counts once'],
  ],
  [
    'stores a one-step upload as often as it is sent',
    (store) => {
      const newId = newIds();
      return {
        ...store,
        storeWhole: (admission, _, whole) => () => store.storeWhole(admission, newId(admission), whole)(),
      };
    },
    same,
    ['a one-step upload sent again counts once', 'a one-step upload sent again while the first is at work counts once'],
  ],
  [
    'stores a one-step upload as often as it is sent at once',
    (store) => {
      const newId = newIds();
      const stored = new Set<Staged>();
      return {
        ...store,
        storeWhole: (admission, _, whole) => async () => {
          const isRepeated = stored.has(whole);
          await tick();
          stored.add(whole);
          return isRepeated ? right(undefined) : store.storeWhole(admission, newId(admission), whole)();
        },
      };
    },
    same,
    ['a one-step upload sent again while the first is at work counts once'],
  ],
  [
    'is locked while it begins or stages',
    (store) => {
      const locked = new Set<string>();
      const alone =
        (name: string, question: ReturnType<Store['begin']>): ReturnType<Store['begin']> =>
        async () => {
          if (locked.has(name)) return left(fault('locked'));
          locked.add(name);
          await tick();
          locked.delete(name);
          return question();
        };
      return {
        ...store,
        begin: (admission, upload) => alone(admission.device.name, store.begin(admission, upload)),
        stage: (admission, upload, step) => alone(admission.device.name, store.stage(admission, upload, step)),
      };
    },
    same,
    [
      'a start sent again while the first is at work counts once',
      'a step sent again while the first is at work counts once',
    ],
  ],
  [
    'loses what is superseded',
    same,
    withVersions((versions) => versions.filter(({ state }) => state !== 'superseded')),
    [
      'a version that was superseded is still there',
      'a marked record is finalized with the versions before it, and no other is',
      'all is finalized together, with removed versions and tables that were not sent',
      'the current records are those that are neither superseded, removed nor finalized',
      'a start that fails in the middle changes nothing',
      'a step that fails in the middle changes nothing',
      'an end that fails in the middle changes nothing',
      'a one-step upload that fails leaves the upload under way alone',
    ],
  ],
  [
    'loses what is removed',
    same,
    withVersions((versions) => versions.filter(({ state }) => state !== 'deleted')),
    [
      'a version that was removed is still there',
      'a finalized record is never matched again, even when its key is used again',
      'a marked record is finalized with the versions before it, and no other is',
      'all is finalized together, with removed versions and tables that were not sent',
      'the current records are those that are neither superseded, removed nor finalized',
      'an upload may have 10,000 records',
    ],
  ],
  [
    'compares dates as texts',
    withRecords((record) =>
      isSome(record.whenLastModified) && record.whenLastModified.value.endsWith('+01:00')
        ? { ...record, whenLastModified: some('2026-03-01T13:00:00.000+00:00') }
        : record,
    ),
    same,
    ['a record of the same instant is unchanged, whatever its offset'],
  ],
  [
    'matches what is finalized',
    withRecords((record) => ({ ...record, moveOffTablet: false })),
    withVersions((versions) =>
      versions.map((version) => ({
        ...version,
        finalized: version.finalized || version.values.get('_move_off_tablet') === 1,
      })),
    ),
    [
      'a finalized record is never matched again, even when its key is used again',
      'a marked record is finalized with the versions before it, and no other is',
      'a marked record is finalized even if it is unchanged or not sent again',
      'the current records are those that are neither superseded, removed nor finalized',
    ],
  ],
  [
    'does not finalize the versions before',
    same,
    withVersions((versions) =>
      versions.map((version) => ({ ...version, finalized: version.finalized && version.state !== 'superseded' })),
    ),
    [
      'a marked record is finalized with the versions before it, and no other is',
      'all is finalized together, with removed versions and tables that were not sent',
    ],
  ],
  [
    'does not finalize what is removed',
    same,
    withVersions((versions) =>
      versions.map((version) => ({ ...version, finalized: version.finalized && version.state !== 'deleted' })),
    ),
    ['all is finalized together, with removed versions and tables that were not sent'],
  ],
  [
    'does not finalize what is not sent',
    withChanges((change) => ({ ...change, finalize: new Set() })),
    same,
    ['a marked record is finalized even if it is unchanged or not sent again'],
  ],
  [
    'gives all current records, whatever is asked',
    (store) => ({ ...store, currentRecords: (admission, table) => store.currentRecords(admission, table, none) }),
    same,
    ['the current records are those that are neither superseded, removed nor finalized'],
  ],
  [
    'rounds big numbers',
    withRecords((record) => ({
      ...record,
      values: new Map(
        [...record.values].map(([column, value]) => [column, typeof value === 'bigint' ? Number(value) : value]),
      ),
    })),
    same,
    ['values of every kind come back equal'],
  ],
  [
    'stores a thousand records',
    withChanges((change) => ({ ...change, records: change.records.slice(0, 1000) })),
    same,
    ['an upload may have 10,000 records'],
  ],
  ['fails after a start', same, failingAfterAll('begin'), ['a start that fails in the middle changes nothing']],
  ['fails after a step', same, failingAfterAll('stage'), ['a step that fails in the middle changes nothing']],
  [
    'adds the records of a step that fails',
    same,
    failingBut((store) => ({
      stage: (admission, upload, step) => async () => {
        await store.stage(admission, upload, adding(step))();
        return tooLate();
      },
    })),
    ['a step that fails in the middle changes nothing'],
  ],
  [
    'adds the records of a one-step upload that fails to the upload under way',
    same,
    failingBut((store) => ({
      storeWhole: (admission, _, whole) => async () => {
        const sessionId = some(sessionOf(admission) - 1);
        const other = { ...admission, session: { ...admission.session, sessionId } };
        await store.stage(other, uploadIdOf(other), adding(whole))();
        return tooLate();
      },
    })),
    ['a one-step upload that fails leaves the upload under way alone'],
  ],
  ['fails after an end', same, failingAfterAll('finish'), ['an end that fails in the middle changes nothing']],
  [
    'fails after a one-step upload',
    same,
    failingAfterAll('storeWhole'),
    ['a one-step upload that fails leaves the upload under way alone'],
  ],
];

describe('uploadLaws', () => {
  const uploads = inMemoryUploads();
  const laws = uploadLaws(uploads, subjectsOf(uploads));

  it.each(laws.map(({ name, check }) => [name, check] as const))(
    'are kept by the uploads in memory: %s',
    async (_, check) => {
      expect(await check()).toEqual(right(undefined));
    },
  );

  it.each(careless)('are broken by a store that %s', async (_, storeOf, subjectsThat, broken) => {
    const memory = inMemoryUploads();
    const store = storeOf(memory);
    expect(await brokenLaws(store, subjectsThat(subjectsOf(memory), store))).toEqual(broken);
  });

  it('say what was expected and what was found, both cut short', async () => {
    const told = async (difference: Partial<Store>, law: string) => {
      const memory = inMemoryUploads();
      const all = uploadLaws({ ...memory, ...difference }, subjectsOf(memory));
      return all.find(({ name }) => name === law)?.check();
    };
    expect(await told({ finish: () => done }, 'all that was staged counts at the end')).toEqual(
      left('expected 1 a current, 2 b current, second 3 c current; found nothing'),
    );
    const many = Array.from({ length: 10_000 }, (_, key) => `${String(key)} a deleted`).sort();
    const refusing = { begin: () => () => Promise.resolve(left(noUploadUnderWay)) };
    expect(await told(refusing, 'an upload may have 10,000 records')).toEqual(
      left(
        `expected ${many.join(', ').slice(0, 300)}; found no-upload-under-way, no-upload-under-way, no-upload-under-way`,
      ),
    );
  });

  it('send records as a tablet does', async () => {
    const memory = inMemoryUploads();
    const dates = new Set<string>();
    const spying = withRecords((record) => {
      const { key, moveOffTablet, values } = record;
      const date = isSome(record.whenLastModified) ? record.whenLastModified.value : 'none';
      dates.add(date);
      expect([...values].slice(0, 3)).toEqual([
        ['id', key],
        ['when_last_modified', date],
        ['_move_off_tablet', Number(moveOffTablet)],
      ]);
      expect([...values.keys()].slice(3)).toEqual(['q1']);
      return record;
    })(memory);
    expect(await brokenLaws(spying, subjectsOf(memory))).toEqual([]);
    expect([...dates].map((date) => new Date(date).toISOString()).sort()).toEqual([
      '2026-03-01T12:00:00.000Z',
      '2026-03-01T12:00:00.000Z',
      '2026-03-02T12:00:00.000Z',
    ]);
  });

  it('are none of failures for a store that cannot be made to fail', () => {
    const { failing: _, ...subjects } = subjectsOf(uploads);
    expect(uploadLaws(uploads, subjects).length).toBe(laws.length - 4);
  });

  it('have each been seen to fail', () => {
    expect(new Set(careless.flatMap(([, , , broken]) => broken))).toEqual(new Set(laws.map(({ name }) => name)));
  });
});
