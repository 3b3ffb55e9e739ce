import { foldSteps, type Staged, type TableChange, type UploadStep } from 'camcops-tablet-session/operations';
import fc from 'fast-check';
import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it, vi } from 'vitest';

import { anyStep, change, noon, record, someKeys, step } from '../../support/uploads.js';

const keys = (...all: readonly number[]): ReadonlySet<number> => new Set(all);
const fewSteps = fc.array(anyStep, { maxLength: 5 });

type Change = TableChange<string>;
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
        expect(inParts).toStrictEqual(all);
        expect([...inParts.changes.keys()]).toEqual([...all.changes.keys()]);
        expect(foldSteps([...first, ...first])).toStrictEqual(foldSteps(first));
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

  it('looks at each record as often in many steps as in one', () => {
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
    const inOne = workOf([step([change(records, { keep: 'all' })])]);
    expect(inOne).toBeGreaterThan(count);
    expect(workOf(records.map((each) => step([change([each], { keep: 'all' })])))).toBeLessThan(2 * inOne);
  });
});
