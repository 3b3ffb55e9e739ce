import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { answerOf, keptIf, lawOf } from '../../src/testing/law.js';

const law = lawOf('a store');

describe('a law', () => {
  it('is kept, or says how it is broken', async () => {
    expect(await law('kept', () => Promise.resolve(keptIf(true, 'not seen'))).check()).toEqual(right(undefined));
    expect(await law('broken', () => Promise.resolve(keptIf(false, 'it is not'))).check()).toEqual(left('it is not'));
  });

  it('is broken by what rejects, and says by whom', async () => {
    const rejects = (cause: Error) => law('rejects', () => Promise.reject(cause)).check();
    expect(await rejects(new Error('no connection'))).toEqual(left('a store was at fault: Error: no connection'));
    const speechless = Object.assign(new Error(), { toString: () => expect.fail() });
    expect(await rejects(speechless)).toEqual(left('a store was at fault: object'));
  });
});

describe('answerOf', () => {
  it('is the right answer, or a rejection', async () => {
    expect(await answerOf(() => Promise.resolve(right(1)))).toBe(1);
    await expect(answerOf(() => Promise.resolve(left('no')))).rejects.toThrow('no');
  });
});
