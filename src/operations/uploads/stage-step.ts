/** The steps of an upload, folded into one change for each table. */
import { clientVersionOrd, type ClientVersion } from '../../client-version.js';
import type { UploadTables } from '../tables.js';
import { combineChanges } from './combine-changes.js';
import type { Staged, TableChange } from './table-change.js';

/** What an upload has said before its first step. */
export const nothingStaged: Staged<never> = { finalizing: false, changes: new Map() };

/**
 * What a command says, as one step. Two changes of one table count as the later after the earlier.
 *
 * @example
 * import { stepOf, type TableChange } from 'camcops-tablet-session/operations';
 *
 * const emptied = (table: string): TableChange => ({ table, records: [], keep: 'sent', finalize: new Set() });
 * [...stepOf({ changes: [emptied('patient'), emptied('blobs')] }).changes.keys()]; // ['patient', 'blobs']
 */
export const stepOf = <V>(command: {
  readonly changes: readonly TableChange<V>[];
  readonly finalizing?: boolean;
}): Staged<V> => {
  const changes = new Map<string, TableChange<V>>();
  for (const change of command.changes) {
    const earlier = changes.get(change.table);
    changes.set(change.table, earlier === undefined ? change : combineChanges(earlier, change));
  }
  return { finalizing: command.finalizing ?? false, changes };
};

/**
 * What an upload has said after one more step. Once a step finalizes, the upload does.
 *
 * @example
 * import { nothingStaged, stageStep, stepOf, type TableChange } from 'camcops-tablet-session/operations';
 *
 * const emptied = (table: string): TableChange => ({ table, records: [], keep: 'sent', finalize: new Set() });
 * const first = stageStep(nothingStaged)(stepOf({ changes: [emptied('patient')], finalizing: true }));
 * const both = stageStep(first)(stepOf({ changes: [emptied('blobs')] }));
 * both.finalizing; // true
 * [...both.changes.keys()]; // ['patient', 'blobs']
 */
export const stageStep =
  <V>(before: Staged<V>) =>
  <W>(step: Staged<W>): Staged<V | W> =>
    stepOf<V | W>({
      changes: [...before.changes.values(), ...step.changes.values()],
      finalizing: before.finalizing || step.finalizing,
    });

const changeOf = (table: string, keep: 'all' | 'sent'): TableChange<never> => {
  return { table, records: [], keep, finalize: new Set() };
};

/**
 * The changes that an upload comes to at its end, one for each table that it named. When all is finalized, every other table of
 * `tables` has a change as well, which only finalizes.
 *
 * @example
 * import { changesToPlan, nothingStaged } from 'camcops-tablet-session/operations';
 *
 * const plan = changesToPlan(new Map([['patient', {}], ['blobs', {}]]));
 * plan(nothingStaged); // []
 * plan({ ...nothingStaged, finalizing: true }).map(({ table, keep }) => [table, keep]); // [['patient', 'all'], ['blobs', 'all']]
 */
export const changesToPlan =
  (tables: ReadonlyMap<string, unknown>) =>
  <V>({ finalizing, changes }: Staged<V>): readonly TableChange<V>[] => {
    const others = finalizing ? [...tables.keys()].filter((table) => !changes.has(table)) : [];
    return [...changes.values(), ...others.map((table) => changeOf(table, 'all'))];
  };

/**
 * What a one-step upload says: a table that was not sent is empty on the tablet, if this client's version may use it. A table that
 * it may not use stays as it is.
 *
 * @example
 * import { parseClientVersion } from 'camcops-tablet-session';
 * import { wholeDatabase } from 'camcops-tablet-session/operations';
 * import { isRight } from 'fp-ts/lib/Either.js';
 *
 * const [old, today] = [parseClientVersion('2.3.0'), parseClientVersion('2.4.24')];
 * const tablesOf = (minClientVersion: typeof old) =>
 *   isRight(minClientVersion) && isRight(old)
 *     ? [...wholeDatabase(
 *         new Map([['phq9', { columns: new Set<string>(), minClientVersion: minClientVersion.right }]]),
 *         old.right,
 *       )({ finalizing: false, changes: [] }).changes.keys()]
 *     : [];
 * tablesOf(old); // ['phq9']
 * tablesOf(today); // []
 */
export const wholeDatabase =
  (tables: UploadTables, client: ClientVersion) =>
  <V>(command: { readonly finalizing: boolean; readonly changes: readonly TableChange<V>[] }): Staged<V> => {
    const sent = new Set(command.changes.map(({ table }) => table));
    const others = [...tables].flatMap(([table, { minClientVersion }]) =>
      !sent.has(table) && clientVersionOrd.compare(client, minClientVersion) >= 0 ? changeOf(table, 'sent') : [],
    );
    return stepOf({ finalizing: command.finalizing, changes: [...command.changes, ...others] });
  };
