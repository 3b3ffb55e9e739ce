import { describe, expect, it } from 'vitest';

import { onlyValues, read, taskRecords } from '../../support/reading.js';

const withFields = (fields: string) => read('upload_table', { ...taskRecords('1,1'), fields });

describe('the columns of an upload', () => {
  it('are known, not reserved, and sent once', () => {
    expect(onlyValues(withFields(' q1\t,\nid,when_last_modified,_move_off_tablet'))).toEqual(
      new Map<string, unknown>([
        ['q1', 1],
        ['id', 1],
        ['when_last_modified', '2026-11-24T09:30:15.123+05:30'],
        ['_move_off_tablet', 0],
      ]),
    );
  });

  it.each([
    ['', 'Must provide the variable: fields'],
    [',', "Invalid field name for table 'task'"],
    ['id,Q1', "Invalid field name for table 'task': 'Q1'"],
    ['id,idnum1', "Invalid field name for table 'task': 'idnum1'"],
    ['id,__proto__', "Invalid field name for table 'task': '__proto__'"],
    ["id,q1'", "Invalid field name for table 'task'"],
    ['id,_era,x', "Reserved field name for table 'task': '_era'"],
    ['id,q1,q1,_era', "Duplicate field name for table 'task': 'q1'"],
    [`${'id,'.repeat(1_000_000)}id`, "Duplicate field name for table 'task': 'id'"],
    ['x'.repeat(1_000_000), "Invalid field name for table 'task'"],
    [','.repeat(10_000_000), "Invalid field name for table 'task'"],
  ])('%.20j is refused', (fields, words) => {
    expect(withFields(fields)).toBe(words);
  });
});

describe('the primary key', () => {
  it.each([
    ['', 'Must provide the variable: pkname'],
    ['ID', "Invalid field name for table 'task': 'ID'"],
    ['_pk', "Reserved field name for table 'task': '_pk'"],
    ['i d', "Invalid field name for table 'task'"],
    ['q1', "The primary key of table 'task' must be 'id'"],
  ])('%j is refused', (pkname, words) => {
    expect(read('upload_table', { ...taskRecords('1,1'), pkname })).toBe(words);
  });

  it('is not named by clients below 2.0.4, and is id', () => {
    const fields = {
      ...taskRecords('1,1'),
      table: 'patient',
      pkname: '',
      fields: 'id,sex,when_last_modified,_move_off_tablet',
    };
    for (const version of ['1.14', '2.0.0', '2.0.3', '2.0.4-rc.1']) {
      expect(onlyValues(read('upload_table', fields, version))).toBeInstanceOf(Map);
    }
    expect(read('upload_table', fields, '2.0.4')).toBe('Must provide the variable: pkname');
  });
});
