/** The laws of uploads, one per row: what tablets do, and what is found afterwards. */
import { isLeft, right } from 'fp-ts/lib/Either.js';

import type { Device, User } from '../index.js';
import type { Value } from '../operations/index.js';
import { finalizing, keepAll, oneFinalized, oneStored, recordLaws, type UploadLawTable } from './record-laws.js';
import type { Move, Trial } from './upload-trial.js';

/** Makes several moves at once. Returns the first failure, if any. */
const atOnce =
  <E>(...moves: readonly Move<E>[]): Move<E> =>
  async () =>
    (await Promise.all(moves.map((move) => move()))).find(isLeft) ?? right(undefined);

/** When an upload counts, and which one a step belongs to. */
const stepLaws = <E, D extends Device, U extends User>(): UploadLawTable<E, D, U> => {
  const refused = (other: 'next' | 'otherUser' | 'otherDevice'): UploadLawTable<E, D, U>[string] => [
    ({ one, ...trial }) => [one.begin, one.send('1a'), trial[other].send('2b'), trial[other].finish, one.finish],
    `no-upload-under-way, no-upload-under-way, ${oneStored}`,
  ];
  return {
    'nothing of an upload counts before its end': [
      ({ one, next }) => [one.whole('1a'), next.begin, next.send('1b+ 2b', finalizing), next.current()],
      `current 1, ${oneStored}`,
    ],
    'all that was staged counts at the end': [
      ({ one, inSecond }) => [one.begin, one.send('1a'), one.send('3c', inSecond), one.send('2b', keepAll), one.finish],
      `${oneStored}, 2 b current, second 3 c current`,
    ],
    'a new start forgets all of an unfinished upload': [
      ({ one, next }) => [one.begin, one.send('1a', finalizing), next.begin, next.send('2b', keepAll), next.finish],
      '2 b current',
    ],
    'an upload that has staged something is not begun again in its session': [
      ({ one }) => [one.begin, one.send('1a'), one.begin, one.finish],
      `upload-under-way, ${oneStored}`,
    ],
    'a step or an end of another session is refused': refused('next'),
    'a step or an end of another user is refused': refused('otherUser'),
    'a step or an end of another device is refused': refused('otherDevice'),
    'a step after the end is refused, and an end after that': [
      ({ one }) => [one.begin, one.send('1a'), one.finish, one.send('2b'), one.finish],
      `no-upload-under-way, no-upload-under-way, ${oneStored}`,
    ],
    'a one-step upload ends the upload under way': [
      ({ one, next }) => [one.begin, one.send('2b'), next.whole('1a'), one.finish],
      `no-upload-under-way, ${oneStored}`,
    ],
    'a one-step upload whose only news is a mark counts': [
      ({ one }) => [one.whole('1a'), one.whole('1a*'), one.whole('')],
      oneFinalized,
    ],
    'a one-step upload that says something else than the last counts': [
      ({ one }) => [one.whole('1a', finalizing), one.whole('1b+', finalizing)],
      `${oneFinalized}, 1 b current finalized`,
    ],
    'the uploads of two devices do not mix': [
      ({ one, otherDevice: other }) => [
        atOnce(one.begin, other.begin),
        atOnce(one.send('1a'), other.send('1b', finalizing)),
        atOnce(one.finish, other.finish),
      ],
      `${oneStored}, elsewhere 1 b current finalized`,
    ],
  };
};

/** A client sends a request again if its connection breaks before a reply: in the same session, up to three times. */
const repeatLaws = <E, D extends Device, U extends User>(
  how: string,
  ask: (move: Move<E>) => readonly Move<E>[],
): UploadLawTable<E, D, U> => ({
  [`a start sent ${how} counts once`]: [({ one }) => [...ask(one.begin), one.send('1a'), one.finish], oneStored],
  [`a step sent ${how} counts once`]: [({ one }) => [one.begin, ...ask(one.send('1a')), one.finish], oneStored],
  [`an end sent ${how} counts once`]: [
    ({ one }) => [one.begin, one.send('1a', finalizing), ...ask(one.finish)],
    oneFinalized,
  ],
  [`a one-step upload sent ${how} counts once`]: [({ one }) => ask(one.whole('1a', finalizing)), oneFinalized],
});

/** What a failure in the middle leaves behind. */
export const failureLaws = <E, D extends Device, U extends User>(): UploadLawTable<E, D, U> => {
  const nothingFrom = (fail: (failing: Trial<E, D, U>['failing']) => Move<E>): UploadLawTable<E, D, U>[string] => [
    ({ one, next, failing }) => [
      ...[one.whole('1a'), next.begin, next.send('1b+ 2b'), fail(failing), next.current(), next.finish],
    ],
    'fault, current 1, 1 a superseded, 1 b current, 2 b current',
  ];
  return {
    'a start that fails in the middle changes nothing': nothingFrom(({ third }) => third.begin),
    'a step that fails in the middle changes nothing': nothingFrom(({ next }) => next.send('9z', finalizing)),
    'an end that fails in the middle changes nothing': nothingFrom(({ next }) => next.finish),
    'a one-step upload that fails leaves the upload under way alone': nothingFrom(({ third }) => third.whole('9z')),
  };
};

/** Returns all laws except those of failures. */
export const allLaws = <E, D extends Device, U extends User>(values?: readonly Value[]): UploadLawTable<E, D, U> => ({
  ...stepLaws<E, D, U>(),
  ...repeatLaws<E, D, U>('again', (move) => [move, move]),
  ...repeatLaws<E, D, U>('again while the first is at work', (move) => [atOnce(move, move, move, move)]),
  ...recordLaws<E, D, U>(values),
});
