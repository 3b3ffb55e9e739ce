import { fault, type UploadAdmission } from 'camcops-tablet-session';
import {
  uploadTransition,
  type TableChange,
  type UploadRequest,
  type UploadStep,
  type UploadStore,
} from 'camcops-tablet-session/operations';
import { admissionTo, inMemoryUploads, type InMemoryUploads } from 'camcops-tablet-session/testing';
import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { anyRecords, change, dusk, noon, record, step, withRows } from '../support/uploads.js';

const ask = <E>({ transact }: UploadStore<E>, who: UploadAdmission, request: UploadRequest) =>
  transact(who, uploadTransition(who)(request));

const wholeOf = (
  ...records: readonly (readonly [key: number, date?: string | null, mark?: boolean, row?: string])[]
): UploadRequest => {
  const sent = records.map(([key, date = noon, moveOffTablet = false, row = '']) =>
    record(key, row, { date, moveOffTablet }),
  );
  return { type: 'whole', whole: withRows(step([change(sent)])) };
};
const endings = ({ versions }: InMemoryUploads) =>
  versions('tablet-1', 'phq9').map(({ state, finalizedIn }) => [
    state,
    isSome(finalizedIn) ? finalizedIn.value : 'open',
  ]);

const tables = ['phq9', 'gad7'] as const;
const anyUpload = fc.record({ finalizing: fc.boolean(), phq9: anyRecords, gad7: anyRecords });
type Upload = typeof anyUpload extends fc.Arbitrary<infer A> ? A : never;

const changesOf = (sent: Upload): readonly TableChange[] =>
  withRows(step(tables.map((table) => change(sent[table], { table })))).changes;

/** All versions, in an order that does not depend on how they were sent. */
const historyOf = ({ versions }: InMemoryUploads) =>
  tables.map((table) => {
    const texts: string[] = [];
    for (const { supersedes, ...version } of versions('tablet-1', table)) {
      const before = isSome(supersedes) ? texts[supersedes.value] : 'nothing';
      texts.push(JSON.stringify([version, before]));
    }
    return texts.sort();
  });

describe('inMemoryUploads', () => {
  it('keep the same history of databases, sent in one step or stepwise, whole tables or record by record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyUpload, { maxLength: 5 }), async (uploads) => {
        const [whole, stepwise, byRecord] = [inMemoryUploads(), inMemoryUploads(), inMemoryUploads()];
        for (const [index, sent] of uploads.entries()) {
          const who = admissionTo('end_upload', { sessionId: some(index + 1) });
          const { finalizing } = sent;
          const changes = changesOf(sent);
          await ask(whole, who, { type: 'whole', whole: { finalizing, changes } })();
          const oneByOne = changes.flatMap(({ records, ...rest }): readonly TableChange[] => [
            { ...rest, records: [], keep: new Set(records.map(({ key }) => key)) },
            ...records.map((each): TableChange => ({ ...rest, records: [each], keep: 'all' })),
          ]);
          for (const [store, steps] of [[stepwise, changes] as const, [byRecord, oneByOne] as const]) {
            const stage = (staged: UploadStep) => ask(store, who, { type: 'stage', step: staged })();
            await ask(store, who, { type: 'begin' })();
            for (const each of steps) await stage({ finalizing: false, changes: [each] });
            await stage({ finalizing, changes: [] });
            await ask(store, who, { type: 'finish' })();
          }
        }
        expect(historyOf(stepwise)).toEqual(historyOf(whole));
        expect(historyOf(byRecord)).toEqual(historyOf(whole));
      }),
      { numRuns: 200 },
    );
  });

  it('keep who uploaded each version, for which group, what it replaced, and the upload that finalized it', async () => {
    const uploads = inMemoryUploads();
    const who = admissionTo('end_upload', { user: { id: 7, uploadGroupId: some(3) } });
    expect(await ask(uploads, who, wholeOf([1], [2]))()).toEqual(right(undefined));
    await ask(uploads, who, wholeOf([2, dusk, true]))();
    const stored = { userId: 7, groupId: 3 };
    expect(uploads.versions('tablet-1', 'phq9')).toMatchObject([
      { ...stored, key: 1, state: 'deleted', finalized: false, finalizedIn: none, supersedes: none },
      { ...stored, key: 2, state: 'superseded', finalized: true, finalizedIn: some(2), supersedes: none },
      { ...stored, key: 2, state: 'current', finalized: true, finalizedIn: some(2), supersedes: some(1) },
    ]);
  });

  const night = '2026-03-01T23:00:00.000+00:00';
  it.each([
    [
      'a version with all that it replaced',
      [wholeOf([1]), wholeOf([1, dusk]), wholeOf([1, night, true])],
      [
        ['superseded', 3],
        ['superseded', 3],
        ['current', 3],
      ],
    ],
    [
      'no removed version with one that has its key',
      [wholeOf([1]), wholeOf(), wholeOf([1, dusk, true])],
      [
        ['deleted', 'open'],
        ['current', 3],
      ],
    ],
    ['a copy whose only news is a mark', [wholeOf([1]), wholeOf([1, noon, true])], [['current', 2]]],
    [
      'each version of a record without a date',
      [wholeOf([1, null, false, 'a']), wholeOf([1, null, true, 'b'])],
      [
        ['superseded', 2],
        ['current', 2],
      ],
    ],
  ])('finalize %s, with sessions and without', async (_, requests, expected) => {
    for (const sessionId of [some(1), none]) {
      const uploads = inMemoryUploads();
      for (const request of requests) await ask(uploads, admissionTo('end_upload', { sessionId }), request)();
      expect(endings(uploads)).toEqual(expected);
    }
  });

  it('begin again without a session: a new upload has the same name', async () => {
    const uploads = inMemoryUploads();
    const who = admissionTo('end_upload', { sessionId: none });
    const staged = withRows(step([change([record(1)])]));
    for (const request of [{ type: 'begin' }, { type: 'stage', step: staged }, { type: 'begin' }] as const)
      expect(await ask(uploads, who, request)()).toEqual(right(undefined));
    expect(await ask(uploads, who, { type: 'finish' })()).toEqual(right(undefined));
    expect(endings(uploads)).toEqual([]);
  });

  it('do nothing before they are asked, and fail on demand, without a change', async () => {
    const uploads = inMemoryUploads();
    const who = admissionTo('end_upload');
    const whole = ask(uploads, who, wholeOf([1]));
    expect(await ask(uploads.failing, who, wholeOf([1]))()).toEqual(left(fault('the change failed')));
    expect(endings(uploads)).toEqual([]);
    expect([await whole(), await whole()]).toEqual([right(undefined), right(undefined)]);
    expect(await uploads.failing.currentRecords(who, 'phq9', none)()).toMatchObject(right([{ table: 'phq9', key: 1 }]));
    expect(endings(uploads)).toEqual([['current', 'open']]);
  });
});
