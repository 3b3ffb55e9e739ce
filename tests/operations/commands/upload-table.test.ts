import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import type { Value } from '../../../src/operations/index.js';
import { date, read, taskRecords } from '../../support/reading.js';

const changeOf = (table: string) => ({ table, records: [], keep: 'sent', finalize: new Set() });

describe('upload_table', () => {
  it('says nothing of other tables, and may have no records', () => {
    expect(read('upload_table', taskRecords())).toEqual({ changes: [changeOf('task')] });
    const fields = 'q1,when_last_modified,_move_off_tablet';
    expect(read('upload_table', { ...taskRecords(), fields })).toBe("Field 'id' missing in client input");
    expect(read('upload_table', { ...taskRecords("'"), fields })).toMatch(/^Bad value in record0, column q1/);
    expect(read('upload_table', {})).toBe('Must provide the variable: table');
  });

  it.each([
    ['', 'Must provide the variable: nrecords'],
    ['ten', "Variable nrecords is not a valid integer; was 'ten'"],
    ['1e3', "Variable nrecords is not a valid integer; was '1e3'"],
    ['+1', 'Variable nrecords is not a valid integer'],
    [' 1', 'Variable nrecords is not a valid integer'],
    ['-3', "nrecords=-3: can't be less than 0"],
    ['2', 'Must provide the variable: record1'],
    ['200000', 'Must provide the variable: record1'],
    ['200001', 'Too many records in nrecords: at most 200000'],
    ['9'.repeat(1_000_000), 'Too many records in nrecords: at most 200000'],
  ])('%.9j records are refused', (nrecords, words) => {
    expect(read('upload_table', { ...taskRecords('1,1'), nrecords })).toBe(words);
  });

  it.each([
    ['2', "Number of fields in field list (4) doesn't match number of values in record 1 (3)"],
    ['2,1,1', "Number of fields in field list (4) doesn't match number of values in record 1 (5)"],
    ["2,'a,b',", "Number of fields in field list (4) doesn't match number of values in record 1 (5)"],
    [
      `2${',1'.repeat(10_000_000)}`,
      "Number of fields in field list (4) doesn't match number of values in record 1 (10000003)",
    ],
    [
      '2,one',
      'Bad value in record1, column q1: must be NULL, a number of at most 1000 digits, a blob or text in single quotes',
    ],
    [
      "2,'",
      'Bad value in record1, column q1: must be NULL, a number of at most 1000 digits, a blob or text in single quotes',
    ],
    ["2,64'aGk'", "Bad value in record1, column q1: 64'...' must hold padded base64"],
    [
      `2,${'7'.repeat(1_000_000)}`,
      'Bad value in record1, column q1: must be NULL, a number of at most 1000 digits, a blob or text in single quotes',
    ],
  ])('a record %.20j is refused, and nothing after it is read', (record, words) => {
    expect(read('upload_table', taskRecords('1,1', record, "3,'"))).toBe(words);
  });

  it('reads 100,000 records in one pass over the fields', () => {
    const records = taskRecords(...Array.from({ length: 100_000 }, (_, index) => `${String(index)},1`));
    const pairs = new URLSearchParams(records);
    expect(read('upload_table', pairs)).toMatchObject({ changes: [{ records: { length: 100_000 } }] });
  });
});

describe('upload_record', () => {
  const record = { table: 'task', pkname: 'id', fields: 'id,when_last_modified,_move_off_tablet' };

  it('keeps all other records', () => {
    const command = read('upload_record', { ...record, values: `7,${date},0` });
    expect(command).toMatchObject({ changes: [{ table: 'task', records: [{ key: 7 }], keep: 'all' }] });
  });

  it.each([
    [{ table: '' }, 'Must provide the variable: table'],
    [{ pkname: 'q1' }, "The primary key of table 'task' must be 'id'"],
    [{ fields: '_pk' }, "Reserved field name for table 'task': '_pk'"],
    [{ values: '' }, 'Must provide the variable: values'],
    [{ values: '7' }, "Number of fields (3) doesn't match number of values (1)"],
    [{ values: `7.0,${date},0` }, 'Bad value in values, column id: must be a whole number from 0 to 9007199254740991'],
    [
      { values: `7,today,0` },
      'Bad value in values, column when_last_modified: must be NULL, a number of at most 1000 digits, a blob or text in single quotes',
    ],
    [{ fields: 'id', values: '7' }, "Field 'when_last_modified' missing in client input"],
  ])('with %j is refused', (change, words) => {
    expect(read('upload_record', { ...record, values: `7,${date},0`, ...change })).toBe(words);
  });
});

describe('upload_empty_tables', () => {
  it('empties each table that is named', () => {
    expect(read('upload_empty_tables', { tables: 'task, patient,task' })).toEqual({
      changes: ['task', 'patient'].map(changeOf),
    });
  });

  it('empties patient_idnum with the patient of a client below 2.0.1', () => {
    const emptied = (tables: string, version: string) => read('upload_empty_tables', { tables }, version);
    expect(emptied('patient', '2.0.0')).toEqual({ changes: ['patient', 'patient_idnum'].map(changeOf) });
    expect(emptied('patient_idnum,patient', '2.0.0')).toEqual({ changes: ['patient_idnum', 'patient'].map(changeOf) });
    expect(emptied('patient', '2.0.1')).toEqual({ changes: [changeOf('patient')] });
    expect(emptied('patient_idnum', '2.0.0')).toEqual({ changes: [changeOf('patient_idnum')] });
  });

  it.each([
    ['', 'Must provide the variable: tables'],
    ['task,', 'Invalid client table name'],
    ['task,nosuch,Task', 'Invalid client table name: nosuch'],
  ])('of %j is refused', (tables, words) => {
    expect(read('upload_empty_tables', { tables })).toBe(words);
  });

  it('needs a client that may use each table', () => {
    const words = 'Client CamCOPS version 2.2.0 is less than the version (2.3.0) required to handle table task';
    expect(read('upload_empty_tables', { tables: 'patient,task,nosuch' }, '2.2.0')).toBe(words);
  });
});

it("an old client's table of no patients has no ID numbers", () => {
  const fields = { table: 'patient', fields: 'id,idnum1,when_last_modified,_move_off_tablet', nrecords: '0' };
  const empty = (table: string) => ({ table, records: [], keep: 'sent', finalize: new Set() });
  expect(read('upload_table', fields, '2.0.0')).toEqual({ changes: [empty('patient'), empty('patient_idnum')] });
});

const oldFields = 'idnum2,id,sex,iddesc2,idnum8,when_last_modified,idshortdesc1,_move_off_tablet';
const patients = (...records: readonly string[]) => ({
  table: 'patient',
  fields: oldFields,
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
    expect(read('upload_table', patients(`5,1125899906842623,'F','NHS',NULL,${date},NULL,1`), '2.0.0')).toBe(
      'Bad value in record0, column id: of a patient with ID numbers must be at most 1125899906842622',
    );
  });

  it('end with 2.0.1, and are those of upload_table alone', () => {
    const words = "Invalid field name for table 'patient': 'idnum2'";
    expect(read('upload_table', { ...patients(), pkname: 'id' }, '2.0.1')).toBe(words);
    expect(read('upload_record', { table: 'patient', pkname: 'id', fields: oldFields }, '2.0.0')).toBe(words);
    const others = read('upload_table', { ...patients(), table: 'patient_idnum' }, '2.0.0');
    expect(others).toBe("Invalid field name for table 'patient_idnum': 'idnum2'");
  });
});
