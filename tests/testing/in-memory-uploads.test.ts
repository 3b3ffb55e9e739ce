import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { fault } from '../../src/index.js';
import {
  noUploadUnderWay,
  nothingStaged,
  stepOf,
  uploadIdOf,
  type TableChange,
  type Value,
} from '../../src/operations/index.js';
import { admissionTo, inMemoryUploads, type InMemoryUploads } from '../../src/testing/index.js';
import { anyRecords, dusk, noon } from '../support/uploads.js';

const admission = admissionTo('end_upload', { user: { id: 7, uploadGroupId: some(3) } });
const upload = uploadIdOf(admission);

const whole = (...records: readonly (readonly [key: number, date: string, mark?: boolean])[]) =>
  stepOf({
    changes: [
      {
        table: 'phq9',
        records: records.map(([key, date, moveOffTablet = false]) => ({
          key,
          whenLastModified: some(date),
          moveOffTablet,
          values: new Map<string, Value>([['id', key]]),
        })),
        keep: 'sent',
        finalize: new Set(),
      },
    ],
  });

const tables = ['phq9', 'gad7'];
const anyUpload = fc.record({ finalizing: fc.boolean(), phq9: anyRecords, gad7: anyRecords });
type Upload = typeof anyUpload extends fc.Arbitrary<infer A> ? A : never;

const changesOf = (sent: Upload): readonly TableChange[] =>
  (['phq9', 'gad7'] as const).map((table) => ({
    table,
    records: sent[table].map(({ values, ...record }) => ({ ...record, values: new Map([['text', values]]) })),
    keep: 'sent',
    finalize: new Set(),
  }));

/** All versions, in an order that does not depend on how they were sent. */
const historyOf = ({ versions }: InMemoryUploads) =>
  tables.map((table) => {
    const texts: string[] = [];
    for (const { supersedes, values, ...version } of versions('tablet-1', table)) {
      const before = isSome(supersedes) ? texts[supersedes.value] : 'nothing';
      texts.push(JSON.stringify([version, [...values], before]));
    }
    return texts.sort();
  });

describe('inMemoryUploads', () => {
  it('keep the same history of databases, sent in one step or stepwise, whole tables or record by record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyUpload, { maxLength: 5 }), async (uploads) => {
        const [whole, stepwise, byRecord] = [inMemoryUploads(), inMemoryUploads(), inMemoryUploads()];
        for (const [index, sent] of uploads.entries()) {
          const asker = admissionTo('end_upload', { sessionId: some(index + 1) });
          const id = uploadIdOf(asker);
          const { finalizing } = sent;
          const changes = changesOf(sent);
          await whole.storeWhole(asker, id, stepOf({ finalizing, changes }))();
          const oneByOne = changes.flatMap((change) => [
            { ...change, records: [], keep: new Set(change.records.map(({ key }) => key)) },
            ...change.records.map((record): TableChange => ({ ...change, records: [record], keep: 'all' })),
          ]);
          for (const [store, steps] of [[stepwise, changes] as const, [byRecord, oneByOne] as const]) {
            await store.begin(asker, id)();
            for (const change of steps) await store.stage(asker, id, stepOf({ changes: [change] }))();
            await store.stage(asker, id, stepOf({ finalizing, changes: [] }))();
            await store.finish(asker, id)();
          }
        }
        expect(historyOf(stepwise)).toEqual(historyOf(whole));
        expect(historyOf(byRecord)).toEqual(historyOf(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('keep who uploaded each version, for which group, and what it replaced', async () => {
    const uploads = inMemoryUploads();
    expect(await uploads.storeWhole(admission, upload, whole([1, noon], [2, noon]))()).toEqual(right(undefined));
    await uploads.storeWhole(admission, upload, whole([2, dusk, true]))();
    const stored = { userId: 7, groupId: 3 };
    expect(uploads.versions('tablet-1', 'phq9')).toMatchObject([
      { ...stored, key: 1, state: 'deleted', finalized: false, supersedes: none },
      { ...stored, key: 2, state: 'superseded', finalized: true, supersedes: none },
      { ...stored, key: 2, state: 'current', finalized: true, supersedes: some(1), whenLastModified: some(dusk) },
    ]);
  });

  const endings = ({ versions }: InMemoryUploads) =>
    versions('tablet-1', 'phq9').map(({ state, finalized }) => [state, finalized]);

  it('finalize with a version all that it replaced, one after another', async () => {
    const uploads = inMemoryUploads();
    const night = '2026-03-01T23:00:00.000+00:00';
    for (const step of [whole([1, noon]), whole([1, dusk]), whole([1, night, true])]) {
      await uploads.storeWhole(admission, upload, step)();
    }
    expect(endings(uploads)).toEqual([
      ['superseded', true],
      ['superseded', true],
      ['current', true],
    ]);
  });

  it('do not finalize a removed version with one that has its key', async () => {
    const uploads = inMemoryUploads();
    for (const step of [whole([1, noon]), whole(), whole([1, dusk, true])]) {
      await uploads.storeWhole(admission, upload, step)();
    }
    expect(endings(uploads)).toEqual([
      ['deleted', false],
      ['current', true],
    ]);
  });

  it('begin again without a session: a new upload has the same name', async () => {
    const uploads = inMemoryUploads();
    const sessionless = admissionTo('end_upload', { sessionId: none });
    const id = uploadIdOf(sessionless);
    await uploads.begin(sessionless, id)();
    await uploads.stage(sessionless, id, whole([1, noon]))();
    expect(await uploads.begin(sessionless, id)()).toEqual(right(undefined));
    await uploads.finish(sessionless, id)();
    expect(uploads.versions('tablet-1', 'phq9')).toEqual([]);
  });

  it('end what has staged nothing, and know nothing of others', async () => {
    const uploads = inMemoryUploads();
    expect(await uploads.finish(admission, upload)()).toEqual(left(noUploadUnderWay));
    await uploads.begin(admission, upload)();
    expect(await uploads.finish(admission, upload)()).toEqual(right(undefined));
    expect(uploads.versions('tablet-1', 'phq9')).toEqual([]);
    expect(await inMemoryUploads().finish(admission, upload)()).toEqual(left(noUploadUnderWay));
  });

  it('do nothing before they are asked, and the same at each asking', async () => {
    const uploads = inMemoryUploads();
    const begin = uploads.begin(admission, upload);
    expect(await uploads.stage(admission, upload, nothingStaged)()).toEqual(left(noUploadUnderWay));
    expect([await begin(), await begin()]).toEqual([right(undefined), right(undefined)]);
  });

  it('fail on demand, and then have changed nothing', async () => {
    const uploads = inMemoryUploads();
    const failed = left(fault('the change failed'));
    expect(await uploads.failing.storeWhole(admission, upload, whole([1, noon]))()).toEqual(failed);
    expect(uploads.versions('tablet-1', 'phq9')).toEqual([]);
    expect(await uploads.failing.currentRecords(admission, 'phq9', none)()).toEqual(right([]));
  });
});
