import { fault, type UploadAdmission } from 'camcops-tablet-session';
import {
  cell,
  noUploads,
  noUploadUnderWay,
  uploadTransition,
  type TableChange,
  type UploadedRecord,
  type UploadEffect,
  type UploadState,
  type UploadStep,
  type UploadStore,
  type UploadTransition,
  type Value,
} from 'camcops-tablet-session/operations';
import { admissionTo, inMemoryUploads, uploadLaws } from 'camcops-tablet-session/testing';
import type { InMemoryUploads, StoredVersion } from 'camcops-tablet-session/testing';
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import { getOrElse, isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { untyped } from '../support/untyped.js';

type Store = UploadStore<string>;
type Decide = (state: UploadState) => UploadTransition;

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

/** A store, and what its laws are tried on. */
interface Trial {
  readonly store: Store;
  readonly subjects: Subjects;
}
type Spoil = (trial: Trial) => Trial;

const brokenLaws = async (spoil: Spoil): Promise<readonly string[]> => {
  const memory = inMemoryUploads();
  const { store, subjects } = spoil({ store: memory, subjects: subjectsOf(memory) });
  const names: string[] = [];
  for (const { name, check } of uploadLaws(store, subjects)) if (isLeft(await check())) names.push(name);
  return names;
};

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

const sessionOf = ({ session }: UploadAdmission): number => getOrElse(() => 0)(session.sessionId);

/** How an asker's upload is called. */
const nameOf = (who: UploadAdmission) => uploadTransition(who)({ type: 'begin' })(noUploads).state.underWay;

/** What a request would do if its upload were under way: the only way to tell what it asks for. */
const intentOf = (who: UploadAdmission, decide: Decide): readonly UploadEffect[] =>
  decide({ ...noUploads, underWay: nameOf(who) }).effects;
const kindOf = (who: UploadAdmission, decide: Decide): 'begin' | 'stage' | 'finish' | 'whole' => {
  const [first, second] = intentOf(who, decide);
  if (first?.type === 'stage') return 'stage';
  if (first?.type === 'store') return 'finish';
  return second === undefined ? 'begin' : 'whole';
};

/** Gets something wrong with a store. */
const having =
  (mistake: (store: Store) => Partial<Store>): Spoil =>
  ({ store, subjects }) => ({ store: { ...store, ...mistake(store) }, subjects });

/** Gets a transition wrong. */
const deciding = (mistake: (decide: Decide, who: UploadAdmission) => Decide): Spoil =>
  having((store) => ({ transact: (who, decide) => store.transact(who, mistake(decide, who)) }));

/** Gets wrong what a transition decided. */
const decided = (mistake: (transition: UploadTransition, before: UploadState) => Partial<UploadTransition>): Spoil =>
  deciding((decide) => (state) => ({ ...decide(state), ...mistake(decide(state), state) }));

/** Carries out other effects. */
const doing = (mistake: (effect: UploadEffect, all: readonly UploadEffect[]) => readonly UploadEffect[]): Spoil =>
  decided(({ effects }) => ({ effects: effects.flatMap((effect) => mistake(effect, effects)) }));

/** Gets steps wrong that are staged or stored. */
const withSteps = (mistake: (step: UploadStep) => UploadStep): Spoil =>
  doing((effect) => {
    if (effect.type === 'stage') return [{ ...effect, step: mistake(effect.step) }];
    if (effect.type === 'store' && isSome(effect.whole))
      return [{ ...effect, whole: some(mistake(effect.whole.value)) }];
    return [effect];
  });
const changing = (step: UploadStep, change: (each: TableChange) => TableChange): UploadStep => ({
  ...step,
  changes: step.changes.map(change),
});
const withRecords = (change: (record: UploadedRecord) => UploadedRecord) =>
  withSteps((step) => changing(step, (each) => ({ ...each, records: each.records.map(change) })));
const withValues = (change: (value: Value) => Value) =>
  withRecords((record) => ({ ...record, row: { ...record.row, values: record.row.values.map(change) } }));

/** A step that adds its records, and does nothing else. */
const adding = (step: UploadStep): UploadStep => ({
  ...changing(step, (each) => ({ ...each, keep: 'all' })),
  finalizing: false,
});
const storing = (step: UploadStep): UploadEffect => ({ type: 'store', whole: some(step) });
const stepIn = (effects: readonly UploadEffect[]): UploadStep | undefined =>
  effects.flatMap((effect) => (effect.type === 'stage' ? [effect.step] : [])).at(0);

/** Does something with a step that is refused. */
const onRefusedStep = (effectsOf: (step: UploadStep, state: UploadState) => readonly UploadEffect[]): Spoil =>
  deciding((decide, who) => (state) => {
    const step = stepIn(intentOf(who, decide));
    const transition = decide(state);
    return step === undefined || isRight(transition.answer)
      ? transition
      : { ...transition, effects: effectsOf(step, state) };
  });

/** Steps and ends of one asker count as those of the one who began on the device. */
const takingFor = (isMistaken: (asker: UploadAdmission, other: UploadAdmission) => boolean): Spoil => {
  const last = new Map<string, UploadAdmission>();
  return deciding((decide, who) => (state) => {
    const other = last.get(who.device.name);
    const kind = kindOf(who, decide);
    if (kind === 'begin') last.set(who.device.name, who);
    const isTaken = other !== undefined && state.underWay === nameOf(other) && isMistaken(who, other);
    return decide(isTaken && kind !== 'begin' && kind !== 'whole' ? { ...state, underWay: nameOf(who) } : state);
  });
};

/** One-step uploads of one session that look alike count once. */
const takingForRepeat = (looksOf: (step: UploadStep) => string): Spoil => {
  let last = '';
  return deciding((decide, who) => (state) => {
    const [, effect] = intentOf(who, decide);
    if (effect?.type !== 'store' || !isSome(effect.whole)) return decide(state);
    const looks = JSON.stringify([nameOf(who), effect.whole.value.finalizing, looksOf(effect.whole.value)]);
    const isRepeat = looks === last;
    last = looks;
    return isRepeat ? { state, effects: [], answer: right(undefined) } : decide(state);
  });
};

/** What is staged on each device, for a store that looks at it at the wrong time. */
const staging = (mistake: (store: Store, stagedOn: (who: UploadAdmission) => UploadStep) => Partial<Store>): Spoil =>
  having((store) => {
    const staged = new Map<string, UploadStep>();
    const stagedOn = ({ device }: UploadAdmission) => staged.get(device.name) ?? { finalizing: false, changes: [] };
    const tracked: Store = {
      ...store,
      transact: (who, decide) =>
        store.transact(who, (state) => {
          const transition = decide(state);
          for (const effect of transition.effects) {
            const { finalizing, changes } = stagedOn(who);
            if (effect.type === 'discard') staged.delete(who.device.name);
            if (effect.type === 'stage')
              staged.set(who.device.name, {
                finalizing: finalizing || effect.step.finalizing,
                changes: [...changes, ...effect.step.changes],
              });
          }
          return transition;
        }),
    };
    return { ...tracked, ...mistake(tracked, stagedOn) };
  });

const withVersions =
  (change: (versions: readonly StoredVersion[]) => readonly StoredVersion[]): Spoil =>
  ({ store, subjects }) => {
    const versions: Subjects['versions'] = async (...asked) => change(await subjects.versions(...asked));
    return { store, subjects: { ...subjects, versions } };
  };
const withVersion = (change: (version: StoredVersion) => Partial<StoredVersion>) =>
  withVersions((versions) => versions.map((version) => ({ ...version, ...change(version) })));

/** Changes fail, but those of a kind leave something behind. */
const failingAfter =
  (
    kind: ReturnType<typeof kindOf>,
    mistake: (decide: Decide, who: UploadAdmission) => Decide = (decide) => decide,
  ): Spoil =>
  ({ store, subjects }) => {
    const failing: Store = {
      ...subjects.failing,
      transact: (who, decide) => async () => {
        if (kindOf(who, decide) === kind) await store.transact(who, mistake(decide, who))();
        return left(fault('too late'));
      },
    };
    return { store, subjects: { ...subjects, failing } };
  };

// The laws

const ofAnother = (what: string) => `a step or an end of another ${what} is refused`;
const again = (what: string) => `${what} sent again counts once`;
const atOnce = (what: string) => `${what} sent again while the first is at work counts once`;
const [start, step, end, whole] = ['a start', 'a step', 'an end', 'a one-step upload'] as const;
const failed = {
  start: 'a start that fails in the middle changes nothing',
  step: 'a step that fails in the middle changes nothing',
  end: 'an end that fails in the middle changes nothing',
  whole: 'a one-step upload that fails leaves the upload under way alone',
};
const beforeEnd = 'nothing of an upload counts before its end';
const allCounts = 'all that was staged counts at the end';
const forgets = 'a new start forgets all of an unfinished upload';
const notBegunAgain = 'an upload that has staged something is not begun again in its session';
const afterEnd = 'a step after the end is refused, and an end after that';
const endsOther = 'a one-step upload ends the upload under way';
const markAlone = 'a one-step upload whose only news is a mark counts';
const saysElse = 'a one-step upload that says something else than the last counts';
const twoDevices = 'the uploads of two devices do not mix';
const superseded = 'a version that was superseded is still there';
const removed = 'a version that was removed is still there';
const sameInstant = 'a record of the same instant is unchanged, whatever its offset';
const neverMatched = 'a finalized record is never matched again, even when its key is used again';
const marked = 'a marked record is finalized with the versions before it, and no other is';
const markedUnsent = 'a marked record is finalized even if it is unchanged or not sent again';
const together = 'all is finalized together, with removed versions and tables that were not sent';
const eras = 'what one upload finalized can be told from what another did, though their keys are the same';
const current = 'the current records are those that are neither superseded, removed nor finalized';
const everyKind = 'values of every kind come back equal';
const manyRecords = 'an upload may have 10,000 records';

/** Stores that get one thing wrong, and the laws that each breaks. */
const careless: Readonly<Record<string, readonly [Spoil, readonly string[]]>> = {
  'counts what is staged as current': [
    staging((store, stagedOn) => ({
      currentRecords: (who, table, keys) => async () => {
        const answer = await store.currentRecords(who, table, keys)();
        const staged = stagedOn(who).changes.flatMap(({ records }) => records);
        return isLeft(answer)
          ? answer
          : right([...answer.right, ...staged.map((each) => ({ ...each, table, ref: 0 }))]);
      },
    })),
    [beforeEnd, ...Object.values(failed)],
  ],
  'loses what is sent of a second table': [
    withSteps((sent) => ({ ...sent, changes: sent.changes.filter(({ table }) => table !== 'gad7') })),
    [allCounts, together],
  ],
  'does not discard at a start': [
    doing((effect, { length }) => (effect.type === 'discard' && length === 1 ? [] : [effect])),
    [forgets],
  ],
  'says yes whatever the transition answers': [
    decided(() => ({ answer: right(undefined) })),
    [...['session', 'user', 'device'].map(ofAnother), notBegunAgain, afterEnd, endsOther],
  ],
  'forgets the state that a refusal leaves': [
    decided(({ answer }, before) => (isLeft(answer) ? { state: before } : {})),
    [afterEnd],
  ],
  'forgets that something is staged': [
    decided(({ state }) => ({ state: { ...state, hasStaged: false } })),
    [notBegunAgain],
  ],
  'forgets what has ended': [
    decided(({ state }) => ({ state: { ...state, finished: null } })),
    [again(end), atOnce(end)],
  ],
  'forgets what was stored in one step': [
    decided(({ state }) => ({ state: { ...state, whole: null } })),
    [again(whole), atOnce(whole)],
  ],
  'refuses to begin what has begun': [
    deciding((decide, who) => (state) => {
      const isRepeat = kindOf(who, decide) === 'begin' && state.underWay === nameOf(who);
      return isRepeat ? { state, effects: [], answer: left(noUploadUnderWay) } : decide(state);
    }),
    [notBegunAgain, again(start), atOnce(start)],
  ],
  'takes steps of another session': [takingFor((a, b) => a.user.id === b.user.id), [ofAnother('session')]],
  'takes steps of another user': [takingFor((a, b) => sessionOf(a) === sessionOf(b)), [ofAnother('user')]],
  'knows one device': [
    having((store) => ({
      transact: (who, decide) => store.transact({ ...who, device: admissionTo('end_upload').device }, decide),
    })),
    [ofAnother('device'), twoDevices],
  ],
  'stages a step that it refuses': [
    onRefusedStep((sent) => [{ type: 'stage', step: adding(sent) }]),
    [ofAnother('session'), ofAnother('user')],
  ],
  'stores a step that it refuses after the end': [
    onRefusedStep((sent, { underWay }) => (underWay === null ? [storing(adding(sent))] : [])),
    [afterEnd, ofAnother('device')],
  ],
  'stores with a one-step upload what is under way': [
    decided(({ effects }) =>
      effects.at(-1)?.type === 'store' ? { effects: [{ type: 'store', whole: none }, ...effects] } : {},
    ),
    [endsOther],
  ],
  'goes on with an upload after a one-step one': [
    decided(({ state, effects }, { underWay, hasStaged }) =>
      effects.some(({ type }) => type === 'store') && state.whole !== null
        ? { state: { ...state, underWay, hasStaged }, effects: effects.filter(({ type }) => type === 'store') }
        : {},
    ),
    [endsOther],
  ],
  'takes any one-step upload of a session for a repeat': [takingForRepeat(() => 'the same'), [markAlone, saysElse]],
  'takes a one-step upload with the same keys and dates for a repeat': [
    takingForRepeat(({ changes }) =>
      JSON.stringify(changes.map(({ records }) => records.map(({ key, whenLastModified }) => [key, whenLastModified]))),
    ),
    [markAlone],
  ],
  'stages a step again under other keys': [
    having((store) => {
      const seen = new Set<UploadStep>();
      const moved = ({ records }: TableChange) => records.map((each) => ({ ...each, key: each.key + 5 }));
      const again = doing((effect) => {
        if (effect.type !== 'stage') return [effect];
        const isRepeat = seen.has(effect.step);
        seen.add(effect.step);
        return [
          isRepeat
            ? { ...effect, step: changing(adding(effect.step), (each) => ({ ...each, records: moved(each) })) }
            : effect,
        ];
      });
      return again({ store, subjects: untyped(undefined) }).store;
    }),
    [again(step), atOnce(step)],
  ],
  'reads what is there before it waits for its turn': [
    staging((store, stagedOn) => ({
      transact: (who, decide) => async () => {
        let read = noUploads;
        await store.transact(who, (state) => ({ state: (read = state), effects: [], answer: right(undefined) }))();
        const staged = stagedOn(who);
        await tick();
        const { effects, ...transition } = decide(read);
        const stale = effects.map((effect) =>
          effect.type === 'store' && !isSome(effect.whole) ? storing(staged) : effect,
        );
        return store.transact(who, () => ({ ...transition, effects: stale }))();
      },
    })),
    [atOnce(end), atOnce(whole)],
  ],
  'fails while another request is at work': [
    having((store) => {
      const locked = new Set<string>();
      return {
        transact: (who, decide) => async () => {
          if (locked.has(who.device.name)) return left(fault('locked'));
          locked.add(who.device.name);
          await tick();
          locked.delete(who.device.name);
          return store.transact(who, decide)();
        },
      };
    }),
    [start, step, end, whole].map(atOnce),
  ],
  'loses what is superseded': [
    withVersions((versions) => versions.filter(({ state }) => state !== 'superseded')),
    [superseded, marked, together, current, ...Object.values(failed)],
  ],
  'loses what is removed': [
    withVersions((versions) => versions.filter(({ state }) => state !== 'deleted')),
    [removed, neverMatched, marked, together, current, manyRecords],
  ],
  'compares dates as texts': [
    withRecords((sent) => {
      const isElsewhere = isSome(sent.whenLastModified) && sent.whenLastModified.value.endsWith('+01:00');
      return isElsewhere ? { ...sent, whenLastModified: some('2026-03-01T13:00:00.000+00:00') } : sent;
    }),
    [sameInstant],
  ],
  'does not finalize what is marked': [
    withRecords((sent) => ({ ...sent, moveOffTablet: false })),
    [markAlone, neverMatched, marked, markedUnsent, current],
  ],
  'does not finalize the versions before': [
    withVersion(({ finalized, state }) => ({ finalized: finalized && state !== 'superseded' })),
    [marked, together],
  ],
  'does not finalize what is removed': [
    withVersion(({ finalized, state }) => ({ finalized: finalized && state !== 'deleted' })),
    [together],
  ],
  'does not finalize what is not sent': [
    withSteps((sent) => changing(sent, (each) => ({ ...each, finalize: new Set() }))),
    [markedUnsent],
  ],
  'forgets which upload finalized a version': [withVersion(() => ({ finalizedIn: none })), [eras]],
  'says that one upload finalized all': [
    withVersion(({ finalized }) => ({ finalizedIn: finalized ? some(1) : none })),
    [eras],
  ],
  'says that an upload finalized what it did not': [
    withVersion(({ finalizedIn }) => ({ finalizedIn: isSome(finalizedIn) ? finalizedIn : some(0) })),
    [eras],
  ],
  'gives all current records, whatever is asked': [
    having((store) => ({ currentRecords: (who, table) => store.currentRecords(who, table, none) })),
    [current],
  ],
  'rounds big numbers': [withValues((value) => (typeof value === 'bigint' ? Number(value) : value)), [everyKind]],
  'stores a thousand records': [
    withSteps((sent) => changing(sent, (each) => ({ ...each, records: each.records.slice(0, 1000) }))),
    [manyRecords],
  ],
  'fails after a start': [failingAfter('begin'), [failed.start]],
  'fails after a step': [failingAfter('stage'), [failed.step]],
  'fails after an end': [failingAfter('finish'), [failed.end]],
  'fails after a one-step upload': [failingAfter('whole'), [failed.whole]],
  'discards what is staged when a one-step upload fails': [
    failingAfter('whole', () => (state) => ({ state, effects: [{ type: 'discard' }], answer: right(undefined) })),
    [failed.whole],
  ],
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

  it.each(Object.entries(careless))('are broken by a store that %s', async (_, [spoil, broken]) => {
    expect([...(await brokenLaws(spoil))].sort()).toEqual([...broken].sort());
  });

  it('have each been seen to fail', () => {
    const seen = Object.values(careless).flatMap(([, broken]) => broken);
    expect(new Set(seen)).toEqual(new Set(laws.map(({ name }) => name)));
  });

  const told = async (spoil: Spoil, law: string) => {
    const memory = inMemoryUploads();
    const { store, subjects } = spoil({ store: memory, subjects: subjectsOf(memory) });
    return uploadLaws(store, subjects)
      .find(({ name }) => name === law)
      ?.check();
  };

  it('say what was expected and what was found, both cut short', async () => {
    const idle = having(() => ({ transact: () => () => Promise.resolve(right(undefined)) }));
    expect(await told(idle, allCounts)).toEqual(
      left('expected 1 a current, 2 b current, second 3 c current; found nothing'),
    );
    const many = Array.from({ length: 10_000 }, (_, key) => `${String(key)} a deleted`).sort();
    const expected = many.join(', ').slice(0, 300);
    const refusing = having(() => ({ transact: () => () => Promise.resolve(left(noUploadUnderWay)) }));
    const found = Array.from({ length: 4 }, () => 'no-upload-under-way').join(', ');
    expect(await told(refusing, manyRecords)).toEqual(left(`expected ${expected}; found ${found}`));
  });

  it('say that the store threw', async () => {
    const down = having(() => ({ transact: () => () => Promise.reject(new Error('no connection')) }));
    expect(await told(down, allCounts)).toEqual(left('the store was at fault: Error: no connection'));
  });

  type Versions = readonly StoredVersion[];
  const each = (change: object) => (versions: Versions) => versions.map((version) => ({ ...version, ...change }));
  it.each<readonly [string, (versions: Versions) => unknown]>([
    ['failed: Error: no connection', () => Promise.reject(new Error('no connection'))],
    ['answered wrongly: the answer must be an array, was undefined', () => undefined],
    ['answered wrongly: [0] must be an object, was null', (versions) => versions.map(() => null)],
    ['answered wrongly: [0].key must be a number, was a string', each({ key: '1' })],
    ['answered wrongly: [0].row must be a Row (columns and values), was a Map', each({ row: new Map() })],
    ["answered wrongly: [0].state must be 'current', 'superseded' or 'deleted', was a string", each({ state: 'x' })],
    ['answered wrongly: [0].finalized must be a boolean, was a number', each({ finalized: 0 })],
    ['answered wrongly: [0].finalizedIn must be an Option (none or some), was null', each({ finalizedIn: null })],
  ])('say that versions %s', async (words, answer) => {
    const spoil: Spoil = ({ store, subjects }) => {
      const versions: Subjects['versions'] = async (...asked) =>
        untyped(await answer(await subjects.versions(...asked)));
      return { store, subjects: { ...subjects, versions } };
    };
    expect(await told(spoil, allCounts)).toEqual(left(`the store was at fault: TypeError: versions ${words}`));
  });

  it('say that a version lacks the column', async () => {
    const spoil = withVersion(() => ({ row: { columns: ['id'], values: [1] } }));
    expect(await told(spoil, allCounts)).toEqual(left(expect.stringContaining('1 no value current')));
  });

  it('say that versions threw at once', async () => {
    const versions = () => {
      throw new Error('no connection');
    };
    const throwing: Spoil = ({ store, subjects }) => ({ store, subjects: { ...subjects, versions } });
    expect(await told(throwing, allCounts)).toEqual(
      left('the store was at fault: TypeError: versions failed: Error: no connection'),
    );
  });

  it('send records as a tablet does, with values of every kind', async () => {
    const dates = new Set<string>();
    const sent = new Set<unknown>();
    const spying = withRecords((record) => {
      const { key, moveOffTablet, row, whenLastModified } = record;
      const date = getOrElse(() => 'none')(whenLastModified);
      dates.add(date);
      expect(row.columns).toEqual(['id', 'when_last_modified', '_move_off_tablet', 'q1']);
      expect(row.values.slice(0, 3)).toEqual([key, date, Number(moveOffTablet)]);
      sent.add(getOrElse<unknown>(() => undefined)(cell('q1')(row)));
      return record;
    });
    expect(await brokenLaws(spying)).toEqual([]);
    const days = [...dates].map((date) => new Date(date).toISOString().replace('T12:00:00.000Z', '')).sort();
    expect(days).toEqual(['2026-03-01', '2026-03-01', '2026-03-02']);
    const everyByte = Uint8Array.from(Array.from({ length: 256 }).keys());
    expect([...sent].filter((value) => typeof value !== 'string' || !/^[a-z]$/.test(value))).toEqual([
      ...[null, '', "text with 'quotes', \\ and\r\nlines, Zoë 😀", 0, -1.5, NaN, Infinity],
      ...[9007199254740991, 9223372036854775807n, new Uint8Array(), everyByte],
    ]);
  });

  it('upload in sessions above that of the subjects', async () => {
    const sessions = new Set<number>();
    const memory = inMemoryUploads();
    const transact: Store['transact'] = (who, decide) => {
      sessions.add(sessionOf(who));
      return memory.transact(who, decide);
    };
    const subjects = { ...subjectsOf(memory), admission: admissionTo('end_upload', { sessionId: some(500) }) };
    for (const { check } of uploadLaws({ ...memory, transact }, subjects)) await check();
    expect([...sessions].filter((id) => !(id > 500))).toEqual([]);
  });

  it('are none of failures for a store that cannot be made to fail', () => {
    const { failing: _, ...subjects } = subjectsOf(uploads);
    expect(uploadLaws(uploads, subjects).length).toBe(laws.length - 4);
  });
});
