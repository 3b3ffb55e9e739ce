import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { eachLiteral, literalEnd, literalValue } from '../../../src/operations/wire/sql-literals.js';
import type { Value } from '../../../src/operations/wire/value.js';

/** All values of a list, or the rule that one of them breaks. */
const valuesOf = (text: string): readonly Value[] | string => {
  const values: Value[] = [];
  const given = eachLiteral(text, Infinity, (from, to) => {
    const value = literalValue(text, from, to);
    if (typeof value === 'symbol') return value;
    values.push(value);
    return undefined;
  });
  return typeof given === 'symbol' ? String(given.description) : values;
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
    ["'é☃😀\u0000','__proto__'", ['é☃😀\u0000', '__proto__']],
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
    const text = `"'a,b'","'c"`;
    const ends = [literalEnd("'a,b',7", 0), literalEnd("'a,b',7", 6), literalEnd("'a", 0), literalEnd(text, 9, 11)];
    expect(ends).toEqual([5, 7, 2, 11]);
    expect(literalValue(text, 1, 6)).toBe('a,b');
    const ruleOf = (broken: string, to: number): string => String(literalValue(broken, 1, to));
    expect(ruleOf(`"'a","'b'"`, 3)).toBe('Symbol(must have its quote closed)');
    expect(ruleOf(`"'a'`, 3)).toBe('Symbol(must have its quote closed)');
    expect(ruleOf(`"64'aGk='`, 8)).toBe('Symbol(must have its quote closed)');
    expect(ruleOf(`"64'aGk=","'b'"`, 8)).toBe('Symbol(must have its quote closed)');
  });

  it('visits the first, and counts what it does not visit without reading it', () => {
    const count = (text: string, most: number): unknown => {
      const visited: string[] = [];
      const counted = eachLiteral(text, most, (from, to, index) => {
        visited.push(`${String(index)}: ${text.slice(from, to)}`);
        return undefined;
      });
      return [visited, counted];
    };
    expect(count('', 9)).toEqual([[], 0]);
    expect(count('1', 0)).toEqual([[], 1]);
    expect(count('1,', 1)).toEqual([['0: 1'], 2]);
    expect(count("1,'a,b','''',x y,64'", 2)).toEqual([['0: 1', "1: 'a,b'"], 5]);
  });

  it('is read no further than a visit that gives something', () => {
    expect(eachLiteral("1,2,'", 9, (_from, _to, index) => (index === 1 ? 'enough' : undefined))).toBe('enough');
  });
});
