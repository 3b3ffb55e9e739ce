import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { guardCodec, optionOf, PositiveInteger, redacted } from '../../src/internal/codec.js';

const Even = guardCodec(
  'Even',
  'must be even',
  (input): input is number => typeof input === 'number' && input % 2 === 0,
);

describe('guardCodec', () => {
  it('takes what its guard takes, and changes nothing either way', () => {
    expect([Even.decode(4), Even.encode(4), Even.is(4), Even.is(3), Even.name]).toEqual([
      right(4),
      4,
      true,
      false,
      'Even',
    ]);
  });

  it('fails with its rule and its path, and keeps neither the value nor its siblings', () => {
    const Form = t.type({ even: Even, password: t.string });
    const decoded = Form.decode({ even: 'sentinel', password: 'sentinel' });
    const context = [
      { key: '', type: Form },
      { key: 'even', type: Even },
    ];
    expect(decoded).toStrictEqual(left([{ value: undefined, context, message: 'must be even' }]));
    expect(PathReporter.report(decoded)).toStrictEqual(['must be even']);
  });
});

describe('redacted', () => {
  const Form = redacted('Form', 'must be a form', t.type({ even: Even, password: t.string }));

  it('takes what its codec takes', () => {
    const form = { even: 4, password: 'sentinel' };
    expect([Form.decode(form), Form.encode(form), Form.is(form), Form.is({}), Form.name]).toEqual([
      ...[right(form), form, true, false, 'Form'],
    ]);
  });

  it('fails with its rule alone', () => {
    const decoded = Form.decode({ even: 'sentinel', password: 'sentinel' });
    const context = [{ key: '', type: Form }];
    expect(decoded).toStrictEqual(left([{ value: undefined, context, message: 'must be a form' }]));
  });
});

it.each<readonly [label: string, codec: t.Mixed, input: unknown, passes: boolean]>([
  ['none', optionOf(Even), none, true],
  ['some of a value', optionOf(Even), some(2), true],
  ['a plain Some', optionOf(Even), { _tag: 'Some', value: 0 }, true],
  ['some of what the codec refuses', optionOf(Even), some(1), false],
  ['some without a value', optionOf(Even), { _tag: 'Some' }, false],
  ['no tag', optionOf(Even), { value: 2 }, false],
  ['another tag', optionOf(Even), { _tag: 'Right', right: 2, value: 2 }, false],
  ['a bare value', optionOf(Even), 2, false],
  ['null', optionOf(Even), null, false],
  ['1', PositiveInteger, 1, true],
  ['2^53 - 1', PositiveInteger, Number.MAX_SAFE_INTEGER, true],
  ['2^53', PositiveInteger, Number.MAX_SAFE_INTEGER + 1, false],
  ['0', PositiveInteger, 0, false],
  ['a fraction', PositiveInteger, 1.5, false],
  ['a bigint', PositiveInteger, 1n, false],
  ['a string', PositiveInteger, '1', false],
])('%s: is and decode agree', (_, codec, input, passes) => {
  expect([codec.is(input), isRight(codec.decode(input))]).toEqual([passes, passes]);
});

it.each<readonly [codec: t.Mixed, name: string, rule: string]>([
  [optionOf(Even), 'Option', 'must be an Option'],
  [PositiveInteger, 'PositiveInteger', 'must be a whole number above 0'],
])('%#: a failure names the rule', (codec, name, rule) => {
  expect([codec.name, PathReporter.report(codec.decode(0))]).toEqual([name, [rule]]);
});
