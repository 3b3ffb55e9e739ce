/** Room that is shared. Whoever finds it full waits: addresses take turns, and so do the accounts of an address. */

export interface Bounds {
  readonly total: number;
  readonly ofAddress: number;
  /** How long anyone waits before they are turned away. */
  readonly waitMs: number;
}

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

export const fairRoom = ({ total, ofAddress, waitMs }: Bounds) => {
  let [used, turns] = [0, 0];
  const usedBy = new Map<string, number>();
  const waiting = new Set<Waiting>();
  /** When each address, and each of its accounts, last had a turn. */
  const lastTurn = new Map<string, number>();
  const accountOf = ({ address, account }: Waiting) => `${address} ${account}`;

  const hold = (address: string, amount: number): void => {
    used += amount;
    const now = (usedBy.get(address) ?? 0) + amount;
    if (now > 0) usedBy.set(address, now);
    else usedBy.delete(address);
  };

  const isBefore = (one: Waiting, other: Waiting): boolean => {
    const byAddress = (lastTurn.get(one.address) ?? 0) - (lastTurn.get(other.address) ?? 0);
    return (
      byAddress < 0 || (byAddress === 0 && (lastTurn.get(accountOf(one)) ?? 0) < (lastTurn.get(accountOf(other)) ?? 0))
    );
  };

  const admit = (): void => {
    for (;;) {
      let next: Waiting | undefined;
      for (const one of waiting) {
        // Passes over an address that has its share.
        const isFree = fits(usedBy.get(one.address) ?? 0, one.amount, ofAddress);
        if (isFree && (next === undefined || isBefore(one, next))) next = one;
      }
      // Nobody overtakes the next in turn, because a large amount would wait for ever.
      if (next === undefined || !fits(used, next.amount, total)) break;
      waiting.delete(next);
      turns += 1;
      lastTurn.set(next.address, turns).set(accountOf(next), turns);
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
      const one = { address, account, amount, enter };
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
