import {
  foldSteps,
  planUpload,
  type Staged,
  type StoredRecord,
  type TableChange,
  type TablePlan,
  type UploadStep,
} from 'camcops-tablet-session/operations';
import fc from 'fast-check';
import { fromNullable, isNone, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it, vi } from 'vitest';

import { untyped } from '../../support/untyped.js';
import * as uploads from '../../support/uploads.js';

const { anyChange, anyStep, anyStored, change, dawn, noon, record, someKeys, step, stored } = uploads;

type Before = readonly StoredRecord<string>[];
type Change = TableChange<string>;
type Plan = TablePlan<string, string>;

const keys = (...all: readonly number[]): ReadonlySet<number> => new Set(all);
const fewSteps = fc.array(anyStep, { maxLength: 5 });

const isKept = ({ keep }: Change, key: number): boolean => keep === 'all' || (keep !== 'sent' && keep.has(key));

/** What is said of a table, key by key from the rules. */
const naiveTable = (changes: readonly Change[]) => {
  const isLeftAlone = (key: number, from: number): boolean =>
    changes.slice(from).every((each) => isKept(each, key) && each.records.every((one) => one.key !== key));
  return {
    records: changes.flatMap(({ records }, at) => records.filter(({ key }) => isLeftAlone(key, at + 1))),
    kept: someKeys.filter((key) => changes.every((each) => isKept(each, key))),
    finalize: someKeys.filter((key) => changes.some((each, at) => each.finalize.has(key) && isLeftAlone(key, at + 1))),
  };
};
const naive = (steps: readonly UploadStep<string>[]) => {
  const changes = steps.flatMap((each) => each.changes);
  const tables = [...new Set(changes.map(({ table }) => table))];
  return {
    finalizing: steps.some((each) => each.finalizing),
    changes: tables.map((table) => [table, naiveTable(changes.filter((each) => each.table === table))]),
  };
};
const plain = ({ finalizing, changes }: Staged<string>) => ({
  finalizing,
  changes: [...changes.values()].map((each) => {
    const kept = someKeys.filter((key) => isKept(each, key));
    return [each.table, { records: each.records, kept, finalize: someKeys.filter((key) => each.finalize.has(key)) }];
  }),
});
const asStep = ({ finalizing, changes }: Staged<string>) => step([...changes.values()], finalizing);

describe('foldSteps', () => {
  it('says what its rules say, key by key, in the order in which the records were sent last', () => {
    fc.assert(
      fc.property(fewSteps, (steps) => {
        expect(plain(foldSteps(steps))).toEqual(naive(steps));
      }),
      { numRuns: 2000 },
    );
  });

  it('is associative, and folding steps twice is folding them once', () => {
    fc.assert(
      fc.property(fewSteps, fewSteps, (first, then) => {
        const all = foldSteps([...first, ...then]);
        const inParts = foldSteps([asStep(foldSteps(first)), asStep(foldSteps(then))]);
        expect(inParts).toEqual(all);
        expect([...inParts.changes.keys()]).toEqual([...all.changes.keys()]);
        expect(foldSteps([...first, ...first])).toEqual(foldSteps(first));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['all', 'all', 'all'],
    ['all', keys(1), keys(1)],
    [keys(1, 2), 'all', keys(1, 2)],
    [keys(1, 2), keys(2, 3, 4), keys(2)],
    ['sent', 'all', 'sent'],
    [keys(1), 'sent', 'sent'],
    ['sent', keys(1), 'sent'],
  ] as const)('keeps what both keep: %o and %o', (keep, other, both) => {
    const { changes } = foldSteps([step([change([], { keep })]), step([change([], { keep: other })])]);
    expect(changes.get('phq9')?.keep).toEqual(both);
  });

  it('copies no record, looks into no row, and changes nothing that it is given', () => {
    const row = new Proxy({}, { get: () => expect.fail('looked') });
    const sent = { ...record(1), row };
    const [keep, finalize] = [keys(1, 2), keys(1, 3)];
    const later = change<object>([{ ...record(2), row }], { keep: keys(1), finalize: keys(2) });
    const { changes } = foldSteps([step([change<object>([sent], { keep, finalize })]), step([later])]);
    expect(changes.get('phq9')?.records[0]).toBe(sent);
    expect([keep, finalize]).toEqual([keys(1, 2), keys(1, 3)]);
  });

  it('looks at each record as often in many steps as in two', () => {
    const count = 3000;
    let looks = 0;
    const counted = (key: number) => ({
      ...{ whenLastModified: some(noon), moveOffTablet: false, row: '' },
      get key() {
        looks += 1;
        return key;
      },
    });
    const workOf = (steps: readonly UploadStep<string>[]): number => {
      looks = 0;
      // To copy a map is to set each of its members.
      const sets = vi.spyOn(Map.prototype, 'set');
      const { changes } = foldSteps(steps);
      const work = looks + sets.mock.calls.length;
      sets.mockRestore();
      expect(changes.get('phq9')?.records.length).toBe(count);
      return work;
    };
    const records = Array.from({ length: count }, (_, key) => counted(key));
    const workIn = (...parts: readonly (typeof records)[]) =>
      workOf(parts.map((part) => step([change(part, { keep: 'all' })])));
    const inTwo = workIn(records.slice(1), records.slice(0, 1));
    expect(inTwo).toBeGreaterThan(count);
    expect(workIn(...records.map((each) => [each]))).toBeLessThan(2 * inTwo);
  });
});

const planOf = (before: Before, sent: Change): Plan => {
  const [plan] = planUpload(before)(foldSteps([step([sent])])).tables;
  return plan ?? expect.fail('no plan');
};

/** A plan in short: keys of what is sent, references of what is stored. */
const inShort = ({ insert, supersede, remove, unchanged, finalize }: Plan) => ({
  insert: insert.map(({ key }) => key),
  supersede: supersede.map(({ ref, record: { key } }) => [ref, key]),
  remove,
  unchanged,
  finalize: [...finalize].sort(),
});

const nothing = { insert: [], supersede: [], remove: [], unchanged: [], finalize: [] };

const isSameInstant = (one: Option<string>, other: Option<string>): boolean =>
  !isNone(one) && !isNone(other) && Date.parse(one.value) === Date.parse(other.value);

/** What becomes of each key, from the rules. */
const naivePlan = (before: Before, { records, keep, finalize }: Change) =>
  someKeys.map((key) => {
    const old = before.find((one) => one.key === key);
    const fresh = records.find((one) => one.key === key);
    if (old === undefined && fresh === undefined) return [];
    const isKept = keep === 'all' || (keep !== 'sent' && keep.has(key));
    if (fresh === undefined && !isKept) return ['remove'];
    const end = finalize.has(key) || fresh?.moveOffTablet === true ? ['finalize'] : [];
    if (old === undefined) return ['insert', ...end];
    const isUnchanged = fresh === undefined || isSameInstant(old.whenLastModified, fresh.whenLastModified);
    return [isUnchanged ? 'unchanged' : 'supersede', ...end];
  });
const byKey = ({ insert, supersede, remove, unchanged, finalize }: Plan) =>
  someKeys.map((key) => {
    const ref = `ref ${String(key)}`;
    return [
      ...insert.filter((one) => one.key === key).map(() => 'insert'),
      ...supersede.filter((one) => one.ref === ref && one.record.key === key).map(() => 'supersede'),
      ...unchanged.filter((one) => one === ref).map(() => 'unchanged'),
      ...remove.filter((one) => one === ref).map(() => 'remove'),
      ...(finalize.has(key) ? ['finalize'] : []),
    ];
  });

describe('planUpload', () => {
  const one = [stored(1)];

  it.each([
    ['what is not stored is inserted', [], change([record(1)]), { insert: [1] }],
    ['another date supersedes', [stored(1, some(dawn))], change([record(1)]), { supersede: [['ref 1', 1]] }],
    ['the same date is unchanged, whatever else differs', one, change([record(1, 'x')]), { unchanged: ['ref 1'] }],
    ['what is not sent is removed', one, change([]), { remove: ['ref 1'] }],
    ['unless its key is kept', one, change([], { keep: new Set([1]) }), { unchanged: ['ref 1'] }],
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
      'of two records of one key, which a host should not give, each is in one list',
      [stored(1, some(dawn), 'first'), stored(1, some(dawn), 'second')],
      change([record(1)]),
      { supersede: [['first', 1]], remove: ['second'] },
    ],
  ])('%s', (_, before, sent, plan) => {
    expect(inShort(planOf(before, sent))).toEqual({ ...nothing, ...plan });
  });

  it.each([
    ['2026-03-01T23:30:00.000-01:00', '2026-03-02T00:30:00.000Z', true],
    ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.001+00:00', false],
    ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.000+01:00', false],
    ['no date', 'no date', true],
    ['no date', 'no Date', false],
    ['no date', '2026-03-01T12:00:00.000+00:00', false],
    [null, '2026-03-01T12:00:00.000+00:00', false],
    ['2026-03-01T12:00:00.000+00:00', null, false],
    [null, null, false],
  ])('tells whether two dates are the same instant: %s and %s, %s', (date, other, isSame) => {
    const plan = planOf([stored(1, fromNullable(date))], change([record(1, '', { date: other })]));
    expect([plan.unchanged.length, plan.supersede.length]).toEqual(isSame ? [1, 0] : [0, 1]);
  });

  it('has each key, stored or sent, in the one list that the rules say, and finalizes only what is current then', () => {
    fc.assert(
      fc.property(anyStored, anyChange, (before, { records, ...rest }) => {
        const sent = change(records, { ...rest, table: 'phq9' });
        expect(byKey(planOf(before, sent))).toEqual(naivePlan(before, sent));
      }),
      { numRuns: 2000 },
    );
  });

  it('has a plan for each table that was named, each as if it were alone', () => {
    const elsewhere = ['gad7', 'other'].map((table) => ({ ...stored(1), table }));
    fc.assert(
      fc.property(anyStored, fc.array(anyStep, { maxLength: 4 }), (phq9, steps) => {
        const staged = foldSteps(steps);
        const before = [...elsewhere, ...phq9];
        const alone = [...staged.changes].flatMap(([table, each]) => {
          const own = before.filter((record) => record.table === table);
          return planUpload(own)({ finalizing: false, changes: new Map([[table, each]]) }).tables;
        });
        expect(planUpload(before)(staged)).toEqual({ finalizeAll: staged.finalizing, tables: alone });
      }),
    );
  });

  it('throws what a host can read if a stored key is no number, as pg gives bigint columns', () => {
    const before = [stored(1), stored(untyped('2'))];
    const words = 'the key of a stored record must be a number, was a string';
    expect(() => planOf(before, change([record(2)]))).toThrow(new TypeError(words));
  });

  it('never looks into rows, and copies none', () => {
    const row = new Proxy({}, { get: () => expect.fail('looked'), ownKeys: () => expect.fail('looked') });
    const sent = { ...record(1), row };
    const { tables } = planUpload([])(foldSteps([step([change<object>([sent])])]));
    expect(tables[0]?.insert[0]).toBe(sent);
  });

  it('works on 100,000 records', () => {
    const many = Array.from({ length: 100_000 }, (_, key) => key);
    const before = many.map((key) => stored(key));
    const plan = planOf(before, change(many.map((key) => record(key + 50_000))));
    expect([plan.insert.length, plan.remove.length, plan.unchanged.length]).toEqual([50_000, 50_000, 50_000]);
  });
});
