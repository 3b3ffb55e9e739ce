/** Folds the steps of an upload, and plans what the upload does to the stored records. */
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import { instantOf } from '../wire/values.js';
import type { Row, TableChange, UploadedRecord, UploadStep } from './upload-step.js';

// Folding

/** Everything that an upload has said so far. */
export interface Staged<R = Row> {
  /** Whether every record of the device is finalized at the end. */
  readonly finalizing: boolean;
  /** One change per table. */
  readonly changes: ReadonlyMap<string, TableChange<R>>;
}

type Keep = TableChange['keep'];

/** Returns whether a change keeps the stored record of a key that it does not send. */
const keeps = (keep: Keep, key: number): boolean => keep === 'all' || (keep !== 'sent' && keep.has(key));

/** Returns what both keep, by going through the smaller set. */
const bothKeep = (one: Keep, other: Keep): Keep => {
  if (one === 'all' || other === 'sent') return other;
  if (other === 'all' || one === 'sent') return one;
  const [smaller, larger] = one.size < other.size ? [one, other] : [other, one];
  return new Set([...smaller].filter((key) => larger.has(key)));
};

const dropUnkept = (keys: { delete(key: number): boolean; keys(): Iterable<number> }, keep: Keep): void => {
  if (keep === 'all') return;
  for (const key of keys.keys()) if (!keeps(keep, key)) keys.delete(key);
};

/** Combines the changes of one table, in their order. */
const combined = <R>(table: string, changes: readonly TableChange<R>[]): TableChange<R> => {
  const [only] = changes;
  // A one-step upload has one change per table, with perhaps 100,000 records.
  if (only !== undefined && changes.length === 1) return only;
  const records = new Map<number, UploadedRecord<R>>();
  const finalize = new Set<number>();
  let keep: Keep = 'all';
  for (const change of changes) {
    dropUnkept(records, change.keep);
    dropUnkept(finalize, change.keep);
    for (const record of change.records) {
      // Deleted first, so that records end up in the order in which they were last sent.
      records.delete(record.key);
      records.set(record.key, record);
      // A record that is sent again brings its own mark.
      finalize.delete(record.key);
    }
    for (const key of change.finalize) finalize.add(key);
    keep = bothKeep(keep, change.keep);
  }
  return { table, records: [...records.values()], keep, finalize };
};

/**
 * Folds the steps of an upload, in their order, into one change per table:
 *
 * - A record stored before stays if all changes of its table keep it.
 * - A record that one change sends stays if the later ones keep it. If two send it, the later version counts.
 * - `finalize` holds the keys of the last change, and those keys of earlier changes that later ones keep and do not send again.
 * - The upload finalizes everything if one step does.
 *
 * Associative and idempotent; the time is linear in all steps together.
 *
 * @example
 * import { foldSteps, type UploadStep } from 'camcops-tablet-session/operations';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const record = (key: number, row: string) => {
 *   return { key, whenLastModified: some('2026-03-01T12:00:00.000+00:00'), moveOffTablet: false, row };
 * };
 * const step = (...records: readonly ReturnType<typeof record>[]): UploadStep<string> => {
 *   return { finalizing: false, changes: [{ table: 'blobs', records, keep: 'all', finalize: new Set() }] };
 * };
 * const { changes } = foldSteps([step(record(1, 'old'), record(2, 'two')), step(record(1, 'new'))]);
 * changes.get('blobs')?.records.map(({ row }) => row); // ['two', 'new']
 */
export const foldSteps = <R>(steps: Iterable<UploadStep<R>>): Staged<R> => {
  const sent = new Map<string, TableChange<R>[]>();
  let finalizing = false;
  for (const step of steps) {
    finalizing ||= step.finalizing;
    for (const change of step.changes) {
      const before = sent.get(change.table);
      if (before === undefined) sent.set(change.table, [change]);
      else before.push(change);
    }
  }
  const changes = new Map(Array.from(sent, ([table, list]) => [table, combined(table, list)]));
  return { finalizing, changes };
};

// Planning

/** A record of the device that is current and not finalized. */
export interface StoredRecord<Ref = unknown> extends Pick<UploadedRecord, 'key' | 'whenLastModified'> {
  /** The host's own reference to the stored version. */
  readonly ref: Ref;
  readonly table: string;
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

const planTable = <Ref, R>(stored: readonly StoredRecord<Ref>[], change: TableChange<R>): TablePlan<Ref, R> => {
  const supersede: { readonly ref: Ref; readonly record: UploadedRecord<R> }[] = [];
  const remove: Ref[] = [];
  const unchanged: Ref[] = [];
  const finalize = new Set<number>();
  /** Sent records that have matched no stored record so far. */
  const left = new Map<number, UploadedRecord<R>>();
  for (const record of change.records) {
    left.set(record.key, record);
    if (record.moveOffTablet || change.finalize.has(record.key)) finalize.add(record.key);
  }
  for (const { ref, key, whenLastModified } of stored) {
    // A host's mistake: pg gives bigint columns as strings. A string key would match no record, and every record would be stored twice.
    if (typeof key !== 'number') {
      // eslint-disable-next-line no-restricted-syntax -- It is thrown in the host's own code, and ends as a defect that says so.
      throw new TypeError(`the key of a stored record must be a number, was a ${typeof key}`);
    }
    const record = left.get(key);
    left.delete(key);
    if (record !== undefined && !isSameDate(whenLastModified, record.whenLastModified)) supersede.push({ ref, record });
    else if (record !== undefined || keeps(change.keep, key)) {
      unchanged.push(ref);
      if (change.finalize.has(key)) finalize.add(key);
    } else remove.push(ref);
  }
  return { table: change.table, insert: [...left.values()], supersede, remove, unchanged, finalize };
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
    const plans = Array.from(tables.values(), ({ change, before }) => planTable(before, change));
    return { finalizeAll: finalizing, tables: plans };
  };
