import fc from 'fast-check';
import { expect, it } from 'vitest';

import { digestOf } from '../../src/internal/digest.js';

const distinct = (lists: readonly (readonly string[])[]): number => new Set(lists.map(digestOf)).size;

it('a digest is 128 bits in hexadecimal digits, the same for equal lists', () => {
  expect(digestOf(['a'])).toMatch(/^[0-9a-f]{32}$/);
  expect(digestOf(['a', 'b'])).toBe(digestOf(new Set(['a', 'b'])));
});

it('tells lists apart, at the boundaries of texts too', () => {
  const lists = [
    ...[[], [''], ['', ''], ['a'], ['a', ''], ['', 'a'], ['ab', 'c'], ['a', 'bc'], ['abc'], ['a', 'b', 'c']],
    ...[['\0'], ['\0\0'], ['\ud800'], ['\ud801'], ['\ud800\udc00'], ['\udc00\ud800'], ['\uffff'], ['\uffff\u0001']],
  ];
  expect(distinct(lists)).toBe(lists.length);
});

it('tells apart lists that differ in one or two characters, or in their order', () => {
  const text = '[1,false,"2026-03-01T12:00:00.000+00:00"]';
  const places = Array.from(text, (_, at) => at);
  const changed = (at: number, by: number) => (before: string) =>
    before.slice(0, at) + String.fromCharCode(before.charCodeAt(at) + by) + before.slice(at + 1);
  const lists = places.flatMap((at) =>
    places
      .filter((other) => other > at)
      .flatMap((other) => [1, 2, 255].map((by) => [changed(at, by)(changed(other, by)(text))])),
  );
  expect(distinct(lists)).toBe(lists.length);
  expect(digestOf(['a', 'b'])).not.toBe(digestOf(['b', 'a']));
});

it('is equal for equal lists alone', () => {
  const anyText = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\ud800', '"', ','), maxLength: 3 });
  const anyTexts = fc.array(anyText, { maxLength: 3 });
  fc.assert(
    fc.property(anyTexts, anyTexts, (one, other) => {
      expect(digestOf(one) === digestOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2000 },
  );
});
