/** What an upload does to the stored records: the plan that a host carries out. */
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import { instantOf } from '../wire/values.js';
import { keeps, type Staged } from './fold-steps.js';
import type { Row } from './row.js';
import type { TableChange, UploadedRecord } from './upload-step.js';

/** A record of the device that is current and not finalized. */
export interface StoredRecord<Ref = unknown> {
  /** The host's own reference to the stored version. */
  readonly ref: Ref;
  readonly table: string;
  readonly key: number;
  /** As it was sent. */
  readonly whenLastModified: Option<string>;
}

/**
 * What to do in one table. Each stored record of the table is in exactly one of `supersede`, `remove` and `unchanged`. No version is ever
 * overwritten or destroyed.
 */
export interface TablePlan<Ref, R = Row> {
  readonly table: string;
  /** Records to store as new: no current record has their keys. */
  readonly insert: readonly UploadedRecord<R>[];
  /** Records to store, each as the successor of the version `ref`, which then is no longer current. */
  readonly supersede: readonly { readonly ref: Ref; readonly record: UploadedRecord<R> }[];
  /** Versions that are no longer current: the tablet has deleted them. */
  readonly remove: readonly Ref[];
  /** Versions that stay current. */
  readonly unchanged: readonly Ref[];
  /** Keys of records that are current afterwards: finalize each together with all its predecessors. */
  readonly finalize: ReadonlySet<number>;
}

/** What to do in one transaction: each table's plan, in any order, and then the finalizing. */
export interface UploadPlan<Ref, R = Row> {
  /** Whether to finalize, at the end, every version of the device: removed versions and other tables' too. */
  readonly finalizeAll: boolean;
  readonly tables: readonly TablePlan<Ref, R>[];
}

/** Returns whether two dates are the same instant. An absent date equals no date, so its record always counts as changed. */
export const isSameDate = (one: Option<string>, other: Option<string>): boolean => {
  if (isNone(one) || isNone(other)) return false;
  // Equal texts are not parsed: most records of an upload are unchanged.
  if (one.value === other.value) return true;
  const instant = instantOf(one.value);
  return instant !== undefined && instant === instantOf(other.value);
};

const fate = { same: 1, superseded: 2 };

const planTable = <Ref, R>(stored: readonly StoredRecord<Ref>[], change: TableChange<R>): TablePlan<Ref, R> => {
  const placeOf = new Map<number, number>();
  for (const [place, { key }] of stored.entries()) {
    // A host's mistake: pg gives bigint columns as strings. A string key would match no record, and every record would be stored twice.
    if (typeof key !== 'number') {
      // eslint-disable-next-line no-restricted-syntax -- It is thrown in the host's own code, and ends as a defect that says so.
      throw new TypeError(`the key of a stored record must be a number, was a ${typeof key}`);
    }
    placeOf.set(key, place);
  }
  const insert: UploadedRecord<R>[] = [];
  const supersede: { readonly ref: Ref; readonly record: UploadedRecord<R> }[] = [];
  const remove: Ref[] = [];
  const unchanged: Ref[] = [];
  const finalize = new Set<number>();

  const fates = new Uint8Array(stored.length);
  for (const record of change.records) {
    const place = placeOf.get(record.key) ?? -1;
    const before = stored[place];
    if (before === undefined) insert.push(record);
    else if (isSameDate(before.whenLastModified, record.whenLastModified)) fates[place] = fate.same;
    else {
      fates[place] = fate.superseded;
      supersede.push({ ref: before.ref, record });
    }
    if (record.moveOffTablet || change.finalize.has(record.key)) finalize.add(record.key);
  }
  for (const [place, { ref, key }] of stored.entries()) {
    if (fates[place] === fate.superseded) continue;
    if (fates[place] === fate.same || keeps(change.keep, key)) {
      unchanged.push(ref);
      if (change.finalize.has(key)) finalize.add(key);
    } else remove.push(ref);
  }
  return { table: change.table, insert, supersede, remove, unchanged, finalize };
};

/**
 * Plans what an upload does. Records match by key; they are unchanged if `whenLastModified` is the same instant, whatever else differs,
 * as for `upload_table` in CamCOPS's client API. `stored` must hold the device's records that are current and not finalized, at least of the
 * tables in `staged.changes`: a finalized record is never matched again. Throws a `TypeError` if a stored key is not a number.
 *
 * @example
 * import { foldSteps, planUpload, type TableChange } from 'camcops-tablet-session/operations';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const [morning, noon] = [some('2026-03-01T09:00:00.000+00:00'), some('2026-03-01T12:00:00.000+00:00')];
 * const stored = [
 *   { ref: 'row 7', table: 'phq9', key: 1, whenLastModified: morning },
 *   { ref: 'row 8', table: 'phq9', key: 2, whenLastModified: some('2026-03-01T10:00:00.000+01:00') },
 *   { ref: 'row 9', table: 'phq9', key: 3, whenLastModified: morning },
 * ];
 * const record = (key: number, whenLastModified: typeof noon) => {
 *   return { key, whenLastModified, moveOffTablet: false, row: `values of ${String(key)}` };
 * };
 * const change: TableChange<string> = {
 *   table: 'phq9', records: [record(1, noon), record(2, morning), record(4, noon)], keep: 'sent', finalize: new Set(),
 * };
 * const { tables: [plan] } = planUpload(stored)(foldSteps([{ finalizing: false, changes: [change] }]));
 * plan?.insert.map(({ key }) => key); // [4]
 * plan?.supersede.map(({ ref, record }) => [ref, record.key]); // [['row 7', 1]]
 * plan?.unchanged; // ['row 8']
 * plan?.remove; // ['row 9']
 */
export const planUpload =
  <Ref>(stored: readonly StoredRecord<Ref>[]) =>
  <R>({ finalizing, changes }: Staged<R>): UploadPlan<Ref, R> => {
    const tables = new Map<string, { readonly change: TableChange<R>; readonly before: StoredRecord<Ref>[] }>();
    for (const [table, change] of changes) tables.set(table, { change, before: [] });
    for (const record of stored) tables.get(record.table)?.before.push(record);
    return {
      finalizeAll: finalizing,
      tables: Array.from(tables.values(), ({ change, before }) => planTable(before, change)),
    };
  };
