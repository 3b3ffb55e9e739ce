/** Each property holds, for a thousand values. `npm run fuzz` tries more. */
import fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { defaultVersionPolicy, handleTabletRequest, parseTabletRequest } from 'camcops-tablet-session';
import { untyped } from '../support/untyped.js';
import { anyForm, textFields, type TextFields } from './arbitraries.js';
import { properties } from './properties.js';
import { seed } from './seed.js';
import { serverOf } from './subjects.js';
import { calls, callWith, publicNames } from './total-properties.js';

/** How many of a thousand. */
const shareOf = async <A>(arbitrary: fc.Arbitrary<A>, holds: (value: A) => boolean | Promise<boolean>) => {
  let count = 0;
  for (const value of fc.sample(arbitrary, { numRuns: 1000, seed })) if (await holds(value)) count += 1;
  return count;
};
const codeOf = async (form: unknown): Promise<string> =>
  (await handleTabletRequest(serverOf())(untyped(form))()).outcome.result.code;

describe('what the properties are tried on gets far enough', () => {
  it('fields of texts: most are requests, and many are served', async () => {
    const isRequest = (fields: TextFields) =>
      isRight(parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields }));
    const isServed = async (fields: TextFields) => (await codeOf({ method: 'POST', fields })) === 'served';
    expect(await shareOf(textFields, isRequest)).toBeGreaterThan(500);
    expect(await shareOf(textFields, isServed)).toBeGreaterThan(400);
  });

  it('any form whatever: some are served', async () => {
    expect(await shareOf(anyForm, async (form) => (await codeOf(form())) === 'served')).toBeGreaterThan(50);
  });
});

describe(`for any values (FUZZ_SEED=${String(seed)})`, () => {
  it.each(properties)('$name', async ({ property }) => {
    await fc.assert(property, { numRuns: 1000, seed });
  });
});

describe('no value of a declared type makes a public function throw', () => {
  it('none of them is forgotten', () => {
    expect(Object.keys(calls).sort()).toEqual([...publicNames].sort());
  });

  it.each(Object.keys(calls))('%s, with strings of 10 MB', async (name) => {
    const huge = ['9', '1.', '\n', 'a'].map((unit) => unit.repeat(10_000_000 / unit.length));
    for (const text of huge) await callWith(name, { text, other: text, number: NaN, isThere: false, operation: text });
    const [text = ''] = huge;
    await callWith(name, { text, other: 'tablet-1', number: 1, isThere: true, operation: 'register' });
  });
});
