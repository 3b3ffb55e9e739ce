import { none, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { keysToSend } from '../../../src/operations/index.js';
import { dawn, noon, noonElsewhere, stored } from '../../support/uploads.js';

type Asked = readonly [key: number, date: Option<string>, mark: Option<boolean>];

const answer = (asked: readonly Asked[], before = [stored(1), stored(2)]) => {
  const { keys, change } = keysToSend(before)({
    table: 'blobs',
    asked: asked.map(([key, whenLastModified, moveOffTablet]) => ({ key, whenLastModified, moveOffTablet })),
  });
  return { keys, finalize: [...change.finalize], change };
};

const unmarked = some(false);

describe('keysToSend', () => {
  it.each([
    ['what is stored with the same date is not wanted', [[1, some(noon), unmarked]], [], []],
    ['nor with the same instant', [[1, some(noonElsewhere), unmarked]], [], []],
    ['what is not stored is wanted', [[3, some(noon), unmarked]], [3], []],
    ['and so is another date', [[1, some(dawn), unmarked]], [1], []],
    ['or none', [[1, none, unmarked]], [1], []],
    ['a mark finalizes what need not be sent', [[1, some(noon), some(true)]], [], [1]],
    ['what is sent has a mark of its own', [[3, some(noon), some(true)]], [3], []],
    [
      'all is wanted of a client without marks',
      [
        [2, some(noon), none],
        [1, some(noon), none],
      ],
      [2, 1],
      [],
    ],
    ['nothing asked, nothing wanted', [], [], []],
  ] as const)('%s', (_, asked: readonly Asked[], keys, finalize) => {
    expect(answer(asked)).toMatchObject({ keys, finalize });
  });

  it('is a change that keeps what was asked about, and sends nothing', () => {
    const { change } = answer([
      [1, some(noon), unmarked],
      [3, none, none],
    ]);
    expect(change).toEqual({ table: 'blobs', records: [], keep: new Set([1, 3]), finalize: new Set() });
  });

  it('wants what is stored without a date', () => {
    expect(answer([[1, some(noon), unmarked]], [stored(1, none)]).keys).toEqual([1]);
  });
});
