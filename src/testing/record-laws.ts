/** The laws of what becomes of records, one per row. */
import type { Device, User } from '../index.js';
import type { Value } from '../operations/index.js';
import { textOf, type Move, type Trial } from './upload-trial.js';

/** By name: what tablets do, and the findings: those of the moves, then the sorted history. */
export type UploadLawTable<E, D extends Device, U extends User> = Readonly<
  Record<string, readonly [moves: (trial: Trial<E, D, U>) => readonly Move<E>[], findings: string]>
>;

const manyValues = Array.from({ length: 10_000 }, () => 'a');
const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const texts = ['', "text with 'quotes', \\ and\r\nlines, Zoë \u{1f600}"];
const numbers = [0, -1.5, NaN, Infinity, 2 ** 53 - 1, 2n ** 63n - 1n];
const someOfEveryKind: readonly Value[] = [null, ...texts, ...numbers, new Uint8Array(), everyByte];

export const keepAll = { keep: 'all' } as const;
export const finalizing = { finalizing: true };
export const oneStored = '1 a current';
export const oneFinalized = '1 a current finalized';

const linesOf = (values: readonly Value[], state: string): string =>
  values
    .map((value, key) => `${String(key)} ${textOf(value)} ${state}`)
    .sort()
    .join(', ');

/** What becomes of records. */
export const recordLaws = <E, D extends Device, U extends User>(
  values: readonly Value[] = someOfEveryKind,
): UploadLawTable<E, D, U> => ({
  'a version that was superseded is still there': [
    ({ one, next }) => [one.whole('1a'), next.whole('1b+')],
    '1 a superseded, 1 b current',
  ],
  'a version that was removed is still there': [({ one, next }) => [one.whole('1a'), next.whole('')], '1 a deleted'],
  'a record of the same instant is unchanged, whatever its offset': [
    ({ one, next }) => [one.whole('1a'), next.whole('1b~')],
    oneStored,
  ],
  'a finalized record is never matched again, even when its key is used again': [
    ({ one, next, third }) => [one.whole('1a*'), next.whole('1b'), third.whole(''), one.whole('1c+')],
    `${oneFinalized}, 1 b deleted, 1 c current`,
  ],
  'a marked record is finalized with the versions before it, and no other is': [
    ({ one, next }) => [one.whole('1a 2a 3a'), next.whole('1b+* 2a')],
    '1 a superseded finalized, 1 b current finalized, 2 a current, 3 a deleted',
  ],
  'a marked record is finalized even if it is unchanged or not sent again': [
    ({ one, next }) => [
      one.whole('1a 2a 3a'),
      ...[next.begin, next.send('1a*', { ...keepAll, finalize: new Set([2]) }), next.finish],
    ],
    `${oneFinalized}, 2 a current finalized, 3 a current`,
  ],
  'all is finalized together, with removed versions and tables that were not sent': [
    ({ one, next, third, inSecond }) => [
      ...[one.begin, one.send('1a 2a'), one.send('3c', inSecond), one.finish, next.whole('1b+')],
      ...[third.begin, third.send('', { ...keepAll, ...finalizing }), third.finish],
    ],
    '1 a superseded finalized, 1 b current finalized, 2 a deleted finalized, second 3 c current finalized',
  ],
  'what one upload finalized can be told from what another did, though their keys are the same': [
    ({ one, next, third, eras }) => [
      ...[one.whole('1a 2a', finalizing), next.whole('1b', finalizing), third.whole('1c'), eras],
    ],
    `eras 1,1,2,open, ${oneFinalized}, 1 b current finalized, 1 c current, 2 a current finalized`,
  ],
  'the current records are those that are neither superseded, removed nor finalized': [
    ({ one, next }) => [one.whole('1a 2a 3a 4a'), next.whole('1b+ 3a* 4a'), one.current(), one.current([2, 3, 4, 5])],
    'current 1,4, current 4, 1 a superseded, 1 b current, 2 a deleted, 3 a current finalized, 4 a current',
  ],
  'values of every kind come back equal': [
    ({ one }) => [one.begin, one.send(values), one.finish],
    linesOf(values, 'current'),
  ],
  'an upload may have 10,000 records': [
    ({ one, next }) => [one.begin, one.send(manyValues), one.finish, next.whole('')],
    linesOf(manyValues, 'deleted'),
  ],
});
