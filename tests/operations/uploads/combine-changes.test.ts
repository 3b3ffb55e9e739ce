import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { combineChanges, type TableChange } from '../../../src/operations/index.js';
import { anyChange, change, plain, record } from '../../support/uploads.js';

const keys = (...all: readonly number[]): ReadonlySet<number> => new Set(all);

const combined = (earlier: TableChange<string>, later: TableChange<string>) => plain(combineChanges(earlier, later));

describe('combineChanges', () => {
  it('counts the later version of a record that both sent', () => {
    const { records } = combined(
      change([record(1, 'old'), record(2, 'two')], { keep: 'all' }),
      change([record(1, 'new')], { keep: 'all' }),
    );
    expect(records.map(({ values }) => values)).toEqual(['two', 'new']);
  });

  it.each([
    ['all', 'all', 'all'],
    ['all', keys(1), [1]],
    [keys(1), 'all', [1]],
    [keys(1, 2), keys(2, 3), [2]],
    ['sent', 'all', []],
    ['all', 'sent', []],
    ['sent', keys(1), []],
    [keys(1), 'sent', []],
    ['sent', 'sent', []],
  ] as const)('keeps what both keep: %o and %o', (one, other, both) => {
    expect(combined(change([], { keep: one }), change([], { keep: other })).keep).toEqual(both);
  });

  it.each([
    ['sent', []],
    ['all', [1, 2]],
    [keys(2, 3), [2]],
  ] as const)('drops what the earlier sent and the later does not keep: %o', (keep, left) => {
    const { records } = combined(change([record(1), record(2)]), change([], { keep }));
    expect(records.map(({ key }) => key)).toEqual(left);
  });

  it.each([
    ['of a record that stays', change([], { keep: 'all' }), [1]],
    ['unless the later does not keep the record', change([], { keep: keys(2) }), []],
    ['unless the later sends the record again, unmarked', change([record(1)], { keep: 'all' }), []],
    ['and those of the later', change([], { keep: 'all', finalize: keys(3) }), [1, 3]],
    ['but those of the later whatever it sends', change([record(3)], { finalize: keys(3) }), [3]],
  ])('finalizes what the earlier does, %s', (_, later, finalize) => {
    expect(combined(change([], { keep: 'all', finalize: keys(1) }), later).finalize).toEqual(finalize);
  });

  it('is associative', () => {
    fc.assert(
      fc.property(anyChange, anyChange, anyChange, (a, b, c) => {
        expect(combined(combineChanges(a, b), c)).toEqual(combined(a, combineChanges(b, c)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is idempotent: a change twice is the change', () => {
    fc.assert(
      fc.property(anyChange, (a) => {
        expect(combined(a, a)).toEqual(plain(a));
      }),
      { numRuns: 500 },
    );
  });

  it('writes `sent` as the empty set, which means the same', () => {
    expect(combineChanges(change([], { keep: 'sent' }), change([], { keep: 'sent' })).keep).toEqual(keys());
  });

  it('copies no record and no values, and changes nothing that it is given', () => {
    const earlier = change([record(1)], { keep: keys(1, 2), finalize: keys(1) });
    const later = change([record(2)], { keep: keys(1), finalize: keys(2) });
    const before = JSON.stringify([plain(earlier), plain(later)]);
    const { records } = combineChanges(earlier, later);
    expect(records[0]).toBe(earlier.records[0]);
    expect(records[1]).toBe(later.records[0]);
    expect(JSON.stringify([plain(earlier), plain(later)])).toBe(before);
  });
});
