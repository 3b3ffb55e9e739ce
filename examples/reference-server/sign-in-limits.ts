/** How often sign-ins may fail. */
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible';

import type { Database, Query } from './database.js';

const day = 24 * 60 * 60;

/** Failures, and for how many seconds they count. */
const perAddress = { points: 30, duration: 60 };
const perAccount = { points: 10, duration: 15 * 60 };
/** An account that has signed in from an address has failures of its own there, for so long. */
const knownFor = 90 * day;

const isOver = async (limiter: RateLimiterAbstract, key: string): Promise<boolean> => {
  const counted = await limiter.get(key);
  return counted !== null && counted.consumedPoints >= limiter.points;
};

/**
 * Two limits: of failures from one address, so that guessing many accounts is slow, and of failures of one account. A user who has
 * signed in from an address before is held only to failures there: nobody elsewhere can lock them out. Accounts that do not exist count
 * alike.
 */
export const signInLimits = (db: Database) => {
  const storeClient = {
    query: async ({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) => {
      const rows = await db.query(text, values);
      return { rows, rowCount: rows.length };
    },
  };
  const stored = (keyPrefix: string, limit: typeof perAccount) =>
    new RateLimiterPostgres({
      ...{ storeClient, storeType: 'client', tableName: 'limits', tableCreated: true },
      ...{ keyPrefix, ...limit },
    });
  const addresses = new RateLimiterMemory(perAddress);
  const accounts = stored('account', perAccount);
  const known = stored('known', { points: 1, duration: knownFor });

  return {
    /** What applies to this user at this address. */
    for: async (username: string, address: string) => {
      const pair = `${username} at ${address}`;
      const isKnown = (await known.get(pair)) !== null;
      const account = isKnown ? pair : username;
      return {
        isKnown,
        isAddressOver: () => (isKnown ? Promise.resolve(false) : isOver(addresses, address)),
        isLocked: () => isOver(accounts, account),
        /** Counts a failure; whether it is the one that locks the account. */
        failed: async (): Promise<boolean> => {
          await addresses.penalty(address);
          return (await accounts.penalty(account)).consumedPoints === perAccount.points;
        },
        succeeded: async (): Promise<void> => {
          await accounts.delete(account);
          await known.set(pair, 1, knownFor);
        },
      };
    },
    /** Of access keys, which nobody types wrong often. */
    isAddressOver: (address: string) => isOver(addresses, address),
    addressFailed: async (address: string): Promise<void> => {
      await addresses.penalty(address);
    },
  };
};

export type SignInLimits = ReturnType<typeof signInLimits>;

/** Forgets the failures of an account, wherever they were. */
export const unlock = async (query: Query, username: string): Promise<void> => {
  await query(`delete from limits where key = 'account:' || $1 or starts_with(key, 'account:' || $1 || ' at ')`, [
    username,
  ]);
};
