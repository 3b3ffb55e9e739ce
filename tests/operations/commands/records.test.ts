import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { isTrue } from '../../../src/operations/commands/records.js';
import type { Value } from '../../../src/operations/index.js';
import { date, read, taskRecords } from '../../support/reading.js';

const keyRule = 'must be a whole number from 0 to 9007199254740991';

it("an old client's table of no patients has no ID numbers", () => {
  const fields = { table: 'patient', fields: 'id,idnum1,when_last_modified,_move_off_tablet', nrecords: '0' };
  const empty = (table: string) => ({ table, records: [], keep: 'sent', finalize: new Set() });
  expect(read('upload_table', fields, '2.0.0')).toEqual({ changes: [empty('patient'), empty('patient_idnum')] });
});

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

const fields = 'idnum2,id,sex,iddesc2,idnum8,when_last_modified,idshortdesc1,_move_off_tablet';
const patients = (...records: readonly string[]) => ({
  table: 'patient',
  fields,
  nrecords: String(records.length),
  ...Object.fromEntries(records.map((record, index) => [`record${String(index)}`, record])),
});

/** A row, from its columns and values. */
const rowOf = (pairs: readonly (readonly [string, Value])[]) => ({
  columns: pairs.map(([column]) => column),
  values: pairs.map(([, value]) => value),
});

const text = '2026-11-24T09:30:15.123+05:30';

describe('the patients of clients below 2.0.1', () => {
  it('have their ID numbers in a table of their own', () => {
    const command = read(
      'upload_table',
      patients(`555,7,'F','NHS',NULL,${date},NULL,1`, `NULL,0,'M',NULL,NULL,NULL,'x',0`),
      '2.0.0',
    );
    expect(command).toEqual({
      changes: [
        {
          table: 'patient',
          records: [
            {
              key: 7,
              whenLastModified: some(text),
              moveOffTablet: true,
              row: rowOf([
                ['id', 7],
                ['sex', 'F'],
                ['when_last_modified', text],
                ['_move_off_tablet', 1],
              ]),
            },
            {
              key: 0,
              whenLastModified: none,
              moveOffTablet: false,
              row: rowOf([
                ['id', 0],
                ['sex', 'M'],
                ['when_last_modified', null],
                ['_move_off_tablet', 0],
              ]),
            },
          ],
          keep: 'sent',
          finalize: new Set(),
        },
        {
          table: 'patient_idnum',
          records: [
            {
              key: 58,
              whenLastModified: some(text),
              moveOffTablet: true,
              row: rowOf([
                ['id', 58],
                ['patient_id', 7],
                ['which_idnum', 2],
                ['idnum_value', 555],
                ['when_last_modified', text],
                ['_move_off_tablet', 1],
              ]),
            },
          ],
          keep: 'sent',
          finalize: new Set(),
        },
      ],
    });
  });

  it('have keys that leave room for those of their ID numbers', () => {
    const words = (key: string, number: string) =>
      read(
        'upload_table',
        patients(`NULL,1,'F','NHS',NULL,NULL,NULL,1`, `${number},${key},'F','NHS',NULL,${date},NULL,1`),
        '2.0.0',
      );
    expect(words('1125899906842622', '5')).toMatchObject({ changes: [{}, { records: [{ key: 9007199254740978 }] }] });
    expect(words('1125899906842623', 'NULL')).toMatchObject({ changes: [{}, { records: [] }] });
    expect(words('1125899906842623', '5')).toBe(
      'Bad value in record1, column id: of a patient with ID numbers must be at most 1125899906842622',
    );
  });

  it('end with 2.0.1, and are those of upload_table alone', () => {
    const words = "Invalid field name for table 'patient': 'idnum2'";
    expect(read('upload_table', { ...patients(), pkname: 'id' }, '2.0.1')).toBe(words);
    expect(read('upload_record', { table: 'patient', pkname: 'id', fields }, '2.0.0')).toBe(words);
    const others = read('upload_table', { ...patients(), table: 'patient_idnum' }, '2.0.0');
    expect(others).toBe("Invalid field name for table 'patient_idnum': 'idnum2'");
  });
});
