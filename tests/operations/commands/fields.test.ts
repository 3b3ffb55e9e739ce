import { describe, expect, it } from 'vitest';

import { read, taskRecords } from '../../support/reading.js';

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
