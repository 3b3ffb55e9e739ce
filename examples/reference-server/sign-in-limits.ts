/** How often sign-ins may fail. */
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible';

import type { Database, Query } from '../postgres/database.js';
import type { Client } from './client.js';

const day = 24 * 60 * 60;

/** Failures, and for how many seconds they count. */
const perAddress = { points: 30, duration: 60 };
const perAccount = { points: 10, duration: 15 * 60 };
/** An account that has signed in on a device has failures of its own there, for so long. */
const knownFor = 90 * day;
/** So many of these are remembered, and not looked up. */
const maxRemembered = 10_000;

const isOver = async (limiter: RateLimiterAbstract, key: string): Promise<boolean> => {
  const counted = await limiter.get(key);
  return counted !== null && counted.consumedPoints >= limiter.points;
};

/**
 * Two limits: of failures from one address, so that guessing many accounts is slow, and of failures of one account. Where a user has
 * signed in before, on that device, they are held only to failures there: nobody can lock them out who does not know the device's name.
 * Accounts that do not exist count alike.
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

  const remembered = new Set<string>();

  return {
    /** Whether this user has signed in on this device, as far as this process remembers. */
    remembers: (username: string, device: string) => remembered.has(`${username} on ${device}`),

    /** What applies to this user, here. */
    for: async (username: string, { address, device }: Client) => {
      const pair = `${username} on ${device}`;
      const isKnown = remembered.has(pair) || (await known.get(pair)) !== null;
      const account = isKnown ? pair : username;
      const isAddressOver = await isOver(addresses, address);
      // Guesses beyond the limit cost the database one look-up.
      const isLocked = (isKnown || !isAddressOver) && (await isOver(accounts, account));
      return {
        isLocked,
        /** Those who are known, and not locked, are not held to it. */
        isAddressOver: isAddressOver && !(isKnown && !isLocked),
        /** Counts a failure; whether it is the one that locks the account. */
        failed: async (): Promise<boolean> => {
          await addresses.penalty(address);
          const { consumedPoints } = await accounts.penalty(account);
          if (consumedPoints >= perAccount.points) remembered.delete(pair);
          return consumedPoints === perAccount.points;
        },
        succeeded: async (): Promise<void> => {
          await accounts.delete(account);
          await known.set(pair, 1, knownFor);
          if (remembered.size >= maxRemembered) remembered.clear();
          remembered.add(pair);
        },
      };
    },
    /** Of access keys, which nobody types wrong often. */
    isAddressOver: (address: string) => isOver(addresses, address),
    addressFailed: (address: string) => addresses.penalty(address),
  };
};

export type SignInLimits = ReturnType<typeof signInLimits>;

/** Forgets the failures of an account, wherever they were; returns whether there were any. */
export const unlock = async (query: Query, username: string): Promise<boolean> => {
  const sql = `delete from limits where key = 'account:' || $1 or starts_with(key, 'account:' || $1 || ' on ') returning key`;
  return (await query(sql, [username])).length > 0;
};
