/** Who is let in, and in which order. */
import { describe, expect, it } from 'vitest';

import { fairRoom, type Asking } from '../../../examples/reference-server/room.js';

/** Lets all ask at once, and gives them in the order in which they are let in; each leaves before the next. */
const orderOf = async (asking: readonly Asking[]): Promise<readonly string[]> => {
  const room = fairRoom({ total: 1, ofAddress: 1, waitMs: 10_000 });
  const order: string[] = [];
  await Promise.all(
    asking.map(async (one) => {
      const leave = await room(one);
      order.push(`${one.address} ${one.account ?? ''}`);
      leave?.();
    }),
  );
  return order;
};
const times = (count: number, one: Asking): readonly Asking[] => Array.from({ length: count }, () => one);
const [a, b] = [
  { address: 'a', account: 'one' },
  { address: 'b', account: 'one' },
];

describe('a fair room', () => {
  it('lets addresses take turns, and of one address its accounts', async () => {
    const other = { address: 'a', account: 'other' };
    expect(await orderOf([...times(5, a), other, b])).toEqual([
      ...['a one', 'b one', 'a other'],
      ...['a one', 'a one', 'a one', 'a one'],
    ]);
  });

  it('passes over an address that has its share, and nobody else', async () => {
    const room = fairRoom({ total: 10, ofAddress: 6, waitMs: 50 });
    const leave = await room({ address: 'a', amount: 6 });
    // Of an address that has its share, nothing more; of another, no more than there is.
    const waiting = [room({ address: 'a', amount: 1 }), room({ address: 'b', amount: 4 })];
    expect(await Promise.all(waiting)).toEqual([undefined, expect.any(Function)]);
    expect(await room({ address: 'c', amount: 1 })).toBe(undefined);
    leave?.();
    expect(await room({ address: 'c', amount: 1 })).toBeTypeOf('function');
  });

  it('takes the IPv6 addresses that one client may have for one', async () => {
    const room = fairRoom({ total: 10, ofAddress: 5, waitMs: 50 });
    await room({ address: '2001:db8::1', amount: 5 });
    expect(await room({ address: '2001:db8::2' })).toBe(undefined);
    expect(await room({ address: '2001:db8:0:1::1' })).toBeTypeOf('function');
  });

  it('lets in what waits for the whole before what came later', async () => {
    const room = fairRoom({ total: 10, ofAddress: 10, waitMs: 10_000 });
    const leave = await room({ address: 'a', amount: 5 });
    const order: string[] = [];
    const large = room({ address: 'b', amount: 10 }).then((left) => (order.push('large'), left?.()));
    const small = room({ address: 'c', amount: 1 }).then((left) => (order.push('small'), left?.()));
    leave?.();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  it('has room for what is larger than itself, once it is empty', async () => {
    const room = fairRoom({ total: 10, ofAddress: 5, waitMs: 50 });
    const leave = await room({ address: 'a', amount: 100 });
    expect(leave).toBeTypeOf('function');
    expect(await room({ address: 'b' })).toBe(undefined);
    leave?.();
    expect(await room({ address: 'b' })).toBeTypeOf('function');
  });
});
