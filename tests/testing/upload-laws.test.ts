import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { getOrElse, isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
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
import { untyped } from '../support/untyped.js';

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

const brokenLaws = async (spoil: Spoil): Promise<readonly string[]> => {
  const memory = inMemoryUploads();
  const { store, subjects } = spoil({ store: memory, subjects: subjectsOf(memory) });
  const names: string[] = [];
  for (const { name, check } of uploadLaws(store, subjects)) if (isLeft(await check())) names.push(name);
  return names;
};

const done = () => Promise.resolve(right(undefined));
const refuse = () => Promise.resolve(left(noUploadUnderWay));
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

/** A store, and what its laws are tried on. */
interface Trial {
  readonly store: Store;
  readonly subjects: Subjects;
}
type Spoil = (trial: Trial) => Trial;
type Change = ReturnType<Store['begin']>;

/** Gets something wrong with a store. */
const having =
  (mistake: (store: Store) => Partial<Store>): Spoil =>
  ({ store, subjects }) => ({ store: { ...store, ...mistake(store) }, subjects });

/** A store whose steps and whole uploads are changed on their way. */
const sending = (change: (staged: Staged) => Staged): Spoil =>
  having((store) => ({
    stage: (who, upload, step) => store.stage(who, upload, change(step)),
    storeWhole: (who, upload, whole) => store.storeWhole(who, upload, change(whole)),
  }));

const changing = (staged: Staged, change: (each: TableChange) => TableChange): Staged => ({
  ...staged,
  changes: new Map([...staged.changes].map(([table, each]) => [table, change(each)])),
});
const withChanges = (change: (each: TableChange) => TableChange) => sending((staged) => changing(staged, change));
const withRecords = (change: (record: UploadedRecord) => UploadedRecord) =>
  withChanges((each) => ({ ...each, records: each.records.map(change) }));

interface UnderWay {
  readonly who: UploadAdmission;
  readonly upload: UploadId;
  readonly staged: Staged;
}
type UnderWayOn = (who: UploadAdmission) => UnderWay | undefined;

const noting =
  (change: Change, note: () => void): Change =>
  async () => {
    const answer = await change();
    if (!isLeft(answer)) note();
    return answer;
  };

/** A store that knows what is under way on each device, and gets something wrong with it. */
const tracking = (mistake: (store: Store, on: UnderWayOn, all: ReadonlyMap<string, UnderWay>) => Partial<Store>) =>
  having((store) => {
    const underWay = new Map<string, UnderWay>();
    const on = ({ device }: UploadAdmission) => underWay.get(device.name);
    const keep = (who: UploadAdmission, upload: UploadId, staged: Staged) => () =>
      underWay.set(who.device.name, { who, upload, staged });
    const forget = (who: UploadAdmission) => () => underWay.delete(who.device.name);
    const tracked: Store = {
      ...store,
      begin: (who, upload) => noting(store.begin(who, upload), keep(who, upload, nothingStaged)),
      stage: (who, upload, step) => () => {
        const staged = stageStep(on(who)?.staged ?? nothingStaged)(step);
        return noting(store.stage(who, upload, step), keep(who, upload, staged))();
      },
      finish: (who, upload) => noting(store.finish(who, upload), forget(who)),
      storeWhole: (who, upload, whole) => noting(store.storeWhole(who, upload, whole), forget(who)),
    };
    return { ...tracked, ...mistake(tracked, on, underWay) };
  });

/** Steps and ends of one asker count as those of another, whose upload is under way. */
const takingFor = (isMistaken: (asker: UploadAdmission, other: UploadAdmission) => boolean) =>
  tracking((store, _, all) => {
    const taken = (asker: UploadAdmission): readonly [UploadAdmission, UploadId] => {
      const other = [...all.values()].find(({ who }) => isMistaken(asker, who));
      return other === undefined ? [asker, uploadIdOf(asker)] : [other.who, other.upload];
    };
    return {
      stage: (who, _, step) => () => store.stage(...taken(who), step)(),
      finish: (who) => () => store.finish(...taken(who))(),
    };
  });

const sessionOf = ({ session }: UploadAdmission): number => (isSome(session.sessionId) ? session.sessionId.value : 0);
const inSession = (who: UploadAdmission, sessionId: Option<number>): UploadAdmission => ({
  ...who,
  session: { ...who.session, sessionId },
});

let lastId = 1000;
/** A new name for each upload. */
const newId = (who: UploadAdmission): UploadId => uploadIdOf(inSession(who, some((lastId += 1))));

const withVersions =
  (change: (versions: readonly StoredVersion[]) => readonly StoredVersion[]): Spoil =>
  ({ store, subjects }) => {
    const versions: Subjects['versions'] = async (...asked) => change(await subjects.versions(...asked));
    return { store, subjects: { ...subjects, versions } };
  };
const finalizedIf = (isFinalized: (version: StoredVersion) => boolean) =>
  withVersions((versions) => versions.map((version) => ({ ...version, finalized: isFinalized(version) })));

/** Changes fail, but leave something behind. */
const failingBut =
  (leaving: (store: Store) => Partial<Store>): Spoil =>
  ({ store, subjects }) => {
    const failing: Store = { ...subjects.failing, ...leaving(store) };
    return { store, subjects: { ...subjects, failing } };
  };
const tooLate =
  (change: Change): Change =>
  async () => {
    await change();
    return left(fault('too late'));
  };

/** A step that adds its records, and does nothing else. */
const adding = (step: Staged): Staged => ({
  ...changing(step, (each) => ({ ...each, keep: 'all' })),
  finalizing: false,
});

/** Does each change of a device alone, and answers `locked` meanwhile. */
const locking = () => {
  const locked = new Set<string>();
  return ({ device: { name } }: UploadAdmission, change: Change): Change =>
    async () => {
      if (locked.has(name)) return left(fault('locked'));
      locked.add(name);
      await tick();
      locked.delete(name);
      return change();
    };
};

// The laws

const ofAnother = (what: string) => `a step or an end of another ${what} is refused`;
const again = (what: string) => `${what} sent again counts once`;
const atOnce = (what: string) => `${what} sent again while the first is at work counts once`;
const [failedStart, failedStep, failedEnd] = ['a start', 'a step', 'an end'].map(
  (what) => `${what} that fails in the middle changes nothing`,
) as [string, string, string];
const failedWhole = 'a one-step upload that fails leaves the upload under way alone';
const forgets = 'a new start forgets all of an unfinished upload';
const notBegunAgain = 'an upload that has staged something is not begun again in its session';
const afterEnd = 'a step after the end is refused, and an end after that';
const endsOther = 'a one-step upload ends the upload under way';
const twoDevices = 'the uploads of two devices do not mix';
const neverMatched = 'a finalized record is never matched again, even when its key is used again';
const marked = 'a marked record is finalized with the versions before it, and no other is';
const markedUnsent = 'a marked record is finalized even if it is unchanged or not sent again';
const together = 'all is finalized together, with removed versions and tables that were not sent';
const current = 'the current records are those that are neither superseded, removed nor finalized';
const manyRecords = 'an upload may have 10,000 records';

/** Stores that forget one thing. */
const careless = {
  'counts what is staged as current': tracking((store, on) => ({
    currentRecords: (who, table, keys) => async () => {
      const answer = await store.currentRecords(who, table, keys)();
      const staged = on(who)?.staged.changes.get(table)?.records ?? [];
      return isLeft(answer) ? answer : right([...answer.right, ...staged.map((record) => ({ ...record, ref: 0 }))]);
    },
  })),
  'loses what is sent of a second table': sending((staged) => ({
    ...staged,
    changes: new Map([...staged.changes].filter(([table]) => table !== 'gad7')),
  })),
  'goes on with what another upload has staged': tracking((store, on) => ({
    begin: (who, upload) => async () => {
      const before = on(who)?.staged ?? nothingStaged;
      await store.begin(who, upload)();
      return store.stage(who, upload, before)();
    },
  })),
  'begins the same upload again': having((store) => ({
    begin: (who, upload) => store.begin(inSession(who, none), upload),
  })),
  'refuses to begin what has begun': tracking((store, on) => ({
    begin: (who, upload) => () => (on(who)?.upload === upload ? refuse() : store.begin(who, upload)()),
  })),
  'takes steps of another session': takingFor((a, b) => a.user.id === b.user.id && a.device.id === b.device.id),
  'takes steps of another user': takingFor((a, b) => sessionOf(a) === sessionOf(b) && a.device.id === b.device.id),
  'takes steps of another device': takingFor((a, b) => sessionOf(a) === sessionOf(b) && a.user.id === b.user.id),
  'stages a step of another session or user, though it refuses it': tracking((store, on) => ({
    stage: (who, upload, step) => async () => {
      const other = on(who);
      if (other !== undefined && other.upload !== upload) await store.stage(other.who, other.upload, adding(step))();
      return store.stage(who, upload, step)();
    },
  })),
  'forgets of an unfinished upload all but its records': tracking((store, on) => ({
    begin: (who, upload) => async () => {
      const before = on(who)?.staged ?? nothingStaged;
      const answer = await store.begin(who, upload)();
      return isLeft(answer) || before.changes.size === 0 ? answer : store.stage(who, upload, adding(before))();
    },
  })),
  'stores a step after the end, though it refuses it': tracking((store, _, all) => ({
    stage: (who, upload, step) => async () => {
      const isAfterEnd = all.size === 0;
      const answer = await store.stage(who, upload, step)();
      if (isAfterEnd) await store.storeWhole(who, newId(who), adding(step))();
      return answer;
    },
  })),
  'stores with a one-step upload what is under way': tracking((store, on) => ({
    storeWhole: (who, upload, whole) => async () => {
      const before = on(who);
      if (before !== undefined) await store.storeWhole(who, newId(who), before.staged)();
      return store.storeWhole(who, upload, whole)();
    },
  })),
  'takes steps after the end': tracking((store, _, all) => ({
    stage: (who, upload, step) => () => (all.size === 0 ? done() : store.stage(who, upload, step)()),
  })),
  'repeats an end after a step that it has refused': tracking((store, on) => ({
    stage: (who, upload, step) => () => (on(who) === undefined ? refuse() : store.stage(who, upload, step)()),
  })),
  'goes on with an upload after a one-step one': tracking((store, on) => ({
    storeWhole: (who, upload, whole) => async () => {
      const before = on(who);
      const answer = await store.storeWhole(who, upload, whole)();
      if (before === undefined) return answer;
      await store.begin(before.who, before.upload)();
      await store.stage(before.who, before.upload, before.staged)();
      return answer;
    },
  })),
  'takes any one-step upload of a session for a repeat': having((store) => {
    let last: UploadId | undefined;
    return {
      storeWhole: (who, upload, whole) => {
        if (last === upload) return done;
        last = upload;
        return store.storeWhole(who, upload, whole);
      },
    };
  }),
  'knows one device': having((store) => {
    const { device } = admissionTo('end_upload');
    return {
      begin: (who, upload) => store.begin({ ...who, device }, upload),
      stage: (who, upload, step) => store.stage({ ...who, device }, upload, step),
      finish: (who, upload) => store.finish({ ...who, device }, upload),
    };
  }),
  'stores a step again under other keys': having((store) => {
    const seen = new Set<Staged>();
    const moved = ({ records }: TableChange) => records.map((record) => ({ ...record, key: record.key + 5 }));
    return {
      stage: (who, upload, step) => () => {
        const isRepeated = seen.has(step);
        seen.add(step);
        const other = changing(adding(step), (each) => ({ ...each, records: moved(each) }));
        return store.stage(who, upload, isRepeated ? other : step)();
      },
    };
  }),
  'refuses an end that was done': tracking((store, on) => ({
    finish: (who, upload) => () => (on(who) === undefined ? refuse() : store.finish(who, upload)()),
  })),
  'ends an upload twice when asked twice at once': tracking((store, on) => ({
    finish: (who, upload) => async () => {
      const before = on(who);
      if (before?.upload !== upload) return store.finish(who, upload)();
      await tick();
      await store.storeWhole(who, newId(who), before.staged)();
      await store.begin(who, upload)();
      return store.finish(who, upload)();
    },
  })),
  'stores a one-step upload as often as it is sent': having((store) => ({
    storeWhole: (who, _, whole) => () => store.storeWhole(who, newId(who), whole)(),
  })),
  'stores a one-step upload as often as it is sent at once': having((store) => {
    const stored = new Set<Staged>();
    return {
      storeWhole: (who, _, whole) => async () => {
        const isRepeated = stored.has(whole);
        await tick();
        stored.add(whole);
        return isRepeated ? right(undefined) : store.storeWhole(who, newId(who), whole)();
      },
    };
  }),
  'is locked while it begins or stages': having((store) => {
    const alone = locking();
    return {
      begin: (who, upload) => alone(who, store.begin(who, upload)),
      stage: (who, upload, step) => alone(who, store.stage(who, upload, step)),
    };
  }),
  'loses what is superseded': withVersions((versions) => versions.filter(({ state }) => state !== 'superseded')),
  'loses what is removed': withVersions((versions) => versions.filter(({ state }) => state !== 'deleted')),
  'compares dates as texts': withRecords((record) =>
    isSome(record.whenLastModified) && record.whenLastModified.value.endsWith('+01:00')
      ? { ...record, whenLastModified: some('2026-03-01T13:00:00.000+00:00') }
      : record,
  ),
  'matches what is finalized': (trial) => {
    const { store } = withRecords((record) => ({ ...record, moveOffTablet: false }))(trial);
    const isMarked = ({ finalized, values }: StoredVersion) => finalized || values.get('_move_off_tablet') === 1;
    return { ...finalizedIf(isMarked)(trial), store };
  },
  'does not finalize the versions before': finalizedIf(({ finalized, state }) => finalized && state !== 'superseded'),
  'does not finalize what is removed': finalizedIf(({ finalized, state }) => finalized && state !== 'deleted'),
  'does not finalize what is not sent': withChanges((each) => ({ ...each, finalize: new Set() })),
  'gives all current records, whatever is asked': having((store) => ({
    currentRecords: (who, table) => store.currentRecords(who, table, none),
  })),
  'rounds big numbers': withRecords((record) => {
    const rounded = [...record.values].map(
      ([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value] as const,
    );
    return { ...record, values: new Map(rounded) };
  }),
  'stores a thousand records': withChanges((each) => ({ ...each, records: each.records.slice(0, 1000) })),
  'fails after a start': failingBut((store) => ({ begin: (...all) => tooLate(store.begin(...all)) })),
  'fails after a step': failingBut((store) => ({ stage: (...all) => tooLate(store.stage(...all)) })),
  'fails after an end': failingBut((store) => ({ finish: (...all) => tooLate(store.finish(...all)) })),
  'fails after a one-step upload': failingBut((store) => ({
    storeWhole: (...all) => tooLate(store.storeWhole(...all)),
  })),
  'adds the records of a step that fails': failingBut((store) => ({
    stage: (who, upload, step) => tooLate(store.stage(who, upload, adding(step))),
  })),
  'adds the records of a one-step upload that fails to the upload under way': failingBut((store) => ({
    storeWhole: (who, _, whole) => {
      const other = inSession(who, some(sessionOf(who) - 1));
      return tooLate(store.stage(other, uploadIdOf(other), adding(whole)));
    },
  })),
} satisfies Readonly<Record<string, Spoil>>;

/** The laws that each of them breaks. */
const broken: Readonly<Record<keyof typeof careless, readonly string[]>> = {
  'counts what is staged as current': [
    'nothing of an upload counts before its end',
    failedStart,
    failedStep,
    failedEnd,
    failedWhole,
  ],
  'loses what is sent of a second table': ['all that was staged counts at the end', together],
  'goes on with what another upload has staged': [forgets, notBegunAgain],
  'begins the same upload again': [notBegunAgain],
  'refuses to begin what has begun': [notBegunAgain, again('a start')],
  'takes steps of another session': [ofAnother('session')],
  'takes steps of another user': [ofAnother('user')],
  'takes steps of another device': [ofAnother('device'), twoDevices],
  'stages a step of another session or user, though it refuses it': [ofAnother('session'), ofAnother('user')],
  'forgets of an unfinished upload all but its records': [forgets],
  'stores a step after the end, though it refuses it': [afterEnd],
  'stores with a one-step upload what is under way': [endsOther],
  'takes steps after the end': [afterEnd],
  'repeats an end after a step that it has refused': [afterEnd],
  'goes on with an upload after a one-step one': [endsOther],
  'takes any one-step upload of a session for a repeat': [
    'a one-step upload that says something else than the last counts',
  ],
  'knows one device': [ofAnother('device'), twoDevices],
  'stores a step again under other keys': [again('a step'), atOnce('a step')],
  'refuses an end that was done': [again('an end')],
  'ends an upload twice when asked twice at once': [atOnce('an end')],
  'stores a one-step upload as often as it is sent': [again('a one-step upload'), atOnce('a one-step upload')],
  'stores a one-step upload as often as it is sent at once': [atOnce('a one-step upload')],
  'is locked while it begins or stages': [atOnce('a start'), atOnce('a step')],
  'loses what is superseded': [
    'a version that was superseded is still there',
    marked,
    together,
    current,
    failedStart,
    failedStep,
    failedEnd,
    failedWhole,
  ],
  'loses what is removed': [
    'a version that was removed is still there',
    neverMatched,
    marked,
    together,
    current,
    manyRecords,
  ],
  'compares dates as texts': ['a record of the same instant is unchanged, whatever its offset'],
  'matches what is finalized': [neverMatched, marked, markedUnsent, current],
  'does not finalize the versions before': [marked, together],
  'does not finalize what is removed': [together],
  'does not finalize what is not sent': [markedUnsent],
  'gives all current records, whatever is asked': [current],
  'rounds big numbers': ['values of every kind come back equal'],
  'stores a thousand records': [manyRecords],
  'fails after a start': [failedStart],
  'fails after a step': [failedStep],
  'fails after an end': [failedEnd],
  'fails after a one-step upload': [failedWhole],
  'adds the records of a step that fails': [failedStep],
  'adds the records of a one-step upload that fails to the upload under way': [failedWhole],
};

describe('uploadLaws', () => {
  const uploads = inMemoryUploads();
  const laws = uploadLaws(uploads, subjectsOf(uploads));

  it.each(laws.map(({ name, check }) => [name, check] as const))(
    'are kept by the uploads in memory: %s',
    async (_, check) => {
      expect(await check()).toEqual(right(undefined));
    },
  );

  it.each(Object.entries(broken))('are broken by a store that %s', async (what, laws) => {
    expect([...(await brokenLaws(careless[untyped(what)]))].sort()).toEqual([...laws].sort());
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
    const expected = many.join(', ').slice(0, 300);
    const found = 'no-upload-under-way, no-upload-under-way, no-upload-under-way';
    expect(await told({ begin: () => refuse }, manyRecords)).toEqual(left(`expected ${expected}; found ${found}`));
  });

  it('send records as a tablet does', async () => {
    const dates = new Set<string>();
    const spying = withRecords((record) => {
      const { key, moveOffTablet, values } = record;
      const date = isSome(record.whenLastModified) ? record.whenLastModified.value : 'none';
      dates.add(date);
      const own = { id: key, when_last_modified: date, _move_off_tablet: Number(moveOffTablet) };
      expect([...values].slice(0, 3)).toEqual(Object.entries(own));
      expect([...values.keys()].slice(3)).toEqual(['q1']);
      return record;
    });
    expect(await brokenLaws(spying)).toEqual([]);
    const days = [...dates].map((date) => new Date(date).toISOString().replace('T12:00:00.000Z', '')).sort();
    expect(days).toEqual(['2026-03-01', '2026-03-01', '2026-03-02']);
  });

  it('send values of every kind', async () => {
    const memory = inMemoryUploads();
    const sent: unknown[] = [];
    const spying = withRecords((record) => {
      sent.push(record.values.get('q1'));
      return record;
    });
    const { store, subjects } = spying({ store: memory, subjects: subjectsOf(memory) });
    await uploadLaws(store, subjects)
      .find(({ name }) => name === 'values of every kind come back equal')
      ?.check();
    const everyByte = Uint8Array.from(Array.from({ length: 256 }).keys());
    expect(sent).toEqual([
      ...[null, '', "text with 'quotes', \\ and\r\nlines, Zoë 😀", 0, -1.5, NaN, Infinity],
      ...[9007199254740991, 9223372036854775807n, new Uint8Array(), everyByte],
    ]);
  });

  it('upload in sessions above that of the subjects', async () => {
    const memory = inMemoryUploads();
    const sessions = new Set<number>();
    const begin: Store['begin'] = (admission, upload) => {
      sessions.add(getOrElse(() => NaN)(admission.session.sessionId));
      return memory.begin(admission, upload);
    };
    const subjects = { ...subjectsOf(memory), admission: admissionTo('end_upload', { sessionId: some(500) }) };
    for (const { check } of uploadLaws({ ...memory, begin }, subjects)) await check();
    expect([...sessions].filter((id) => !(id > 500))).toEqual([]);
  });

  it('say by whom something is thrown', async () => {
    const memory = inMemoryUploads();
    const begin = () => () => Promise.reject(new Error('no connection'));
    const [, law] = uploadLaws({ ...memory, begin }, subjectsOf(memory));
    expect(await law?.check()).toEqual(left('the store was at fault: Error: no connection'));
  });

  it('are none of failures for a store that cannot be made to fail', () => {
    const { failing: _, ...subjects } = subjectsOf(uploads);
    expect(uploadLaws(uploads, subjects).length).toBe(laws.length - 4);
  });

  it('have each been seen to fail', () => {
    expect(new Set(Object.values(broken).flat())).toEqual(new Set(laws.map(({ name }) => name)));
  });
});
