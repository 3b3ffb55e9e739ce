/** Queues in this process, one per key. */

/**
 * Returns a function that runs the works of one key one after the other. So requests of one device wait here, and do not each take one of
 * the few database connections.
 */
export const inTurn = () => {
  const last = new Map<number, Promise<unknown>>();
  return async <A>(key: number, work: () => Promise<A>): Promise<A> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
};
