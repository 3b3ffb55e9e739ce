/** Room that is shared. Whoever finds it full waits: addresses take turns, and so do the accounts of an address. */

/** Who asks for room, and for how much. */
export interface Asking {
  readonly address: string;
  readonly account?: string;
  readonly amount?: number;
}

interface Waiting extends Required<Asking> {
  readonly enter: () => void;
}

/** How many turns are remembered. Limited, because anyone can make up accounts. */
const maxRemembered = 10_000;

/** Returns whether an amount fits beside what is used. An amount larger than the room has it alone. */
const fits = (used: number, amount: number, most: number): boolean => used === 0 || used + amount <= most;

/** Makes a room of which one address may have a part. Turns away whoever has waited for `waitMs`. */
export const fairRoom = ({ total, ofAddress, waitMs }: Readonly<Record<'total' | 'ofAddress' | 'waitMs', number>>) => {
  let [used, turns] = [0, 0];
  const usedBy = new Map<string, number>();
  const waiting = new Set<Waiting>();
  /** When each address, and each of its accounts, last had a turn. */
  const lastTurn = new Map<string, number>();
  const usedOf = (address: string) => usedBy.get(address) ?? 0;
  const turnOf = (whose: string) => lastTurn.get(whose) ?? 0;

  const hold = (address: string, amount: number): void => {
    used += amount;
    usedBy.set(address, usedOf(address) + amount);
    if (usedOf(address) === 0) usedBy.delete(address);
  };

  /** Orders those who wait as a sort does: the address that had its last turn longest ago comes first, and of one address its account. */
  const order = (one: Waiting, other: Waiting): number =>
    turnOf(one.address) - turnOf(other.address) || turnOf(one.account) - turnOf(other.account);

  const admit = (): void => {
    for (;;) {
      let next: Waiting | undefined;
      for (const one of waiting) {
        // Passes over an address that has its share.
        const isFree = fits(usedOf(one.address), one.amount, ofAddress);
        if (isFree && (next === undefined || order(one, next) < 0)) next = one;
      }
      // Nobody overtakes the next in turn, because a large amount would wait for ever.
      if (next === undefined || !fits(used, next.amount, total)) break;
      waiting.delete(next);
      turns += 1;
      lastTurn.set(next.address, turns).set(next.account, turns);
      hold(next.address, next.amount);
      next.enter();
    }
    if (used === 0 || lastTurn.size > maxRemembered) lastTurn.clear();
  };

  /** Resolves to a function that gives the room back, or to `undefined` after too long a wait. */
  return ({ address, account = '', amount = 1 }: Asking): Promise<(() => void) | undefined> =>
    new Promise((resolve) => {
      const leave = (): void => {
        hold(address, -amount);
        admit();
      };
      const enter = (): void => {
        clearTimeout(timer);
        resolve(leave);
      };
      const one = { address, account: `${address} ${account}`, amount, enter };
      const timer = setTimeout(() => {
        waiting.delete(one);
        resolve(undefined);
        // Others may have waited behind it.
        admit();
      }, waitMs);
      waiting.add(one);
      admit();
    });
};

export type Room = ReturnType<typeof fairRoom>;

/** Does work in a room; returns `undefined` if there was no room in time. */
export const inRoom = async <A>(room: Room, asking: Asking, work: () => Promise<A>): Promise<A | undefined> => {
  const leave = await room(asking);
  return leave && work().finally(leave);
};
