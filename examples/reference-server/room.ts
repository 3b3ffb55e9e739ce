/** Room that is shared. Whoever finds it full waits: addresses take turns, and so do the accounts of an address. */
import { Semaphore, withTimeout } from 'async-mutex';

import { networkOf } from './client.js';

/** Who asks for room, and for how much. */
export interface Asking {
  readonly address: string;
  readonly account?: string;
  /** 1 if left out. Keep a room's total to a few thousand, because each release makes the library walk through all units. */
  readonly amount?: number;
}

/**
 * Makes a room of which one address may have a part. Turns away whoever has waited for `waitMs`. Those of one account queue for the
 * address, and those of one address for the room, where no address has more than its part. So nobody waits behind all requests of another address or account.
 */
export const fairRoom = ({ total, ofAddress, waitMs }: Readonly<Record<'total' | 'ofAddress' | 'waitMs', number>>) => {
  const room = new Semaphore(total);
  /** The parts of addresses and accounts that are in use. */
  const parts = new Map<string, Semaphore>();

  /** Forgets a part that nobody uses, because anyone can make up accounts. */
  const forget = (key: string, part: Semaphore): void => {
    if (parts.get(key) === part && part.getValue() === ofAddress) parts.delete(key);
  };

  /** Resolves to a function that gives the room back, or to `undefined` after too long a wait. */
  return async ({ address, account, amount = 1 }: Asking): Promise<(() => void) | undefined> => {
    const until = performance.now() + waitMs;
    const leaves: (() => void)[] = [];
    const leave = () => {
      for (const each of leaves.splice(0).reverse()) each();
    };
    // An amount larger than the room has it alone.
    const enter = async (semaphore: Semaphore, most: number) => {
      const [, release] = await withTimeout(semaphore, until - performance.now()).acquire(Math.min(amount, most));
      leaves.push(release);
    };
    try {
      const network = networkOf(address);
      for (const key of account === undefined ? [network] : [`${network} ${account}`, network]) {
        const part = parts.get(key) ?? new Semaphore(ofAddress);
        parts.set(key, part);
        leaves.push(() => setImmediate(forget, key, part));
        await enter(part, ofAddress);
      }
      await enter(room, total);
      return leave;
    } catch {
      leave();
      return undefined;
    }
  };
};

export type Room = ReturnType<typeof fairRoom>;

/** Does work in a room; returns `undefined` if there was no room in time. */
export const inRoom = async <A>(room: Room, asking: Asking, work: () => Promise<A>): Promise<A | undefined> => {
  const leave = await room(asking);
  return leave && work().finally(leave);
};
