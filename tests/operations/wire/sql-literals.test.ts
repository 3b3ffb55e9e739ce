import * as fc from 'fast-check';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { literalEnd, readLiteral, readLiterals } from '../../../src/operations/wire/sql-literals.js';
import type { Value } from '../../../src/operations/wire/values.js';

/** All values of a list, or the rule that one of them breaks. */
const valuesOf = (text: string): readonly Value[] | string => {
  const list = readLiterals(text, Infinity, () => readLiteral);
  return isLeft(list) ? list.left.rule : list.right.values;
};

const notLiteral = 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes';

describe('a list of literals', () => {
  it.each<readonly [string, readonly Value[]]>([
    ['', []],
    [' ', [null]],
    [',', [null, null]],
    ['NULL,null,nULL, Null\u00a0', [null, null, null, null]],
    ['0,7,007,-7,-0', [0, 7, 7, -7, 0]],
    ['999999999999999,9007199254740991,9007199254740993', [999999999999999, 9007199254740991, 9007199254740993n]],
    ['-9223372036854775808,100000000000000000000', [-9223372036854775808n, 100000000000000000000n]],
    ['.25,5.,-12.25,1e+06,1.5e-3,1e5', [0.25, 5, -12.25, 1e6, 0.0015, 1e5]],
    ['1'.repeat(1000), [BigInt('1'.repeat(1000))]],
    ['nan,inf,-inf', [NaN, Infinity, -Infinity]],
    ["''", ['']],
    [String.raw`'a\',''''`, ['a', "'"]],
    ["'a,b','it''s','''',''''''", ['a,b', "it's", "'", "''"]],
    [String.raw`'a\nb\rc','\\','\\n','\x\'''`, ['a\nb\rc', '\\', '\\n', "x'"]],
    ["'NULL','64''aGk=''','7'", ['NULL', "64'aGk='", '7']],
    ["64'aGk=',64'',X'00fF'", [Uint8Array.of(0x68, 0x69), Uint8Array.of(), Uint8Array.of(0, 255)]],
    ["\t1 ,\r\n'a' , X'0 0'\u2028,7 ,8", [1, 'a', Uint8Array.of(0), 7, 8]],
    ["'é☃😀','__proto__'", ['é☃😀', '__proto__']],
  ])('%j is read', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it.each([
    ['one', notLiteral],
    ['NULLS', notLiteral],
    ['nullx,1', notLiteral],
    ['NaN', notLiteral],
    ['Infinity', notLiteral],
    ['+5', notLiteral],
    ['1_000', notLiteral],
    ['0x1F', notLiteral],
    ['1 2', notLiteral],
    ['1.2.3', notLiteral],
    ['.', notLiteral],
    ['-', notLiteral],
    ['1e', notLiteral],
    ['1E5', notLiteral],
    ['e5', notLiteral],
    ['٣', notLiteral],
    ['1'.repeat(1001), notLiteral],
    [`.${'1'.repeat(1_000_000)}`, notLiteral],
    ["'a'b", notLiteral],
    ["'a' 'b'", notLiteral],
    ["a'b'", notLiteral],
    ["x'00'", notLiteral],
    ["64 'aGk='", notLiteral],
    ["64'aGk='1", notLiteral],
    ['"a"', notLiteral],
    ["'a\u0000b'", 'must hold no NUL and no lone surrogate'],
    ["'\ud83d'", 'must hold no NUL and no lone surrogate'],
    ["'\ude00\ud83d'", 'must hold no NUL and no lone surrogate'],
    ["'\\\\\u0000'", 'must hold no NUL and no lone surrogate'],
    ["'\ufeff'1", notLiteral],
    ['\ufeff1', notLiteral],
    ["'", 'must have its quote closed'],
    ["'a''", 'must have its quote closed'],
    ["64'aGk=", 'must have its quote closed'],
    ["X'00", 'must have its quote closed'],
    ["64'aGk'", "64'...' must hold padded base64"],
    ["X''", "X'...' must hold pairs of hexadecimal digits"],
    ["X'0'", "X'...' must hold pairs of hexadecimal digits"],
  ])('%.20j is refused', (text, rule) => {
    expect(valuesOf(text)).toBe(rule);
    expect(valuesOf(`1,${text}`)).toBe(rule);
  });

  it('gives text back as the client escapes it, however long', () => {
    const escaped = (text: string): string =>
      `'${text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/'/g, "''")}'`;
    const awkward = fc.string({ unit: fc.constantFrom('a', "'", '\\', '\n', '\r', ',', '"', ' ', '😀', 'n', 'r') });
    fc.assert(
      fc.property(fc.array(awkward, { minLength: 1 }), (texts) => {
        expect(valuesOf(texts.map(escaped).join(','))).toEqual(texts);
      }),
    );
    const long = '\\\n'.repeat(10_000);
    expect(valuesOf(escaped(long))).toEqual([long]);
  });

  it('ends where its text does, or its part of one', () => {
    expect([literalEnd("'a,b',7", 0), literalEnd("'a,b',7", 6), literalEnd("'a", 0)]).toEqual([5, 7, 2]);
    expect(readLiteral(`"'a,b'"`, 1, 6)).toEqual(right('a,b'));
    for (const [text, to] of [
      [`"'a","'b'"`, 3],
      [`"64'aGk='`, 8],
    ] as const)
      expect(readLiteral(text, 1, to)).toEqual(left('must have its quote closed'));
  });

  it('is read up to a number of values, and only counted from there', () => {
    const read = (text: string, most: number) => readLiterals(text, most, () => readLiteral);
    expect(read('', 9)).toEqual(right({ values: [], count: 0 }));
    expect(read('1', 0)).toEqual(right({ values: [], count: 1 }));
    expect(read('1,', 1)).toEqual(right({ values: [1], count: 2 }));
    expect(read("1,'a,b','''',x y,64'", 2)).toEqual(right({ values: [1, 'a,b'], count: 5 }));
    expect(read('1,x,y', 9)).toEqual(left({ index: 1, rule: notLiteral }));
  });
});
