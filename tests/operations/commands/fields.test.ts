import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { isTrue } from '../../../src/operations/commands/fields.js';
import { onlyValues, read, taskRecords } from '../../support/reading.js';

describe('the fields of an operation', () => {
  const fields = { table: 'task', pkname: 'id', pkvalues: '7' };
  const expected = { changes: [{ table: 'task', records: [], keep: new Set([7]), finalize: new Set() }] };

  it('are pairs of any kind, or a plain object', () => {
    const kinds = [fields, Object.entries(fields), new Map(Object.entries(fields)), new URLSearchParams(fields)];
    for (const kind of kinds) expect(read('delete_where_key_not', kind)).toEqual(expected);
  });

  it.each<readonly [string, object, string]>([
    ['blank', { pkvalues: '' }, 'Must provide the variable: pkvalues'],
    ['no text', { pkvalues: 7 }, 'Bad pkvalues field: must be text'],
    ['undefined', { pkvalues: undefined }, 'Bad pkvalues field: must be text'],
  ])('must not be %s', (_, change, words) => {
    expect(read('delete_where_key_not', { ...fields, ...change })).toBe(words);
  });

  it('must not be sent twice, whatever they hold, before any other check of them', () => {
    const pairs = Object.entries(fields);
    for (const name of ['table', 'pkname', 'pkvalues']) {
      for (const value of ['', 'x', '7']) {
        const words = read('delete_where_key_not', [...pairs, [name, value]]);
        expect(words).toBe(`The field ${name} was sent more than once`);
      }
    }
    const records = Object.entries(taskRecords('1,1', 'x'));
    expect(read('upload_table', [...records, ['record1', '']])).toBe('The field record1 was sent more than once');
  });

  it('may come with others, of any kind and number', () => {
    const others = [['table2', 'x'] as const, ['x', new Date()] as const, ['x', 7] as const];
    expect(read('delete_where_key_not', [...others, ...Object.entries(fields)])).toEqual(expected);
  });

  it('count as absent if they cannot be read', () => {
    const throwing = {
      get table(): string {
        throw new Error('not today');
      },
    };
    expect(read('delete_where_key_not', throwing)).toBe('Must provide the variable: table');
    const odd = JSON.parse('[null, 7, [], [7, "x"], ["table", "task"]]') as Iterable<readonly [string, unknown]>;
    expect(read('delete_where_key_not', odd)).toBe('Must provide the variable: pkname');
  });
});

const withFields = (fields: string, record = '1,1') => read('upload_table', { ...taskRecords(record), fields });

describe('the columns of an upload', () => {
  it('are known, not reserved, and sent once', () => {
    expect(onlyValues(withFields(' q1\t,\nid,q2,when_last_modified,_move_off_tablet', '1,1,2'))).toEqual(
      new Map<string, unknown>([
        ['q1', 1],
        ['id', 1],
        ['q2', 2],
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
