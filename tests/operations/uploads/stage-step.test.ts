import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  changesToPlan,
  combineChanges,
  nothingStaged,
  planTable,
  stageStep,
  stepOf,
  wholeDatabase,
  type Staged,
  type TableChange,
} from '../../../src/operations/index.js';
import { clientVersion } from '../../support/fixtures.js';
import { anyChange, anyStored, change, plain, record } from '../../support/uploads.js';

const tables = new Map(
  (
    [
      ['patient', '2.0.0'],
      ['phq9', '2.0.0'],
      ['newtask', '2.4.0'],
    ] as const
  ).map(
    ([table, minimum]) => [table, { columns: new Set<string>(), minClientVersion: clientVersion(minimum) }] as const,
  ),
);

const of = (table: string, sent: TableChange<string> = change([])): TableChange<string> => ({ ...sent, table });
const inShort = (changes: Iterable<TableChange<string>>) =>
  [...changes].map(({ table, records, keep }) => [table, records.length, keep]);
const changesOf = ({ changes }: Staged<string>) => inShort(changes.values());

describe('stepOf', () => {
  it('combines two changes of one table', () => {
    const step = stepOf({ changes: [change([record(1)]), of('patient'), change([record(2)], { keep: 'all' })] });
    expect(changesOf(step)).toEqual([
      ['phq9', 2, new Set()],
      ['patient', 0, 'sent'],
    ]);
    expect(step.finalizing).toBe(false);
  });
});

describe('stageStep', () => {
  it('leaves a step alone that is the first, and an upload that nothing is added to', () => {
    const step: Staged<string> = stepOf({ finalizing: true, changes: [of('patient'), of('phq9')] });
    expect(stageStep(nothingStaged)(step)).toEqual(step);
    expect(stageStep(step)(nothingStaged)).toEqual(step);
  });

  it('finalizes once a step does', () => {
    const [finalizes, does_not] = [stepOf({ finalizing: true, changes: [] }), stepOf({ changes: [] })];
    const all = [finalizes, does_not].flatMap((one) =>
      [finalizes, does_not].map((other) => stageStep(one)(other).finalizing),
    );
    expect(all).toEqual([true, true, true, false]);
  });

  it('gives the same plan, however the steps of an upload are split', () => {
    fc.assert(
      fc.property(anyStored, fc.array(anyChange, { minLength: 1 }), fc.nat(), (stored, changes, cut) => {
        const at = cut % changes.length;
        const step = (some: readonly TableChange<string>[]): Staged<string> => stepOf({ changes: some });
        const oneByOne = changes.map((each) => step([each])).reduce((before, next) => stageStep(before)(next));
        const inTwo = stageStep(step(changes.slice(0, at)))(step(changes.slice(at)));
        const atOnce = step([changes.reduce(combineChanges)]);
        const plans = [oneByOne, inTwo, atOnce].map((staged) =>
          changesToPlan(tables)(staged).map((each) => planTable(stored)(each, staged)),
        );
        expect(plans[1]).toEqual(plans[0]);
        expect(plans[2]).toEqual(plans[0]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('changesToPlan', () => {
  it('has a change for each table that was named', () => {
    const staged = stepOf({ changes: [of('patient'), of('other')] });
    expect(inShort(changesToPlan(tables)(staged))).toEqual([
      ['patient', 0, 'sent'],
      ['other', 0, 'sent'],
    ]);
  });

  it('has one for every table when all is finalized', () => {
    const staged = stepOf({ finalizing: true, changes: [of('phq9', change([record(1)]))] });
    expect(inShort(changesToPlan(tables)(staged))).toEqual([
      ['phq9', 1, 'sent'],
      ['patient', 0, 'all'],
      ['newtask', 0, 'all'],
    ]);
  });
});

describe('wholeDatabase', () => {
  it.each([
    ['2.4.0', ['phq9', 'patient', 'newtask']],
    ['2.3.9', ['phq9', 'patient']],
    ['2.4.0-beta', ['phq9', 'patient']],
    ['1.14.0', ['phq9']],
  ])('empties what was not sent, if the client may use it: %s', (version, names) => {
    const command = { finalizing: true, changes: [change([record(1)])] };
    const staged = wholeDatabase(tables, clientVersion(version))(command);
    expect(changesOf(staged)).toEqual(names.map((table) => [table, table === 'phq9' ? 1 : 0, 'sent']));
    expect(staged.finalizing).toBe(true);
  });

  it('says the same as the steps that send each table', () => {
    const sent = [of('newtask', change([record(1)])), of('patient', change([record(2)]))];
    const whole = wholeDatabase(tables, clientVersion('2.4.24'))({ finalizing: false, changes: sent });
    const steps = [of('phq9'), ...sent].map((each) => stepOf({ changes: [each] }));
    const folded = steps.reduce((before, next) => stageStep(before)(next));
    const byTable = (staged: Staged<string>) =>
      [...staged.changes.values()].map(plain).sort((a, b) => (a.table < b.table ? -1 : 1));
    expect(byTable(whole)).toEqual(byTable(folded));
  });
});
