import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { ask } from '../src/ask-host.js';
import { untyped } from './support/untyped.js';

const isNumber = (answer: unknown): boolean => typeof answer === 'number';
const askFor = (call: () => unknown) => ask('The port', isNumber, () => untyped(call));
const nonsense = left(new TypeError('The port did not answer as it promises to'));

describe('ask', () => {
  it('gives what was answered', async () => {
    expect(await askFor(() => Promise.resolve(right(7)))).toEqual(right(7));
    expect(await askFor(() => Promise.resolve(left('down')))).toEqual(left('down'));
  });

  it('takes an answer that comes without a promise', async () => {
    expect(await askFor(() => right(7))).toEqual(right(7));
  });

  const broken = new Error('broken');
  it.each([
    [
      'the function throws',
      () =>
        ask('The port', isNumber, () => {
          throw broken;
        }),
    ],
    [
      'the task throws',
      () =>
        askFor(() => {
          throw broken;
        }),
    ],
    ['the task rejects', () => askFor(() => Promise.reject(broken))],
  ])('%s: what was thrown is the fault, untouched', async (_, asked) => {
    const answer = await asked();
    expect(answer).toEqual(left(broken));
    expect('left' in answer && answer.left).toBe(broken);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a bare value', 7],
    ['a value of no Either', {}],
    ['another tag', { _tag: 'Some', right: 7 }],
    ['a right of the wrong type', right('seven')],
    ['a right of nothing', { _tag: 'Right' }],
  ])('%s is a fault that names the port', async (_, answer) => {
    expect(await askFor(() => Promise.resolve(answer))).toEqual(nonsense);
  });

  it('a call that gives no task is a fault', async () => {
    expect(await ask('The port', isNumber, () => untyped(undefined))).toMatchObject({ _tag: 'Left' });
  });

  it('an answer whose getters throw is a fault', async () => {
    const answer = Object.defineProperty({}, '_tag', {
      get: () => {
        throw broken;
      },
    });
    expect(await askFor(() => Promise.resolve(answer))).toEqual(left(broken));
  });
});
