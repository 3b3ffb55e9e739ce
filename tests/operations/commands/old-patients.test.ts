import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import type { Value } from '../../../src/operations/index.js';
import { date, read } from '../../support/reading.js';

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
