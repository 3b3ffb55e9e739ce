import { isDeepStrictEqual } from 'node:util';

import {
  noUploadUnderWay,
  noUploads,
  UploadState,
  uploadTransition,
  type UploadEffect,
  type UploadRequest,
  type UploadStep,
} from 'camcops-tablet-session/operations';
import { admissionTo } from 'camcops-tablet-session/testing';
import fc from 'fast-check';
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { decoded } from '../../support/decoded.js';
import { change, dusk, noon, noonElsewhere, record, step, withRows } from '../../support/uploads.js';

const asker = (userId: number, sessionId?: number, device = 'tablet-1') =>
  admissionTo('end_upload', {
    ...{ device, user: { id: userId } },
    sessionId: sessionId === undefined ? none : some(sessionId),
  });
type Asker = ReturnType<typeof asker>;

const me = asker(1, 1);
const withoutSession = asker(1);
const strangers = [asker(1, 11), asker(11, 1), asker(2, 1), asker(1, 2), asker(1), asker(2)];

const stepOf = (text: string): UploadStep => withRows(step([change([record(1, text)])]));
const [begin, finish]: readonly UploadRequest[] & [UploadRequest, UploadRequest] = [
  { type: 'begin' },
  { type: 'finish' },
];
const stage = (text: string): UploadRequest => ({ type: 'stage', step: stepOf(text) });
const whole: UploadRequest = { type: 'whole', whole: stepOf('a') };

const after =
  (who: Asker, ...requests: readonly UploadRequest[]) =>
  (before: UploadState) =>
    requests.reduce((state, request) => uploadTransition(who)(request)(state).state, before);
const begun = after(me, begin)(noUploads);
const staged = after(me, stage('a'))(begun);
const ended = after(me, finish)(staged);
const stored = after(me, whole)(noUploads);
const underWay = left({ code: 'upload-under-way' });
const refused = left(noUploadUnderWay);
const done = right(undefined);
const discard: UploadEffect = { type: 'discard' };
const store: UploadEffect = { type: 'store', whole: none };
const storeWhole: UploadEffect = { type: 'store', whole: some(stepOf('a')) };

describe('uploadTransition', () => {
  it.each([
    // Request, before; after, effects, answer.
    ['begin: nothing before', begin, noUploads, begun, [discard], done],
    ['begin: this upload has staged nothing', begin, begun, begun, [discard], done],
    ['begin: this upload has staged', begin, staged, staged, [], underWay],
    ['begin: this upload has ended', begin, ended, begun, [discard], done],
    ['begin: the last was a one-step upload', begin, stored, { ...begun, whole: stored.whole }, [discard], done],
    ['stage: nothing before', stage('a'), noUploads, noUploads, [], refused],
    ['stage: the first step', stage('a'), begun, staged, [{ type: 'stage', step: stepOf('a') }], done],
    ['stage: another step', stage('b'), staged, staged, [{ type: 'stage', step: stepOf('b') }], done],
    ['stage: this upload has ended', stage('b'), ended, noUploads, [], refused],
    ['stage: after a one-step upload', stage('b'), stored, stored, [], refused],
    ['finish: nothing before', finish, noUploads, noUploads, [], refused],
    ['finish: nothing staged', finish, begun, ended, [store, discard], done],
    ['finish: staged', finish, staged, ended, [store, discard], done],
    ['finish: ended', finish, ended, ended, [], done],
    ['finish: after a one-step upload', finish, stored, stored, [], refused],
    ['whole: nothing before', whole, noUploads, stored, [discard, storeWhole], done],
    ['whole: this upload has staged', whole, staged, stored, [discard, storeWhole], done],
    ['whole: this upload has ended', whole, ended, stored, [discard, storeWhole], done],
    ['whole: the same', whole, stored, stored, [], done],
    ['whole: the same, with a start between', whole, after(me, begin)(stored), after(me, begin)(stored), [], done],
  ] as const)('%s', (_, request, before, state, effects, answer) => {
    const transition = uploadTransition(me)(request)(before);
    expect(transition).toEqual({ state, effects, answer });
    // A request that changes nothing gives the identical object back.
    const changes = effects.length > 0 || !isDeepStrictEqual(state, before);
    expect(transition.state === before || changes).toBe(true);
  });

  it.each(strangers.map((who) => [who.user.id, who.session.sessionId, who] as const))(
    'another user or session has no part in an upload: user %s, session %o',
    (_, _1, who) => {
      const theirs = uploadTransition(who);
      const ofTheirs = after(who, begin)(noUploads);
      expect(ofTheirs).not.toEqual(begun);
      expect(theirs(begin)(staged)).toEqual({ state: ofTheirs, effects: [discard], answer: done });
      expect(theirs(stage('b'))(staged)).toEqual({ state: staged, effects: [], answer: refused });
      expect(theirs(stage('b'))(ended)).toEqual({ state: noUploads, effects: [], answer: refused });
      expect(theirs(finish)(staged)).toEqual({ state: staged, effects: [], answer: refused });
      expect(theirs(finish)(ended)).toEqual({ state: ended, effects: [], answer: refused });
      expect(theirs(whole)(stored)).toMatchObject({ effects: [discard, storeWhole], answer: done });
    },
  );

  it('begins anew without a session: each upload has the same name', () => {
    const state = after(withoutSession, begin)(noUploads);
    const again = uploadTransition(withoutSession)(begin)(after(withoutSession, stage('a'))(state));
    expect(again).toEqual({ state, effects: [discard], answer: done });
  });
});

describe('a one-step upload', () => {
  const dated = (differences: Parameters<typeof record>[2] = {}) => [change([record(1, 'a', differences)])];
  const undated = (row: string) => [change([record(1, row, { date: null })])];
  const of = (changes: readonly ReturnType<typeof change<string>>[], finalizing = false) =>
    withRows(step(changes, finalizing));

  it.each<readonly [string, UploadStep, UploadStep, boolean]>([
    ['nothing else', of(dated()), of(dated()), true],
    ['another value alone', of(dated()), of([change([record(1, 'b')])]), true],
    ['finalizing', of(dated()), of(dated(), true), false],
    ['a mark alone', of(dated()), of(dated({ moveOffTablet: true })), false],
    ['another key', of(dated()), of([change([record(2, 'a')])]), false],
    ['another date', of(dated()), of(dated({ date: dusk })), false],
    ['no date', of(dated()), of(dated({ date: null })), false],
    ['the same instant, written otherwise', of(dated()), of(dated({ date: noonElsewhere })), false],
    ['no date, and the same row', of(undated('a')), of(undated('a')), true],
    ['no date, and another row', of(undated('a')), of(undated('b')), false],
    ['a row that looks like a date', of(undated(noon)), of(dated()), false],
    ['another table', of(dated()), of([change([record(1, 'a')], { table: 'gad7' })]), false],
    ['another empty table', of([change([])]), of([change([], { table: 'gad7' })]), false],
    ['one empty table more', of(dated()), of([...dated(), change([], { table: 'gad7' })]), false],
    ['one record more', of(dated()), of([change([record(1, 'a'), record(2)])]), false],
    ['nothing at all', of(dated()), of([]), false],
  ])('is the same as the last, or not, with %s', (_, last, next, isSame) => {
    for (const who of [me, withoutSession]) {
      const before = after(who, { type: 'whole', whole: last })(noUploads);
      const { effects, state } = uploadTransition(who)({ type: 'whole', whole: next })(before);
      expect([effects.length, state.whole === before.whole]).toEqual([isSame ? 0 : 2, isSame]);
    }
  });

  it('may have values of every kind without a date, and its state stays short', () => {
    const row = { columns: ['a', 'b', 'c', '__proto__'], values: [NaN, 2n ** 64n, new Uint8Array(100_000), -0] };
    const step = { finalizing: true, changes: [change([{ ...record(1, '', { date: null }), row }])] };
    expect(JSON.stringify(after(me, { type: 'whole', whole: step })(noUploads)).length).toBeLessThan(200);
  });
});

const clients = [asker(1, 1), asker(1, 2), asker(2, 1), asker(1), asker(2), asker(1, 1, 'tablet-2')];
const anyText = fc.constantFrom('a', 'b', 'c');
const anyStage = anyText.map(stage);
const anyWhole = anyText.map((text): UploadRequest => ({ type: 'whole', whole: stepOf(text) }));
const inOrder = fc.array(anyStage, { maxLength: 3 }).map((steps) => [begin, ...steps, finish]);
const inAnyOrder = fc.array(fc.oneof(fc.constantFrom(begin, finish), anyStage, anyWhole), { maxLength: 3 });
const anyScript = fc.tuple(inOrder, inAnyOrder, inOrder, inAnyOrder).map((parts) => parts.flat());
/** One script for each client, with repeats, merged in any order. */
const anyDay = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...clients), anyScript), { minLength: 2, maxLength: 3 }),
    fc.infiniteStream(fc.nat(99)),
  )
  .map(([scripts, choices]) => {
    const next = (limit: number): number => Number(choices.next().value) % limit;
    const queues = scripts.map(([who, script]) => ({
      who,
      requests: script.flatMap((request) => Array.from({ length: 1 + next(3) }, () => request)),
    }));
    const day: { readonly who: Asker; readonly request: UploadRequest }[] = [];
    while (queues.some(({ requests }) => requests.length > 0)) {
      const { who, requests } = queues[next(queues.length)] ?? { who: me, requests: [] };
      const request = requests.shift();
      if (request !== undefined) day.push({ who, request });
    }
    return day;
  });

/** A device, and its uploads stored: who sent each, and its steps. */
interface Device {
  readonly state: UploadState;
  readonly staged: readonly UploadStep[];
  readonly uploads: readonly { readonly by: string; readonly steps: readonly UploadStep[] }[];
}
const nothing: Device = { state: noUploads, staged: [], uploads: [] };
const nameOf = ({ user, session }: Asker): string => JSON.stringify([user.id, session.sessionId]);

const carryOut =
  (by: string) =>
  (device: Device, effect: UploadEffect): Device => {
    if (effect.type === 'discard') return { ...device, staged: [] };
    if (effect.type === 'stage') return { ...device, staged: [...device.staged, effect.step] };
    const steps = isSome(effect.whole) ? [effect.whole.value] : device.staged;
    return { ...device, uploads: [...device.uploads, { by, steps }] };
  };
const asked = ({ state, ...device }: Device, who: Asker, request: UploadRequest) => {
  const decided = uploadTransition(who)(request)(state);
  const kept = decoded(UploadState, JSON.parse(JSON.stringify(decided.state)));
  expect(kept).toEqual(decided.state);
  return { ...decided, device: decided.effects.reduce(carryOut(nameOf(who)), { ...device, state: kept }) };
};

describe('uploads in any order, with repeats', () => {
  it('end with all that they staged, and nothing else, or are told that they do not', () => {
    const met = { ended: 0, repeated: 0, refused: 0, whole: 0 };
    fc.assert(
      fc.property(anyDay, (day) => {
        const devices = new Map<string, Device>();
        /** What each upload was told is taken, since it began. */
        const taken = new Map<string, readonly UploadStep[]>();
        for (const { who, request } of day) {
          const place = who.device.name;
          const before = devices.get(place) ?? nothing;
          const { answer, device } = asked(before, who, request);
          devices.set(place, device);
          const by = nameOf(who);
          const mine = taken.get(place + by) ?? [];
          const isNew = device.uploads.length > before.uploads.length;
          if (isLeft(answer)) {
            met.refused += 1;
            expect([device.staged, device.uploads]).toEqual([before.staged, before.uploads]);
          } else if (request.type === 'begin') taken.set(place + by, []);
          else if (request.type === 'stage') taken.set(place + by, [...mine, request.step]);
          else if (request.type === 'finish') {
            expect(device.uploads.at(-1)).toEqual({ by, steps: mine });
            met[isNew ? 'ended' : 'repeated'] += 1;
          } else {
            expect(device.uploads.at(-1)?.by).toBe(by);
            if (isNew) expect(device.uploads.at(-1)?.steps).toEqual([request.whole]);
            met.whole += 1;
          }
          if (request.type !== 'finish' && request.type !== 'whole') expect(isNew).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    // All four came often enough to mean something.
    expect(Object.entries(met).filter(([, times]) => times < 100)).toEqual([]);
  });

  it('change nothing if a request comes again at once, except that they stage its step again', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const devices = new Map<string, Device>();
        for (const { who, request } of day) {
          const first = asked(devices.get(who.device.name) ?? nothing, who, request);
          const again = asked(first.device, who, request);
          devices.set(who.device.name, first.device);
          expect([again.answer, again.state]).toEqual([first.answer, first.state]);
          const isStaged = request.type === 'stage' && isRight(first.answer);
          const staged = isStaged ? [...first.device.staged, request.step] : first.device.staged;
          expect(again.device).toEqual({ ...first.device, staged });
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('UploadState', () => {
  it('has its name', () => {
    expect(UploadState.name).toBe('UploadState');
  });

  it.each([
    ...[undefined, null, 'secret', 7, [], {}, new Map(Object.entries(noUploads))],
    ...Object.keys(noUploads).map((name) => ({ ...noUploads, [name]: undefined })),
    ...Object.keys(noUploads).map((name) => ({ ...noUploads, [name]: 1 })),
    { ...noUploads, hasStaged: 'secret' },
    { ...noUploads, whole: { secret: 1 } },
  ])('refuses %o, and never quotes it', (input) => {
    const result = UploadState.decode(input);
    expect(PathReporter.report(result)).toEqual(['must be a state that a transition returned']);
    expect(JSON.stringify(isLeft(result) && result.left.map(({ value, context }) => [value, context]))).not.toMatch(
      /secret|actual/,
    );
    expect(UploadState.is(input)).toBe(false);
  });
});
