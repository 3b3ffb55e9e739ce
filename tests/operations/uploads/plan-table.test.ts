import fc from 'fast-check';
import { fromNullable, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { planTable, type StoredRecord, type TablePlan } from '../../../src/operations/index.js';
import { anyChange, anyStored, change, dawn, noonElsewhere, record, stored } from '../../support/uploads.js';

const notFinalizing = { finalizing: false };

/** A plan in short: keys of what is sent, references of what is stored. */
const inShort = ({ insert, supersede, remove, unchanged, finalize }: TablePlan<string, string>) => ({
  insert: insert.map(({ key }) => key),
  supersede: supersede.map(({ ref, record: { key } }) => [ref, key]),
  remove,
  unchanged,
  finalize: finalize === 'all' ? finalize : [...finalize].sort(),
});

const nothing = { insert: [], supersede: [], remove: [], unchanged: [], finalize: [] };

describe('planTable', () => {
  const one = [stored(1)];

  it.each([
    ['what is not stored is inserted', [], change([record(1)]), { insert: [1] }],
    ['another date supersedes', [stored(1, some(dawn))], change([record(1)]), { supersede: [['ref 1', 1]] }],
    ['a date that is absent supersedes', one, change([record(1, '', { date: null })]), { supersede: [['ref 1', 1]] }],
    ['a date that was absent is superseded', [stored(1, none)], change([record(1)]), { supersede: [['ref 1', 1]] }],
    ['the same date is unchanged, whatever else differs', one, change([record(1, 'x')]), { unchanged: ['ref 1'] }],
    ['and so is the same instant', [stored(1, some(noonElsewhere))], change([record(1)]), { unchanged: ['ref 1'] }],
    ['what is not sent is removed', one, change([]), { remove: ['ref 1'] }],
    ['unless all is kept', one, change([], { keep: 'all' }), { unchanged: ['ref 1'] }],
    ['or its key is', one, change([], { keep: new Set([1]) }), { unchanged: ['ref 1'] }],
    ['but not if another is', one, change([], { keep: new Set([2]) }), { remove: ['ref 1'] }],
    ['a key that is kept but not stored is nothing', [], change([], { keep: new Set([1]) }), {}],
    [
      'what is marked is finalized: inserted, superseding, unchanged',
      [stored(1), stored(2, some(dawn))],
      change([1, 2, 3].map((key) => record(key, '', { moveOffTablet: true }))),
      { insert: [3], supersede: [['ref 2', 2]], unchanged: ['ref 1'], finalize: [1, 2, 3] },
    ],
    [
      'what is marked without being sent is finalized if it stays',
      [stored(1), stored(2)],
      change([], { keep: new Set([1]), finalize: new Set([1, 2, 3]) }),
      { unchanged: ['ref 1'], remove: ['ref 2'], finalize: [1] },
    ],
    [
      'a record that was sent before its mark is finalized',
      [],
      change([record(1)], { finalize: new Set([1]) }),
      { insert: [1], finalize: [1] },
    ],
  ])('%s', (_, before, sent, plan) => {
    expect(inShort(planTable(before)(sent, notFinalizing))).toEqual({ ...nothing, ...plan });
  });

  it.each([
    ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.000+00:00', true],
    ['2026-03-01T12:00:00.000+00:00', '2026-03-01T13:30:00.000+01:30', true],
    ['2026-03-01T23:30:00.000-01:00', '2026-03-02T00:30:00.000Z', true],
    ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.001+00:00', false],
    ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.000+01:00', false],
    ['no date', 'no date', true],
    ['no date', 'no Date', false],
    ['no date', '2026-03-01T12:00:00.000+00:00', false],
    ['2026-03-01T12:00:00.000+00:00', 'no date', false],
    [null, '2026-03-01T12:00:00.000+00:00', false],
    ['2026-03-01T12:00:00.000+00:00', null, false],
    [null, null, false],
  ])('tells whether two dates are the same instant: %s and %s, %s', (one, other, isSame) => {
    const plan = planTable([stored(1, fromNullable(one))])(change([record(1, '', { date: other })]), notFinalizing);
    expect([plan.unchanged.length, plan.supersede.length]).toEqual(isSame ? [1, 0] : [0, 1]);
  });

  it('finalizes all if the upload does', () => {
    const plan = planTable([stored(1), stored(2)])(change([record(1)]), { finalizing: true });
    expect(inShort(plan)).toEqual({ ...nothing, unchanged: ['ref 1'], remove: ['ref 2'], finalize: 'all' });
  });

  it('has each stored record in one list, and each sent record in one', () => {
    fc.assert(
      fc.property(anyStored, anyChange, fc.boolean(), (before, sent, finalizing) => {
        const { insert, supersede, remove, unchanged } = planTable(before)(sent, { finalizing });
        const refs = [...supersede.map(({ ref }) => ref), ...remove, ...unchanged];
        expect([...refs].sort()).toEqual(before.map(({ ref }) => ref).sort());

        const unchangedKeys = before.filter(({ ref }) => unchanged.includes(ref)).map(({ key }) => key);
        const sentKeys = sent.records.map(({ key }) => key);
        const planned = [...insert, ...supersede.map((each) => each.record)].map(({ key }) => key);
        expect([...planned, ...unchangedKeys.filter((key) => sentKeys.includes(key))].sort()).toEqual(sentKeys.sort());
      }),
      { numRuns: 1000 },
    );
  });

  it('changes nothing when the same change is planned again, but for records without a date', () => {
    fc.assert(
      fc.property(anyStored, anyChange, (before, sent) => {
        const { insert, supersede, remove } = planTable(before)(sent, notFinalizing);
        const gone = new Set([...remove, ...supersede.map(({ ref }) => ref)]);
        const added = [...insert, ...supersede.map((each) => each.record)];
        const after: readonly StoredRecord<string>[] = [
          ...before.filter(({ ref }) => !gone.has(ref)),
          ...added.map(({ key, whenLastModified }) => stored(key, whenLastModified, `new ${String(key)}`)),
        ];
        const again = planTable(after)(sent, notFinalizing);
        const undated = sent.records.filter(({ whenLastModified }) => whenLastModified === none).length;
        expect([again.insert.length, again.remove.length, again.supersede.length]).toEqual([0, 0, undated]);
      }),
      { numRuns: 500 },
    );
  });

  it('has a stored record in one list even if a host gives a key twice', () => {
    const before = [stored(1, some(dawn), 'first'), stored(1, some(dawn), 'second')];
    const plan = inShort(planTable(before)(change([record(1)]), notFinalizing));
    expect(plan).toEqual({ ...nothing, supersede: [['second', 1]], remove: ['first'] });
  });

  it('never looks into values, and copies none', () => {
    const values = new Proxy({}, { get: () => expect.fail('looked'), ownKeys: () => expect.fail('looked') });
    const sent = { ...record(1), values };
    const { insert } = planTable([])({ ...change([]), records: [sent] }, notFinalizing);
    expect(insert[0]).toBe(sent);
  });

  it('works on 100,000 records', () => {
    const many = Array.from({ length: 100_000 }, (_, key) => key);
    const plan = planTable(many.map((key) => stored(key)))(
      change(many.map((key) => record(key + 50_000))),
      notFinalizing,
    );
    expect([plan.insert.length, plan.remove.length, plan.unchanged.length]).toEqual([50_000, 50_000, 50_000]);
  });
});
