import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { FiniteNumber, guardCodec, optionOf, redactedFailure } from '../../src/internal/codec.js';

const Even = guardCodec(
  'Even',
  'must be even',
  (input): input is number => typeof input === 'number' && input % 2 === 0,
);

describe('redactedFailure', () => {
  it('keeps the path and the rule, and drops every value on the way', () => {
    const context = [
      { key: '', type: t.UnknownRecord, actual: { pin: 'sentinel' } },
      { key: 'pin', type: t.string, actual: 'sentinel' },
    ];
    expect(redactedFailure(context, 'must be a pin')).toStrictEqual(
      left([
        {
          value: undefined,
          context: [
            { key: '', type: t.UnknownRecord },
            { key: 'pin', type: t.string },
          ],
          message: 'must be a pin',
        },
      ]),
    );
  });

  it('takes an empty path', () => {
    expect(redactedFailure([], '')).toStrictEqual(left([{ value: undefined, context: [], message: '' }]));
  });
});

describe('guardCodec', () => {
  const cases: readonly (readonly [label: string, input: unknown, passes: boolean])[] = [
    ['zero', 0, true],
    ['two', 2, true],
    ['one', 1, false],
    ['not a number', NaN, false],
    ['its text', '2', false],
    ['its object', Object(2), false],
    ['an array', [2], false],
    ['null', null, false],
    ['undefined', undefined, false],
  ];

  it.each(cases)('%s: is and decode agree with the guard', (_, input, passes) => {
    expect(Even.is(input)).toBe(passes);
    expect(isRight(Even.decode(input))).toBe(passes);
  });

  it('changes nothing either way, and is called what it was called', () => {
    expect(Even.decode(4)).toStrictEqual(right(4));
    expect(Even.encode(4)).toBe(4);
    expect(Even.name).toBe('Even');
  });

  it('fails with its rule alone', () => {
    expect(PathReporter.report(Even.decode('sentinel'))).toStrictEqual(['must be even']);
    expect(Even.decode('sentinel')).toStrictEqual(
      left([{ value: undefined, context: [{ key: '', type: Even }], message: 'must be even' }]),
    );
  });

  it('fails within a record with its path, and without its siblings', () => {
    const Form = t.type({ even: Even, password: t.string });
    expect(Form.decode({ even: 3, password: 'sentinel' })).toStrictEqual(
      left([
        {
          value: undefined,
          context: [
            { key: '', type: Form },
            { key: 'even', type: Even },
          ],
          message: 'must be even',
        },
      ]),
    );
  });
});

describe('optionOf', () => {
  const OptionOfEven = optionOf(Even);
  const cases: readonly (readonly [label: string, input: unknown, passes: boolean])[] = [
    ['none', none, true],
    ['some of a value', some(2), true],
    ['a plain None', { _tag: 'None' }, true],
    ['a plain Some', { _tag: 'Some', value: 0 }, true],
    ['some of what the codec refuses', some(1), false],
    ['some of some', some(some(2)), false],
    ['some without a value', { _tag: 'Some' }, false],
    ['no tag', { value: 2 }, false],
    ['another tag', { _tag: 'Right', right: 2, value: 2 }, false],
    ['a tag in another case', { _tag: 'none' }, false],
    ['a bare value', 2, false],
    ['a text', 'None', false],
    ['an array', ['None'], false],
    ['a map', new Map([['_tag', 'None']]), false],
    ['null', null, false],
    ['undefined', undefined, false],
  ];

  it.each(cases)('%s: is and decode agree', (_, input, passes) => {
    expect(OptionOfEven.is(input)).toBe(passes);
    expect(isRight(OptionOfEven.decode(input))).toBe(passes);
  });

  it('says what it is and what it must be, and not what came', () => {
    expect(OptionOfEven.name).toBe('Option');
    expect(OptionOfEven.decode('PaSsWoRd')).toMatchObject(left([{ value: undefined, message: 'must be an Option' }]));
  });
});

describe('FiniteNumber', () => {
  it.each([
    [0, true],
    [-1.5, true],
    [NaN, false],
    [Infinity, false],
    [-Infinity, false],
    ['7', false],
    [7n, false],
    [null, false],
    [new Number(7), false],
  ])('%s: %s', (input, passes) => {
    expect(FiniteNumber.is(input)).toBe(passes);
    expect(isRight(FiniteNumber.decode(input))).toBe(passes);
  });

  it('says what it is and what it must be', () => {
    expect(FiniteNumber.name).toBe('FiniteNumber');
    expect(FiniteNumber.decode(NaN)).toMatchObject(left([{ message: 'must be a finite number' }]));
  });
});
