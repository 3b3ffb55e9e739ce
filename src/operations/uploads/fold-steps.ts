/** The steps of an upload, folded into one change per table. */
import type { TableChange, UploadedRecord, UploadStep } from './upload-step.js';
import type { Row } from './row.js';

/** Everything that an upload has said so far. */
export interface Staged<R = Row> {
  /** Whether every record of the device is finalized at the end. */
  readonly finalizing: boolean;
  /** One change per table. */
  readonly changes: ReadonlyMap<string, TableChange<R>>;
}

type Keep = TableChange['keep'];

/** Returns whether a change keeps the stored record of a key that it does not send. */
export const keeps = (keep: Keep, key: number): boolean => keep === 'all' || (keep !== 'sent' && keep.has(key));

/** Returns what both keep, by going through the smaller set. */
const bothKeep = (one: Keep, other: Keep): Keep => {
  if (one === 'all' || other === 'sent') return other;
  if (other === 'all' || one === 'sent') return one;
  const [smaller, larger] = one.size < other.size ? [one, other] : [other, one];
  return new Set([...smaller].filter((key) => larger.has(key)));
};

/** The changes of one table so far. Mutable, because copying it at each step would take quadratic time. */
interface Folding<R> {
  readonly records: Map<number, UploadedRecord<R>>;
  readonly finalize: Set<number>;
  keep: Keep;
}

const dropUnkept = (keys: { delete(key: number): boolean; keys(): Iterable<number> }, keep: Keep): void => {
  if (keep === 'all') return;
  for (const key of keys.keys()) if (!keeps(keep, key)) keys.delete(key);
};

const addChange = <R>(folding: Folding<R>, { records, keep, finalize }: TableChange<R>): void => {
  dropUnkept(folding.records, keep);
  dropUnkept(folding.finalize, keep);
  for (const record of records) {
    // Deleted first, so that records end up in the order in which they were last sent.
    folding.records.delete(record.key);
    folding.records.set(record.key, record);
    // A record that is sent again brings its own mark.
    folding.finalize.delete(record.key);
  }
  for (const key of finalize) folding.finalize.add(key);
  folding.keep = bothKeep(folding.keep, keep);
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
  const foldings = new Map<string, Folding<R>>();
  let finalizing = false;
  for (const step of steps) {
    finalizing ||= step.finalizing;
    for (const change of step.changes) {
      const before = foldings.get(change.table);
      const folding = before ?? { records: new Map(), finalize: new Set(), keep: 'all' };
      if (before === undefined) foldings.set(change.table, folding);
      addChange(folding, change);
    }
  }
  const changes = new Map<string, TableChange<R>>();
  for (const [table, { records, keep, finalize }] of foldings)
    changes.set(table, { table, records: [...records.values()], keep, finalize });
  return { finalizing, changes };
};
