import { isRight } from 'fp-ts/lib/Either.js';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';

import { copeWithOldIdNums, parseTabletRequest, versionPolicy } from '../../src/index.js';
import { memoized } from '../../src/internal/memo.js';
import { rightOf } from '../support/decoded.js';
import { clientVersion } from '../support/fixtures.js';

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

it('forgets all when it holds 64, and goes on', () => {
  const { lengthOf, computed } = counted();
  const ask = (count: number): void => {
    for (let index = 0; index < count; index += 1) lengthOf(String(index));
  };
  ask(64);
  ask(64);
  expect(computed).toHaveLength(64);
  lengthOf('one more');
  ask(1);
  lengthOf('one more');
  expect(computed).toHaveLength(66);
});

it('does not take one text for another', () => {
  const { lengthOf } = counted();
  expect(['__proto__', 'constructor', '1', '01'].map((text) => lengthOf(text).length)).toEqual([9, 11, 1, 2]);
});

it('holds for all that follows from a version: a hundred thousand of them leave the heap as it was', () => {
  const versions = rightOf(versionPolicy({ supported: '>=2.0.0 <3.0.0 || >=3.5.0', deprecated: '<2.3.0' }));
  const parse = parseTabletRequest(versions);
  const open = (index: number): void => {
    const camcops_version = `${String(index % 5)}.${String(index % 10)}.${String(index)}`;
    const request = parse({ method: 'POST', fields: { camcops_version } });
    if (isRight(request)) versions.isDeprecated(request.right.clientVersion);
    copeWithOldIdNums({ clientVersion: clientVersion(camcops_version) });
  };
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bytesAfter = (from: number, to: number): number => {
    for (let index = from; index < to; index += 1) open(index);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = bytesAfter(0, 10_000);
  // A text of such a version and what is computed of it take a hundred bytes at the very least.
  expect(bytesAfter(10_000, 110_000) - before).toBeLessThan(5_000_000);
});
