/** Hosts that make mistakes, and a watch on the promises that they leave. */
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';

import { secret } from '../../src/index.js';
import { alice, device } from './fixtures.js';

export type Parts = Readonly<Record<string, unknown>>;

/** What a port or handler should be: a function that returns a task of a right. */
export const giving = (answer: unknown) => () => () => Promise.resolve(right(answer));

/** Ports without a mistake. */
export const good: Readonly<Record<string, Parts>> = {
  devices: { findDeviceByName: giving(some(device)) },
  users: { authenticate: giving(some(alice)) },
  sessions: { findSession: giving(none), startSession: giving({ id: 900, token: secret('new-token') }) },
};

/** A server with other parts. */
export const broken = (parts: Parts): Parts => ({ ports: good, handlers: {}, ...parts });

export const rejected = () => Promise.reject(new Error('nobody looks at this'));

/** Promises that nobody awaits must not end the process: the tests of the file fail if one could. */
export const watchUnhandled = (): void => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(async () => {
    await setImmediate();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
};
