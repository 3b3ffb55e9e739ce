import { isRight } from 'fp-ts/lib/Either.js';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';

import { parseTabletRequest, versionPolicy } from '../../src/index.js';
import { memoized } from '../../src/internal/memo.js';
import { rightOf } from '../support/decoded.js';

/** A function that is memoized, and what it has been asked to compute. */
const counted = () => {
  const computed: string[] = [];
  const lengthOf = memoized((text: string) => {
    computed.push(text);
    return { length: text.length };
  });
  return { lengthOf, computed };
};

it('computes once what it is asked twice, but for strings of more than 12 characters', () => {
  const { lengthOf, computed } = counted();
  const [long, longer] = ['x'.repeat(12), 'x'.repeat(13)];
  const asked = ['2.4.24', '__proto__', long, longer, '2.4.24', '__proto__', long, longer];
  expect(asked.map((text) => lengthOf(text).length)).toEqual([6, 9, 12, 13, 6, 9, 12, 13]);
  expect(computed).toEqual(['2.4.24', '__proto__', long, longer, longer]);
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

it('a hundred thousand versions leave the heap as it was', () => {
  const parse = parseTabletRequest(rightOf(versionPolicy({ supported: '>=2.0.0 <3.0.0 || >=3.5.0' })));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bytesAfter = (from: number, to: number): number => {
    for (let index = from; index < to; index += 1) {
      const camcops_version = `${String(index % 5)}.${String(index % 10)}.${String(index)}`;
      isRight(parse({ method: 'POST', fields: { camcops_version } }));
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = bytesAfter(0, 10_000);
  // A string of such a version and what is computed of it take a hundred bytes at the very least.
  expect(bytesAfter(10_000, 110_000) - before).toBeLessThan(5_000_000);
});
