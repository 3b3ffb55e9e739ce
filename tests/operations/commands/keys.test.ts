import { none, some, type Option } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { keysToSend } from '../../../src/operations/commands/keys.js';
import { read } from '../../support/reading.js';
import { dawn, noon, noonElsewhere, stored } from '../../support/uploads.js';

const keyRule = 'must be a whole number from 0 to 9007199254740991';
const notLiteral = 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes';

describe('delete_where_key_not', () => {
  const deleted = (pkvalues: string) => read('delete_where_key_not', { table: 'task', pkname: 'id', pkvalues });

  it('keeps the keys that are named, once or more often', () => {
    const keep = new Set([0, 7, 9007199254740991]);
    expect(deleted('0, 007,9007199254740991,7')).toEqual({
      changes: [{ table: 'task', records: [], keep, finalize: new Set() }],
    });
  });

  it.each([
    ['', 'Must provide the variable: pkvalues'],
    ['1,', `Bad value in pkvalues, value 1: ${keyRule}`],
    ['1,-2', `Bad value in pkvalues, value 1: ${keyRule}`],
    ['1,2.0', `Bad value in pkvalues, value 1: ${keyRule}`],
    ["'1'", `Bad value in pkvalues, value 0: ${keyRule}`],
    ['1,9007199254740992', `Bad value in pkvalues, value 1: ${keyRule}`],
    ['1,abc,-2', `Bad value in pkvalues, value 1: ${notLiteral}`],
  ])('of %j is refused', (pkvalues, words) => {
    expect(deleted(pkvalues)).toBe(words);
  });
});

describe('which_keys_to_send', () => {
  const first = '2026-11-24T09:30:15.123+05:30';
  const fields = { table: 'task', pkname: 'id', pkvalues: '1,2', datevalues: `${first},NULL` };
  const asks = (change: object) => read('which_keys_to_send', { ...fields, ...change });

  it.each([
    ['0,1', [some(false), some(true)]],
    ['', [some(false), some(false)]],
    ['NULL,2.5', [some(false), some(true)]],
    [undefined, [none, none]],
  ])('with the marks %j asks for each key', (marks, moveOffTablet) => {
    const change = marks === undefined ? {} : { move_off_tablet_values: marks };
    expect(asks(change)).toEqual({
      table: 'task',
      primaryKey: 'id',
      asked: [
        { key: 1, whenLastModified: some(first), moveOffTablet: moveOffTablet[0] },
        { key: 2, whenLastModified: none, moveOffTablet: moveOffTablet[1] },
      ],
    });
  });

  it('may have its dates with or without quotes', () => {
    const dates = `${first} ,'2018-01-01T00:00Z', NULL,,2019-01-01 10:00Z`;
    const command = asks({ pkvalues: '1,2,3,4,5', datevalues: dates });
    const expected = [some(first), some('2018-01-01T00:00Z'), none, none, some('2019-01-01 10:00Z')];
    expect(command).toMatchObject({ asked: expected.map((whenLastModified) => ({ whenLastModified })) });
  });

  it('takes a blank list of dates beside one key for one NULL', () => {
    expect(asks({ pkvalues: '1', datevalues: '' })).toMatchObject({ asked: [{ key: 1, whenLastModified: none }] });
  });

  it('may ask for none', () => {
    const nothing = { table: 'task', primaryKey: 'id', asked: [] };
    expect(asks({ pkvalues: '', datevalues: '' })).toEqual(nothing);
    expect(read('which_keys_to_send', { table: 'task', pkname: 'id' })).toEqual(nothing);
  });

  it.each([
    [{ table: 'nosuch' }, 'Invalid client table name: nosuch'],
    [{ pkname: '' }, 'Must provide the variable: pkname'],
    [{ pkvalues: 'x' }, `Bad value in pkvalues, value 0: ${notLiteral}`],
    [{ datevalues: '' }, "Number of PK values (2) doesn't match number of dates (0)"],
    [
      { datevalues: `NULL${',x'.repeat(1_000_000)}`, pkvalues: '1' },
      "Number of PK values (1) doesn't match number of dates (1000001)",
    ],
    [{ datevalues: 'NULL,today' }, `Bad value in datevalues, value 1: ${notLiteral}`],
    [{ move_off_tablet_values: '1' }, "Number of move-off-tablet values (1) doesn't match number of PKs (2)"],
    [{ move_off_tablet_values: '1,0,1' }, "Number of move-off-tablet values (3) doesn't match number of PKs (2)"],
    [{ move_off_tablet_values: "1,'" }, 'Bad value in move_off_tablet_values, value 1: must have its quote closed'],
    [{ pkvalues: '1,-1', datevalues: "'x','x'" }, `Bad value in pkvalues, value 1: ${keyRule}`],
    [{ pkvalues: `1${',1'.repeat(199_999)}` }, "Number of PK values (200000) doesn't match number of dates (2)"],
    [{ pkvalues: `1${',1'.repeat(200_000)}` }, 'Too many keys in pkvalues: at most 200000'],
    [{ pkvalues: '1,1' }, 'Bad value in pkvalues, value 1: must not be sent twice'],
    [{ pkvalues: '1,1.0' }, `Bad value in pkvalues, value 1: ${keyRule}`],
    [
      { datevalues: '2017-02-30T12:00:00Z,NULL' },
      'Bad value in datevalues, value 0: must be an ISO 8601 date and time',
    ],
    [{ datevalues: '7.5,NULL' }, 'Bad value in datevalues, value 0: must be an ISO 8601 date and time'],
    [{ datevalues: "64'',NULL" }, `Bad value in datevalues, value 0: must be an ISO 8601 date and time`],
  ])('with %.80j is refused', (change, words) => {
    expect(asks(change)).toBe(words);
  });

  it.each(['pkvalues', 'datevalues', 'move_off_tablet_values'])('with %s twice is refused', (name) => {
    const pairs = [...Object.entries(fields), ['move_off_tablet_values', ''] as const, [name, ''] as const];
    const twice = [...pairs, [name, ''] as const];
    expect(read('which_keys_to_send', twice)).toBe(`The field ${name} was sent more than once`);
  });
});

describe('keysToSend', () => {
  type Asked = readonly [key: number, date: Option<string>, mark: Option<boolean>];
  const answer = (asked: readonly Asked[], before = [stored(1), stored(2)]) =>
    keysToSend(before)({
      table: 'blobs',
      asked: asked.map(([key, whenLastModified, moveOffTablet]) => ({ key, whenLastModified, moveOffTablet })),
    });
  const unmarked = some(false);
  const withoutMarks: readonly Asked[] = [
    [2, some(noon), none],
    [1, some(noon), none],
  ];

  it.each<readonly [string, readonly Asked[], readonly number[], readonly number[]]>([
    ['what is stored with the same date is not wanted', [[1, some(noon), unmarked]], [], []],
    ['nor with the same instant', [[1, some(noonElsewhere), unmarked]], [], []],
    ['what is not stored is wanted', [[3, some(noon), unmarked]], [3], []],
    ['and so is another date', [[1, some(dawn), unmarked]], [1], []],
    ['or none', [[1, none, unmarked]], [1], []],
    ['a mark finalizes what need not be sent', [[1, some(noon), some(true)]], [], [1]],
    ['what is sent has a mark of its own', [[3, some(noon), some(true)]], [3], []],
    ['all is wanted of a client without marks, in its order', withoutMarks, [2, 1], []],
    ['nothing asked, nothing wanted', [], [], []],
  ])('%s', (_, asked, keys, finalize) => {
    const keep = new Set(asked.map(([key]) => key));
    const implied = { table: 'blobs', records: [], keep, finalize: new Set(finalize) };
    expect(answer(asked)).toEqual({ keys, change: implied });
  });

  it('wants what is stored without a date', () => {
    expect(answer([[1, some(noon), unmarked]], [stored(1, none)]).keys).toEqual([1]);
  });
});
