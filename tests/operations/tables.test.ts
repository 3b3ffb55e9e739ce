import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { checkColumn, isReadableVersion, usableTable } from '../../src/operations/tables.js';
import { clientVersion } from '../support/fixtures.js';
import { tables } from '../support/reading.js';

const task = { name: 'task', columns: tables.get('task')?.columns };

describe('a table', () => {
  it.each([
    ['task', '2.3.0', right(task)],
    [
      'task',
      '2.3.0-rc.1',
      left({ code: 'client-too-old-for-table', actual: '2.3.0-rc.1', required: '2.3.0', table: 'task' }),
    ],
    ['Task', '2.4.24', left({ code: 'invalid-table', table: 'Task' })],
    ['__proto__', '2.4.24', left({ code: 'invalid-table', table: '__proto__' })],
    ["task'--", '2.4.24', left({ code: 'invalid-table' })],
    ['', '2.4.24', left({ code: 'invalid-table' })],
  ])('%j is for client %s what the host says', (name, version, expected) => {
    expect(usableTable(tables, { clientVersion: clientVersion(version) }, name)).toEqual(expected);
  });
});

it.each([
  ['2.4.24', true],
  ['0.0.0', true],
  ['123456789.99.99', true],
  ['2.100.0', false],
  ['2.4.100', false],
  ['2.4', false],
  ['2.4.24-rc.1', false],
  ['2.4.24\n', false],
])('a client reads the version %j: %s', (version, expected) => {
  expect(isReadableVersion(version)).toBe(expected);
});

describe('a column', () => {
  const names = ['id', '_pk', 'a b', '_move_off_tablet'];
  it.each<readonly [string, object | undefined]>([
    ['id', undefined],
    ['_move_off_tablet', undefined],
    ...['_pk', '_when_removed_batch_utc', '_manually_erased', '_group_id'].map(
      (column) => [column, { code: 'reserved-column', table: 'task', column }] as const,
    ),
    ['_Era', { code: 'invalid-column', table: 'task', column: '_Era' }],
    ['__proto__', { code: 'invalid-column', table: 'task', column: '__proto__' }],
    ['a b', { code: 'invalid-column', table: 'task' }],
    ['', { code: 'invalid-column', table: 'task' }],
  ])('%j is known, reserved or invalid, in a set and in a map', (column, refusal) => {
    const expected = refusal === undefined ? right(column) : left(refusal);
    expect(checkColumn({ name: 'task', columns: new Set(names) })(column)).toEqual(expected);
    const columns = new Map(names.map((name) => [name, 'text']));
    expect(checkColumn({ name: 'task', columns })(column)).toEqual(expected);
  });
});
