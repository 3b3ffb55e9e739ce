import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { isTrue } from '../../../src/operations/commands/records.js';
import { read, taskRecords } from '../../support/reading.js';

const keyRule = 'must be a whole number from 0 to 9007199254740991';

describe('a key', () => {
  it.each(['-1', '1.0', '1e1', "'1'", 'NULL', "64''", '9007199254740992', 'nan', ''])('%j is refused', (key) => {
    const words = read('upload_table', taskRecords('1,1', `${key},1`));
    expect(words).toBe(`Bad value in record1, column id: ${keyRule}`);
  });

  it('is not that of another record', () => {
    const words = read('upload_table', taskRecords('7,1', '0,1', '007,1'));
    expect(words).toBe('Bad value in record2, column id: must not be that of another record');
  });
});

describe('a record', () => {
  const sent = (columns: string, values: string) =>
    read('upload_record', { table: 'task', pkname: 'id', fields: columns, values });

  it.each([
    ["'2026-11-24T09:30:15.123+05:30'", some('2026-11-24T09:30:15.123+05:30')],
    ["'yesterday'", none],
    ["''", none],
    ['NULL', none],
    ['7', none],
  ])('of the date %s is accepted', (date, whenLastModified) => {
    const command = sent('id,when_last_modified,_move_off_tablet', `7,${date},1`);
    expect(command).toMatchObject({ changes: [{ records: [{ key: 7, whenLastModified, moveOffTablet: true }] }] });
  });

  it.each([
    ['q1', '1', 'id'],
    ['id', '1', 'when_last_modified'],
    ['id,when_last_modified', '1,NULL', '_move_off_tablet'],
  ])('of the columns %s lacks another', (columns, values, missing) => {
    expect(sent(columns, values)).toBe(`Field '${missing}' missing in client input`);
  });
});

it('any mark but NULL, 0 and nothing is true', () => {
  const marks = [1, -1, 0.5, NaN, 10n ** 20n, '0', ' ', Uint8Array.of(0)];
  expect(marks.map(isTrue)).toEqual(marks.map(() => true));
  expect([null, 0, -0, '', Uint8Array.of()].map(isTrue)).toEqual([false, false, false, false, false]);
});
