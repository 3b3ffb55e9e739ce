import { left, right } from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { answerIf, isOneLine } from '../../../src/operations/answers/broken-rule.js';
import { readByClient } from '../../support/client-reply.js';

const whole = ['', 'a', 'a ', 'a\tb', ':a', 'a:b', '\\n', '\u{1f511}', '\u200ba', '\0'];
const broken = [
  ' a',
  '\ta',
  '\u3000a',
  '\ufeffa',
  'a\n',
  'a\rb',
  '\r\n',
  'a\vb',
  'a\fb',
  'a\u0085b',
  'a\u2029b',
  '\ud800',
  'a\udc00',
];

it('a text is on one line, or it is not', () => {
  expect(whole.filter((text) => !isOneLine(text))).toEqual([]);
  expect(broken.filter(isOneLine)).toEqual([]);
});

it('the client reads back what is on one line', () => {
  expect(whole.map((title) => readByClient({ title }).get('title'))).toEqual(whole);
});

it('an answer is written if no rule is broken; else the first counts', () => {
  const kept = ['a', 'must be', true] as const;
  const write = () => 'answer';
  expect(answerIf([], write)).toEqual(right('answer'));
  expect(answerIf([kept], write)).toEqual(right('answer'));
  expect(answerIf([kept, ['b', 'may be', false], ['c', 'can be', false]], () => expect.fail('written'))).toEqual(
    left({ field: 'b', rule: 'may be' }),
  );
});
