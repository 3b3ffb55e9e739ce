import { RowFromJson, uploadStep, type UploadStep } from 'camcops-tablet-session/operations';
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { decoded } from '../../support/decoded.js';
import { untyped } from '../../support/untyped.js';
import { anyStep, anyValue, change, record, step, withRows } from '../../support/uploads.js';

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
