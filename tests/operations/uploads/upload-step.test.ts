import { cell, RowFromJson, uploadStep, type Row, type UploadStep } from 'camcops-tablet-session/operations';
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { decoded } from '../../support/decoded.js';
import { untyped } from '../../support/untyped.js';
import { anyStep, anyValue, change, record, step, withRows } from '../../support/uploads.js';

describe('cell', () => {
  it('tells a column that is NULL from one that was not sent', () => {
    const row: Row = { columns: ['q1', '__proto__'], values: [null, 3] };
    expect(['q1', '__proto__', 'q2', 'constructor'].map((column) => cell(column)(row))).toEqual([
      ...[some(null), some(3), none, none],
    ]);
  });
});

describe('RowFromJson', () => {
  it.each([
    [null, null],
    ['null', 'null'],
    [1.5, 1.5],
    [NaN, { float: 'nan' }],
    [Infinity, { float: 'inf' }],
    [-Infinity, { float: '-inf' }],
    [-0, { float: '-0' }],
    [-(2n ** 64n), { bigint: '-18446744073709551616' }],
    [new Uint8Array([255, 0]), { blob: '/wA=' }],
  ])('writes %o as %j', (value, written) => {
    const row = { columns: ['q1'], values: [value] };
    expect(RowFromJson.encode(row)).toEqual({ q1: written });
    expect(decoded(RowFromJson, { q1: written })).toStrictEqual(row);
  });

  it('writes bytes as Node does, a photograph too', () => {
    for (const length of [1, 2, 3, 6143, 6144, 6145, 20_000]) {
      const photograph = Uint8Array.from({ length }, (_, at) => at % 251);
      const blob = Buffer.from(photograph).toString('base64');
      expect(RowFromJson.encode({ columns: ['theblob'], values: [photograph] })).toEqual({ theblob: { blob } });
    }
  });

  it('brings back whatever it wrote, through JSON text, in the order of its columns', () => {
    const anyColumn = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'q1', ''), fc.string());
    // JSON.parse puts such names first. No column of a tablet has one.
    const isIndex = (column: string): boolean => /^[0-9]+$/.test(column);
    const anyCells = fc.uniqueArray(fc.tuple(anyColumn, anyValue), { selector: ([column]) => column });
    fc.assert(
      fc.property(anyCells, (cells) => {
        const own = cells.filter(([column]) => !isIndex(column));
        const row: Row = { columns: own.map(([column]) => column), values: own.map(([, value]) => value) };
        expect(RowFromJson.is(row)).toBe(true);
        expect(decoded(RowFromJson, JSON.parse(JSON.stringify(RowFromJson.encode(row))))).toStrictEqual(row);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ...[null, 'secret', 7, ['secret']],
    ...[undefined, true, ['secret'], {}, { text: 'secret' }, NaN, Infinity].map((q1) => ({ id: 'secret', q1 })),
    ...['1e5', 'toString', '__proto__', 'NaN', 7].map((float) => ({ q1: { float } })),
    ...['1.5', '0x10', '', '-', ' 1', '1n', '+1', 7].map((bigint) => ({ q1: { bigint } })),
    ...['*secret', 'A', 'AQID=', 7].map((blob) => ({ q1: { blob } })),
    JSON.parse('{"__proto__": true}') as unknown,
  ])('refuses %o, and never quotes it', (input) => {
    const result = RowFromJson.decode(input);
    expect(PathReporter.report(result)).toEqual(['must be a row: an object of columns and values']);
    expect(JSON.stringify(isLeft(result) && result.left.map(({ value, context }) => [value, context]))).not.toMatch(
      /secret|actual/,
    );
  });

  it('takes no other value for a row', () => {
    const row = (columns: unknown, values: unknown): unknown => ({ columns, values });
    const others = [
      ...[undefined, null, 'row', [], {}, new Map([['q1', 1]])],
      ...[row(['q1'], []), row([], [1]), row(['q1'], [undefined]), row(['q1'], [true]), row(['q1'], [new Date()])],
      ...[row(['q1'], [[]]), row(['q1'], [{}]), row([1], [1]), row('q', '1'), row(['q1'], new Map())],
    ];
    expect(others.filter(RowFromJson.is)).toEqual([]);
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }), (input) => {
        const result = RowFromJson.decode(untyped(input));
        expect(isLeft(result) || RowFromJson.is(result.right)).toBe(true);
      }),
    );
  });
});

const OfRows = uploadStep(RowFromJson);
const OfNumbers = uploadStep(t.number);

const dated = { ...record(1), row: 7 };
const one: UploadStep<number> = step(
  [change([dated, { ...dated, key: 2, whenLastModified: none }], { keep: new Set([3, 2]), finalize: new Set([5]) })],
  true,
);
const records = [
  { key: 1, whenLastModified: '2026-03-01T12:00:00.000+00:00', moveOffTablet: false, row: 7 },
  { key: 2, whenLastModified: null, moveOffTablet: false, row: 7 },
];
const changeJson = { table: 'phq9', records, keep: [3, 2], finalize: [5] };
const json = { finalizing: true, changes: [changeJson] };

const withChange = (differences: object) => ({ ...json, changes: [{ ...changeJson, ...differences }] });
const withRecord = (differences: object) => withChange({ records: [{ ...records[0], ...differences }] });

it('codecs have names', () => {
  expect([RowFromJson.name, uploadStep(t.number).name]).toEqual(['RowFromJson', 'UploadStep']);
});

describe('uploadStep', () => {
  it('is JSON in which keys are lists, and an absent date null', () => {
    expect(OfNumbers.encode(one)).toEqual(json);
    expect(decoded(OfNumbers, json)).toEqual(one);
  });

  it('brings back whatever it wrote, through JSON text', () => {
    fc.assert(
      fc.property(anyStep, fc.array(anyValue), (texts, values) => {
        const columns = values.map((_, at) => `q${String(at)}`);
        const rows = withRows(texts);
        const sent = step([...rows.changes, change([{ ...record(1), row: { columns, values } }])], texts.finalizing);
        expect(OfRows.is(sent)).toBe(true);
        expect(decoded(OfRows, JSON.parse(JSON.stringify(OfRows.encode(sent))))).toStrictEqual(sent);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['no object', 'secret'],
    ['null', null],
    ['a list', [json]],
    ['no changes', { finalizing: true }],
    ['a number for finalizing', { ...json, finalizing: 1 }],
    ['changes that are an object', { ...json, changes: {} }],
    ['a change that is null', { ...json, changes: [null] }],
    ['no table', withChange({ table: undefined })],
    ['records that are no list', withChange({ records: {} })],
    ['another word for keep', withChange({ keep: 'secret' })],
    ['a kept key that is a string', withChange({ keep: ['1'] })],
    ['finalize that is a word', withChange({ finalize: 'all' })],
    ['a finalized key below 0', withChange({ finalize: [-1] })],
    ['a key that is a string', withRecord({ key: '1' })],
    ['a key below 0', withRecord({ key: -1 })],
    ['a key beyond 2^53 - 1', withRecord({ key: 2 ** 53 })],
    ['a key that is no whole number', withRecord({ key: 1.5 })],
    ['a date that is a number', withRecord({ whenLastModified: 2026 })],
    ['no date', withRecord({ whenLastModified: undefined })],
    ['a mark that is a number', withRecord({ moveOffTablet: 1 })],
    ['a row that its own codec refuses', withRecord({ row: 'secret' })],
  ])('refuses %s, and never quotes it', (_, input) => {
    const result = OfNumbers.decode(input);
    expect(PathReporter.report(result)).toEqual(['must be a step of an upload']);
    expect(JSON.stringify(isLeft(result) && result.left.map(({ value, context }) => [value, context]))).not.toMatch(
      /secret|actual/,
    );
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }), (input) => {
        expect([isLeft(OfRows.decode(input)), OfRows.is(input)]).toEqual([true, false]);
      }),
    );
  });

  it.each([
    ['a list of keys', step([change([], { keep: untyped([1]) })])],
    ['a key that is a string', step([change([], { finalize: untyped(new Set(['1'])) })])],
    ['a date that is a string', step([change([{ ...dated, whenLastModified: untyped('2026') }])])],
    ['a date that is some number', step([change([{ ...dated, whenLastModified: untyped(some(2026)) }])])],
    ['a row that its own codec refuses', step([change([{ ...dated, row: untyped('7') }])])],
  ])('does not take %s for a step', (_, input) => {
    expect(OfNumbers.is(input)).toBe(false);
  });
});
