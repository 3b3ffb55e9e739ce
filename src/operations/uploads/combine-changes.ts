/** Two changes of one table as one. */
import type { TableChange } from './table-change.js';

type Keep = TableChange['keep'];

const noKeys: ReadonlySet<number> = new Set();

/** Whether a change keeps the stored record of a key that it does not send. */
export const keeps = (keep: Keep, key: number): boolean => keep === 'all' || (keep !== 'sent' && keep.has(key));

/** What both keep. Of the stored records, `'sent'` keeps none: a record that is sent needs no keeping. */
const bothKeep = (one: Keep, other: Keep): Keep => {
  if (one === 'sent' || other === 'sent') return noKeys;
  if (one === 'all') return other;
  if (other === 'all') return one;
  return new Set([...one].filter((key) => other.has(key)));
};

/**
 * Two changes of one table, the earlier first, as one:
 *
 * - A record stored before stays if both changes keep it.
 * - A record sent by the earlier change stays if the later keeps it. If both sent it, the later's version counts.
 * - `finalize` holds the keys of the later change, and those of the earlier that the later keeps and does not send again: a record
 *   that is sent again has a mark of its own.
 *
 * It is associative, and a change combined with itself is itself, but that `keep: 'sent'` becomes the empty set, which means the
 * same.
 *
 * @example
 * import { combineChanges, type TableChange } from 'camcops-tablet-session/operations';
 * import { some } from 'fp-ts/lib/Option.js';
 *
 * const record = (key: number, values: string) => {
 *   return { key, whenLastModified: some('2026-03-01T12:00:00.000+00:00'), moveOffTablet: false, values };
 * };
 * const sent: TableChange<string> = {
 *   table: 'blobs', records: [record(1, 'old'), record(2, 'two')], keep: 'all', finalize: new Set(),
 * };
 * const combined = combineChanges(sent, { ...sent, records: [record(1, 'new')], keep: new Set([3]) });
 * combined.records.map(({ values }) => values); // ['new']
 * [combined.keep].map((keep) => (typeof keep === 'string' ? keep : [...keep])); // [[3]]
 */
export const combineChanges = <V>(earlier: TableChange<V>, later: TableChange<V>): TableChange<V> => {
  const sentAgain = new Set(later.records.map(({ key }) => key));
  const stays = (key: number): boolean => keeps(later.keep, key) && !sentAgain.has(key);
  return {
    table: later.table,
    records: [...earlier.records.filter(({ key }) => stays(key)), ...later.records],
    keep: bothKeep(earlier.keep, later.keep),
    finalize: new Set([...[...earlier.finalize].filter(stays), ...later.finalize]),
  };
};
