import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';

import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { secret } from '../src/index.js';
import { Secret, NonBlankSecret } from '../src/secret.js';

const sentinel = 'correct horse';

describe('secret', () => {
  const texts: readonly (readonly [label: string, text: string])[] = [
    ['a password', sentinel],
    ['an empty text', ''],
    ['white space', ' \t\r\n'],
    ['what hides it', '[secret]'],
    ['a name of Object', '__proto__'],
    ['other scripts', 'пароль-密码-🔑'],
    ['composed and decomposed letters', '\u00e9e\u0301'],
    ['zero-width characters', '\u200bpw\ufeff'],
    ['a lone surrogate', '\ud800'],
    ['a NUL', 'pw\0'],
    ['10 MB', 'x'.repeat(10_000_000)],
  ];

  it.each(texts)('gives back %s', (_, text) => {
    expect(secret(text).reveal() === text).toBe(true);
  });

  const prints: readonly (readonly [label: string, print: (hidden: Secret) => string, printed: string])[] = [
    ['String', String, '[secret]'],
    ['toString', (hidden) => hidden.toString(), '[secret]'],
    ['a template', (hidden) => String.raw({ raw: ['<', '>'] }, hidden), '<[secret]>'],
    ['join', (hidden) => [hidden, hidden].join(), '[secret],[secret]'],
    ['JSON.stringify', (hidden) => JSON.stringify(hidden), '"[secret]"'],
    [
      'JSON.stringify, deep',
      (hidden) => JSON.stringify({ a: [some(hidden)] }),
      '{"a":[{"_tag":"Some","value":"[secret]"}]}',
    ],
    ['inspect', (hidden) => inspect(hidden), '[secret]'],
    ['inspect of all that is hidden', (hidden) => inspect(hidden, { showHidden: true, depth: Infinity }), '[secret]'],
    [
      'inspect, deep',
      (hidden) => inspect({ a: { b: [hidden] } }, { depth: Infinity, compact: true }),
      '{ a: { b: [ [secret] ] } }',
    ],
    ['inspect of a Map', (hidden) => inspect(new Map([[hidden, hidden]])), 'Map(1) { [secret] => [secret] }'],
    ['format %s', (hidden) => format('%s', hidden), '[secret]'],
    ['format %o', (hidden) => format('%o', hidden), '[secret]'],
    ['format %O', (hidden) => format('%O', hidden), '[secret]'],
    ['format %j', (hidden) => format('%j', hidden), '"[secret]"'],
    ['format of what is left over', (hidden) => format('login', hidden), 'login [secret]'],
  ];

  it.each(prints)('is hidden from %s', (_, print, printed) => {
    expect(print(secret(sentinel))).toBe(printed);
  });

  const leaks: readonly (readonly [label: string, print: (hidden: Secret) => string])[] = [
    ['inspect without custom inspection', (hidden) => inspect(hidden, { customInspect: false, showHidden: true })],
    ['a structured clone', (hidden) => inspect(structuredClone(hidden), { showHidden: true })],
    ['serialisation by V8', (hidden) => serialize(hidden).toString('latin1')],
    ['a copy of its properties', (hidden) => JSON.stringify(Object.assign({}, hidden))],
    ['an error that it caused', (hidden) => inspect(new Error('failed', { cause: hidden }))],
    ['a form', (hidden) => new URLSearchParams({ password: String(hidden) }).toString()],
  ];

  it.each(leaks)('does not leak through %s', (_, print) => {
    expect(print(secret(sentinel))).not.toContain('correct');
  });

  it('has no property of its own', () => {
    expect(Reflect.ownKeys(secret(sentinel))).toStrictEqual([]);
  });

  it('keeps one text apart from another', () => {
    const [one, two] = [secret('one'), secret('two')];
    expect([one.reveal(), two.reveal(), one.reveal()]).toStrictEqual(['one', 'two', 'one']);
  });
});

describe('NonBlankSecret', () => {
  const cases: readonly (readonly [label: string, input: unknown, passes: boolean])[] = [
    ['a secret', secret(sentinel), true],
    ['a blank secret', secret(''), false],
    ['a text', sentinel, false],
    ['what hides it', '[secret]', false],
    ['a look-alike', { reveal: () => sentinel, toString: () => '[secret]' }, false],
    ['a structured clone', structuredClone(secret(sentinel)), false],
    ['an array', [secret(sentinel)], false],
    ['null', null, false],
    ['undefined', undefined, false],
  ];

  it.each(cases)('%s: is and decode agree', (_, input, passes) => {
    expect(NonBlankSecret.is(input)).toBe(passes);
    expect(isRight(NonBlankSecret.decode(input))).toBe(passes);
  });

  it('changes nothing either way', () => {
    const hidden = secret(sentinel);
    expect(NonBlankSecret.encode(hidden)).toBe(hidden);
    const decoded = NonBlankSecret.decode(hidden);
    expect(isRight(decoded) && decoded.right === hidden).toBe(true);
    expect(decoded).toStrictEqual(right(hidden));
  });

  it('fails with its rule alone', () => {
    expect(NonBlankSecret.decode(sentinel)).toStrictEqual(
      left([
        {
          value: undefined,
          context: [{ key: '', type: NonBlankSecret }],
          message: 'must be a Secret that is not blank',
        },
      ]),
    );
    expect(PathReporter.report(NonBlankSecret.decode(sentinel))).toStrictEqual(['must be a Secret that is not blank']);
  });
});

describe('NonBlankSecret', () => {
  it('takes secrets, and nothing that only looks like one', () => {
    expect(NonBlankSecret.name).toBe('Secret');
    expect(NonBlankSecret.is(secret('x'))).toBe(true);
    for (const other of ['x', null, undefined, {}, { reveal: () => 'x' }, Object.create(Secret.prototype)]) {
      expect(NonBlankSecret.is(other)).toBe(false);
    }
  });
});
