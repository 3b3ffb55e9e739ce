import { left, map, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import type { UploadTables } from '../../src/operations/index.js';
import { uploadTables } from '../../src/tables/upload-tables.js';

const plain = map((tables: UploadTables) =>
  [...tables].map(([name, { columns, minClientVersion }]) => [name, minClientVersion, ...columns.keys()]),
);
const common = ['id', '_move_off_tablet', 'when_last_modified'];
const longest = 'x'.repeat(128);

describe('a list of tables is read', () => {
  it.each<readonly [json: string, tables: readonly (readonly string[])[]]>([
    ['{}', []],
    ['{"t":[]}', [['t', '0.0.0', ...common]]],
    ['{"t":["q1","q2"]}', [['t', '0.0.0', ...common, 'q1', 'q2']]],
    ['{"t":["when_last_modified","q1","_move_off_tablet","id"]}', [['t', '0.0.0', ...common, 'q1']]],
    ['{"t":{"minClientVersion":"2.3.0","columns":[]}}', [['t', '2.3.0', ...common]]],
    ['{"t":{"minClientVersion":"2.99.99","columns":["q1"],"note":1}}', [['t', '2.99.99', ...common, 'q1']]],
    [
      '{"t":{"minClientVersion":"2.3.0","columns":{"a":"integer","b":"real","id":"integer","c":"text","d":"blob"}},"u":["q"]}',
      [
        ['t', '2.3.0', ...common, 'a', 'b', 'c', 'd'],
        ['u', '0.0.0', ...common, 'q'],
      ],
    ],
    [
      '{"T":["Q"],"t":["q"]}',
      [
        ['T', '0.0.0', ...common, 'Q'],
        ['t', '0.0.0', ...common, 'q'],
      ],
    ],
    [`{"${longest}":["${longest}"]}`, [[longest, '0.0.0', ...common, longest]]],
    // JSON.parse makes them own members, so they are names like any other.
    [
      '{"__proto__":["__proto__"],"constructor":[]}',
      [
        ['__proto__', '0.0.0', ...common, '__proto__'],
        ['constructor', '0.0.0', ...common],
      ],
    ],
    ['{"t":{"minClientVersion":"2.3.0","columns":{"__proto__":"text"}}}', [['t', '2.3.0', ...common, '__proto__']]],
  ])('%s', (json, tables) => {
    expect(plain(uploadTables(JSON.parse(json)))).toEqual(right(tables));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('from an object without a prototype', () => {
    const json: unknown = Object.setPrototypeOf({ t: ['q1'] }, null);
    expect(plain(uploadTables(json))).toEqual(right([['t', '0.0.0', ...common, 'q1']]));
  });
});

const badName = (position: number): string =>
  `must have names of 1 to 128 letters, digits and underscores, unlike the name at position ${String(position)}`;
const badVersion = "must be a version such as '2.4.24', whose second and third number are below 100";
const since = (minClientVersion: unknown): object => ({ t: { minClientVersion, columns: ['q1'] } });
const typed = (columns: unknown): object => ({ t: { minClientVersion: '2.0.0', columns } });
const refused = (): never => {
  throw new Error('secret');
};

describe('a list of tables is refused', () => {
  it.each<readonly [label: string, json: unknown, field: string, rule: string]>([
    ['nothing', undefined, 'tables', 'must be an object'],
    ['null', null, 'tables', 'must be an object'],
    ['text', 'secret', 'tables', 'must be an object'],
    ['an array', [['t', ['q1']]], 'tables', 'must be an object'],
    ['a Map', new Map([['t', ['q1']]]), 'tables', 'must be an object'],
    ['a Promise', Promise.resolve({}), 'tables', 'must be an object'],
    ['a blank name', { '': [] }, 'tables', badName(1)],
    ['a second bad name', { t: [], 'a-b': [] }, 'tables', badName(2)],
    ['a long name', { [`${longest}x`]: [] }, 'tables', badName(1)],
    ['a name with a line end', { 't\n': [] }, 'tables', badName(1)],
    ['a name with letters of elsewhere', { naïve: [] }, 'tables', badName(1)],
    ['a table that is null', { t: null }, 'tables.t', 'must be a list of columns or an object'],
    ['a table that is text', { t: 'id' }, 'tables.t', 'must be a list of columns or an object'],
    ['a table without a version', { t: { columns: [] } }, 'tables.t.minClientVersion', badVersion],
    ...[2, null, '', '2', '2.3', '2.3.0-rc.1', '2.3.0+1', 'v2.3.0', '2.3.0\n', '02.3.0', '2.100.0', '2.3.100'].map(
      (version) =>
        [`version ${JSON.stringify(version)}`, since(version), 'tables.t.minClientVersion', badVersion] as const,
    ),
    ['no columns', typed(undefined), 'tables.t.columns', 'must be a list or an object'],
    ['columns in text', typed('q1,q2'), 'tables.t.columns', 'must be a list or an object'],
    ['columns in a Set', typed(new Set(['q1'])), 'tables.t.columns', 'must be a list or an object'],
    ['a column that is no text', { t: ['q1', 2] }, 'tables.t.columns', badName(2)],
    ['a hole', { t: new Array(3) }, 'tables.t.columns', badName(1)],
    ['a column with a lone surrogate', { t: ['\ud800'] }, 'tables.t.columns', badName(1)],
    ['a column with NUL', { t: ['q\0'] }, 'tables.t.columns', badName(1)],
    ['a bad name of a typed column', typed({ 'a b': 'text' }), 'tables.t.columns', badName(1)],
    ['a column twice', { t: ['q1', 'q2', 'q1'] }, 'tables.t.columns.q1', 'must occur only once'],
    ['a common column twice', { t: ['id', 'id'] }, 'tables.t.columns.id', 'must occur only once'],
    ['__proto__ twice', { t: ['__proto__', '__proto__'] }, 'tables.t.columns.__proto__', 'must occur only once'],
    ...['_pk', '_group_id'].flatMap((column) =>
      [{ t: [column] }, typed({ [column]: 'integer' })].map(
        (json) =>
          [
            `the reserved ${column}`,
            json,
            `tables.t.columns.${column}`,
            'must not be listed: the server reserves this column',
          ] as const,
      ),
    ),
    ...['secret', 'INTEGER', '', null, 1, ['text'], { toString: () => 'text' }].map(
      (type) =>
        ['a type', typed({ q1: type }), 'tables.t.columns.q1', 'must be one of integer, real, text, blob'] as const,
    ),
    [
      'a later table',
      { t: ['q1'], u: ['_pk'] },
      'tables.u.columns._pk',
      'must not be listed: the server reserves this column',
    ],
    [
      'a getter that throws',
      Object.defineProperty({}, 't', { get: refused, enumerable: true }),
      'tables',
      'must be plain data',
    ],
    ['a proxy that throws', new Proxy({}, { ownKeys: refused }), 'tables', 'must be plain data'],
  ])('%s', (_, json, field, rule) => {
    expect(uploadTables(json)).toEqual(left({ field, rule }));
  });
});
