/** What to do with the stored records of one table: the plan that a host carries out. */
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import { instantOf } from '../wire/instant.js';
import { keeps } from './combine-changes.js';
import type { TableChange, UploadedRecord } from './table-change.js';

/** One per current, not finalized record of the device in a table. `R` is the host's own reference to it. */
export interface StoredRecord<R = unknown> {
  readonly ref: R;
  readonly key: number;
  /** As it was sent. */
  readonly whenLastModified: Option<string>;
}

/**
 * Whether two dates are the same instant, whatever their offsets. An absent date equals none, so that its record always counts as
 * changed. Equal strings are not parsed: most records of an upload are unchanged.
 */
export const isSameDate = (one: Option<string>, other: Option<string>): boolean => {
  // Stryker disable next-line LogicalOperator: an absent date has no instant either; TypeScript needs both.
  if (isNone(one) || isNone(other)) return false;
  if (one.value === other.value) return true;
  const instant = instantOf(one.value);
  return instant !== undefined && instant === instantOf(other.value);
};

/**
 * What to do in one table. Each stored record is in exactly one of `supersede`, `remove` and `unchanged`. No version is ever
 * overwritten or destroyed.
 */
export interface TablePlan<R, V> {
  /** Records to store. Nothing current has their keys. */
  readonly insert: readonly UploadedRecord<V>[];
  /** Records to store, each as the successor of the version `ref`, which is no longer current. */
  readonly supersede: readonly { readonly ref: R; readonly record: UploadedRecord<V> }[];
  /** Versions that are no longer current: the tablet has deleted them. */
  readonly remove: readonly R[];
  /** Versions that stay current. */
  readonly unchanged: readonly R[];
  /**
   * What to finalize after all this: the current records of these keys, each with all its predecessors; or, if `'all'`, every
   * version in the table that is not finalized, removed ones too.
   */
  readonly finalize: 'all' | ReadonlySet<number>;
}

/** What becomes of a stored record whose key was sent. */
const fate = { same: 1, superseded: 2 };

/**
 * The plan of a change. Records match by key; they are unchanged if `whenLastModified` is the same instant, whatever else differs.
 * `stored` must hold all that is current and not finalized of the device in the table, and nothing else: what is finalized is never
 * matched again.
 *
 * @example
 * import { planTable, type TableChange } from 'camcops-tablet-session/operations';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const [morning, noon] = [some('2026-03-01T09:00:00.000+00:00'), some('2026-03-01T12:00:00.000+00:00')];
 * const stored = [
 *   { ref: 'row 7', key: 1, whenLastModified: morning },
 *   { ref: 'row 8', key: 2, whenLastModified: some('2026-03-01T10:00:00.000+01:00') },
 *   { ref: 'row 9', key: 3, whenLastModified: morning },
 * ];
 * const record = (key: number, whenLastModified: typeof noon) => {
 *   return { key, whenLastModified, moveOffTablet: false, values: `values of ${String(key)}` };
 * };
 * const change: TableChange<string> = {
 *   table: 'phq9', records: [record(1, noon), record(2, morning), record(4, noon)], keep: 'sent', finalize: new Set(),
 * };
 * const plan = planTable(stored)(change, { finalizing: false });
 * plan.insert.map(({ key }) => key); // [4]
 * plan.supersede.map(({ ref, record }) => [ref, record.key]); // [['row 7', 1]]
 * plan.unchanged; // ['row 8']
 * plan.remove; // ['row 9']
 */
export const planTable = <R>(stored: readonly StoredRecord<R>[]) => {
  const placeOf = new Map<number, number>();
  stored.forEach(({ key }, place) => placeOf.set(key, place));

  return <V>(change: TableChange<V>, { finalizing }: { readonly finalizing: boolean }): TablePlan<R, V> => {
    const insert: UploadedRecord<V>[] = [];
    const supersede: { readonly ref: R; readonly record: UploadedRecord<V> }[] = [];
    const remove: R[] = [];
    const finalize = new Set<number>();

    const fates = new Uint8Array(stored.length);
    for (const record of change.records) {
      const { key } = record;
      const place = placeOf.get(key) ?? -1;
      const before = stored[place];
      if (before === undefined) {
        insert.push(record);
      } else if (isSameDate(before.whenLastModified, record.whenLastModified)) {
        fates[place] = fate.same;
      } else {
        fates[place] = fate.superseded;
        supersede.push({ ref: before.ref, record });
      }
      if (record.moveOffTablet || change.finalize.has(key)) finalize.add(key);
    }

    // Of full length at once: mostly, all are unchanged, and a long list that grows is copied many times.
    // Stryker disable next-line ArrayDeclaration: its length only saves time.
    const unchanged = new Array<R>(stored.length);
    let count = 0;
    stored.forEach(({ ref, key }, place) => {
      if (fates[place] === fate.superseded) return;
      if (fates[place] === fate.same || keeps(change.keep, key)) {
        unchanged[count++] = ref;
        if (change.finalize.has(key)) finalize.add(key);
      } else {
        remove.push(ref);
      }
    });
    unchanged.length = count;
    return { insert, supersede, remove, unchanged, finalize: finalizing ? 'all' : finalize };
  };
};
