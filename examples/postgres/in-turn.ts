/** Queues in this process, by key. */

/**
 * Makes a function that runs work in turn: of the works of one key, each begins when the one before has ended. So requests of one device
 * wait here, not each in a database connection, of which there are few.
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
