import { none } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { encodeReply } from '../../src/index.js';
import { selectAnswer, type SqlValue } from '../../src/operations/index.js';
import { untyped } from '../support/untyped.js';

const literal = (value: SqlValue): string | undefined => selectAnswer(['value'])([{ value }])['record0'];

const encoded = (answer: Readonly<Record<string, string>>): string =>
  encodeReply({
    kind: 'served',
    operation: 'get_allowed_tables',
    answer,
    session: { sessionId: none, sessionToken: none },
  }).body;

/** As a tablet finds the value of a key. */
const valueIn = (body: string, key: string): string | undefined =>
  body
    .split('\n')
    .find((line) => line.startsWith(`${key}:`))
    ?.slice(key.length + 1);

/** As a tablet reads a line of literals, one by one. */
const readLiterals = (line: string): readonly SqlValue[] =>
  [...line.matchAll(/'((?:[^']|'')*)'|[^,]+/g)].map(([whole, text]) => {
    if (text === undefined) return whole === 'NULL' ? null : Number(whole);
    const ends: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\\\': '\\' };
    return text.replaceAll("''", "'").replace(/\\[nr\\]/g, (escape) => ends[escape] ?? '');
  });

describe('a literal', () => {
  it.each<readonly [SqlValue, string]>([
    [null, 'NULL'],
    [0, '0'],
    [-0, '0'],
    [7, '7'],
    [-1.5, '-1.5'],
    [9007199254740991, '9007199254740991'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [NaN, 'NULL'],
    [Infinity, 'NULL'],
    [-Infinity, 'NULL'],
    ['', "''"],
    ['NULL', "'NULL'"],
    ['7', "'7'"],
    ["O'Hara", "'O''Hara'"],
    ["'", "''''"],
    ["''", "''''''"],
    ['a\nb', "'a\\nb'"],
    ['a\r\nb', "'a\\r\\nb'"],
    ['\\', "'\\\\'"],
    ['\\n', "'\\\\n'"],
    ['\\\n', "'\\\\\\n'"],
    ["\\'", "'\\\\'''"],
    ['a,b', "'a,b'"],
    ['$& $1 "', `'$& $1 "'`],
    ['Zo\u00eb \u2028 \u{1f511} \ud800', "'Zo\u00eb \u2028 \u{1f511} \ud800'"],
  ])('of %j is %s', (value, told) => {
    expect(literal(value)).toBe(told);
  });

  it.each<readonly [string, unknown]>([
    ['undefined', undefined],
    ['true', true],
    ['an object', {}],
    ['a date', new Date(0)],
    ['a symbol', Symbol('x')],
    ['a function', () => 'x'],
  ])('of %s, which got past the types, is NULL', (_, value) => {
    expect(literal(untyped(value))).toBe('NULL');
  });
});

describe('selectAnswer', () => {
  it('tells columns in their order, and rows in theirs, whatever the order of their keys', () => {
    const rows = [
      { name: 'a', which: 1 },
      { which: 2, name: null },
    ];
    const answer = selectAnswer(['which', 'name'])(rows);
    expect(Object.entries(answer)).toStrictEqual([
      ['nfields', '2'],
      ['fields', 'which,name'],
      ['nrecords', '2'],
      ['record0', "1,'a'"],
      ['record1', '2,NULL'],
    ]);
    expect(rows).toStrictEqual([
      { name: 'a', which: 1 },
      { which: 2, name: null },
    ]);
  });

  it('leaves out what is no column', () => {
    const rows = [{ which: 1, secret: 'x' }];
    expect(selectAnswer(['which'])(rows)['record0']).toBe('1');
  });

  it('of nothing', () => {
    expect(selectAnswer([])([])).toStrictEqual({ nfields: '0', fields: '', nrecords: '0' });
    expect(selectAnswer(['id'])([])).toStrictEqual({ nfields: '1', fields: 'id', nrecords: '0' });
    expect(selectAnswer([])([{}])).toStrictEqual({ nfields: '0', fields: '', nrecords: '1', record0: '' });
  });

  it('of columns that are names of Object', () => {
    const row = JSON.parse('{"__proto__":"x","constructor":1}') as Readonly<Record<string, SqlValue>>;
    expect(selectAnswer(['__proto__', 'constructor', 'toString'])([row])['record0']).toBe("'x',1,NULL");
  });

  it('is not escaped once more by the reply', () => {
    const answer = selectAnswer(['text'])([{ text: 'a\r\nsuccess:0\\' }]);
    expect(encoded(answer)).toBe(
      'nfields:1\nfields:text\nnrecords:1\n' +
        "record0:'a\\r\\nsuccess:0\\\\'\n" +
        'success:1\nsession_id:\nsession_token:\n',
    );
  });

  it('is read back by a tablet as it was meant', () => {
    const parts = ['a', "'", '\\', '\n', '\r', ',', 'n', 'r', 'NULL', ':', '\u00e9', ' '];
    let seed = 7;
    const below = (bound: number): number => {
      seed = (seed * 16807) % 2147483647;
      return seed % bound;
    };
    const value = (): SqlValue => {
      const kind = below(6);
      if (kind === 0) return null;
      if (kind === 1) return below(1000) / 8 - 50;
      return Array.from({ length: below(9) }, () => parts[below(parts.length)]).join('');
    };
    for (let round = 0; round < 500; round += 1) {
      const rows = Array.from({ length: below(4) }, () => ({ a: value(), b: value(), c: value() }));
      const body = encoded(selectAnswer(['a', 'b', 'c'])(rows));
      expect(valueIn(body, 'nrecords')).toBe(String(rows.length));
      for (const [index, { a, b, c }] of rows.entries()) {
        expect(readLiterals(valueIn(body, `record${String(index)}`) ?? '')).toStrictEqual([a, b, c]);
      }
    }
  });
});
