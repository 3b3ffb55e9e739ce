import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { ask } from '../../src/internal/ask-host.js';
import { untyped } from '../support/untyped.js';

const isNumber = (answer: unknown): boolean => typeof answer === 'number';
const askFor = (call: () => unknown) => ask('The port', isNumber, () => untyped(call));

describe('ask', () => {
  it('gives what was answered', async () => {
    expect(await askFor(() => Promise.resolve(right(7)))).toEqual(right(7));
    expect(await askFor(() => Promise.resolve(left('down')))).toEqual(left('down'));
  });

  it('takes an answer that comes without a promise', async () => {
    expect(await askFor(() => right(7))).toEqual(right(7));
  });

  const broken = new Error('broken');
  const thrower = (): never => {
    throw broken;
  };
  it.each([
    ['the function throws', () => ask('The port', isNumber, thrower)],
    ['the task throws', () => askFor(thrower)],
    ['the task rejects', () => askFor(() => Promise.reject(broken))],
    ['a getter of the answer throws', () => askFor(() => Object.defineProperty({}, '_tag', { get: thrower }))],
  ])('%s: it rejects with what was thrown, untouched', async (_, asked) => {
    await expect(asked()).rejects.toBe(broken);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a bare value', 7],
    ['a value of no Either', {}],
    ['another tag', { _tag: 'Some', right: 7 }],
    ['a right of the wrong type', right('seven')],
    ['a right of nothing', { _tag: 'Right' }],
  ])('%s: it rejects, and names the port', async (_, answer) => {
    const nonsense = new TypeError('The port did not answer as it promises to');
    await expect(askFor(() => Promise.resolve(answer))).rejects.toEqual(nonsense);
  });

  it('a call that gives no task: it rejects', async () => {
    await expect(ask('The port', isNumber, () => untyped(undefined))).rejects.toBeInstanceOf(TypeError);
  });
});
