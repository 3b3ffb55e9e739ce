import { expect, it } from 'vitest';

import { memoized } from '../src/memo.js';

/** A function that is memoized, and what it has been asked to compute. */
const counted = () => {
  const computed: string[] = [];
  const lengthOf = memoized((text: string) => {
    computed.push(text);
    return { length: text.length };
  });
  return { lengthOf, computed };
};

it('computes once what it is asked twice', () => {
  const { lengthOf, computed } = counted();
  expect(['2.4.24', '2.4', '2.4.24', '2.4'].map(lengthOf)).toEqual([6, 3, 6, 3].map((length) => ({ length })));
  expect(computed).toEqual(['2.4.24', '2.4']);
});

it.each([
  ['', 1],
  ['x'.repeat(12), 1],
  ['x'.repeat(13), 2],
  ['x'.repeat(1000), 2],
])('keeps no text of more than 12 characters: %j', (text, times) => {
  const { lengthOf, computed } = counted();
  expect([lengthOf(text).length, lengthOf(text).length]).toEqual([text.length, text.length]);
  expect(computed).toHaveLength(times);
});

it('forgets all when it holds 256, and goes on', () => {
  const { lengthOf, computed } = counted();
  const ask = (count: number): void => {
    for (let index = 0; index < count; index += 1) lengthOf(String(index));
  };
  ask(256);
  ask(256);
  expect(computed).toHaveLength(256);
  lengthOf('one more');
  ask(1);
  lengthOf('one more');
  expect(computed).toHaveLength(258);
});

it('does not take one text for another', () => {
  const { lengthOf } = counted();
  expect(['__proto__', 'constructor', '1', '01'].map((text) => lengthOf(text).length)).toEqual([9, 11, 1, 2]);
});
