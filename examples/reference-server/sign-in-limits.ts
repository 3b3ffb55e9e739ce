/** How often sign-ins may fail. */
import { createHmac, randomBytes } from 'node:crypto';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible';

import type { Database, Query } from '../postgres/database.js';
import type { Client } from './client.js';
import { fairRoom } from './room.js';

const day = 24 * 60 * 60;

/** Failures, and for how many seconds they count. */
const perAddress = { points: 30, duration: 60 };
const perAccount = { points: 10, duration: 15 * 60 };
/** An account that has signed in on a device has failures of its own there, for so long. */
const knownFor = 90 * day;
/** The same guess fails once in so many seconds, because a tablet sends its password more than once in an upload. */
const sameGuess = { points: 1, duration: 60 };

const isOver = async (limiter: RateLimiterAbstract, key: string): Promise<boolean> => {
  const counted = await limiter.get(key);
  return counted !== null && counted.consumedPoints >= limiter.points;
};

/** Keeps only digests of guesses, by a key that nobody knows. */
const digestKey = randomBytes(32);
const digestOf = (...guess: readonly string[]): string =>
  createHmac('sha256', digestKey).update(JSON.stringify(guess)).digest('base64');

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
  const storage = { storeClient, storeType: 'client', tableName: 'limits', tableCreated: true };
  const addresses = new RateLimiterMemory(perAddress);
  const keys = new RateLimiterMemory(perAddress);
  const guesses = new RateLimiterMemory(sameGuess);
  const accounts = new RateLimiterPostgres({ ...storage, keyPrefix: 'account', ...perAccount });
  const known = new RateLimiterPostgres({ ...storage, keyPrefix: 'known', points: 1, duration: knownFor });

  return {
    /** Where passwords are hashed, two at a time. */
    hashing: fairRoom({ total: 2, ofAddress: 2, waitMs: 30_000 }),

    /** What applies to this user, here. Each step is the same for all: what is left out for some would tell them by its time. */
    for: async (username: string, { address, device }: Client) => {
      const pair = `${username} on ${device}`;
      const isKnown = (await known.get(pair)) !== null;
      // Those who are known on their device are not held to it.
      const isAddressOver = (await isOver(addresses, address)) && !isKnown;
      // Guesses that are refused anyway lock nobody.
      const account = isKnown ? pair : isAddressOver ? `nobody at ${address}` : username;
      const isLocked = await isOver(accounts, account);
      return {
        /** The limit that refuses even the right password. */
        refuses: isAddressOver ? 'address' : isLocked ? 'account' : undefined,
        /** Counts a failure; whether it is the one that locks the account. */
        failed: async (password: string): Promise<boolean> => {
          const guess = await guesses.penalty(digestOf(username, device, address, password));
          const points = guess.consumedPoints === 1 ? 1 : 0;
          await addresses.penalty(address, points);
          const { consumedPoints } = await accounts.penalty(account, points);
          return !isAddressOver && points > 0 && consumedPoints === perAccount.points;
        },
        succeeded: async (): Promise<void> => {
          await accounts.delete(account);
          await known.set(pair, 1, knownFor);
        },
      };
    },
    /** Of access keys, which nobody types wrong often: their failures keep nobody from signing in. */
    isAddressOver: (address: string) => isOver(keys, address),
    addressFailed: (address: string) => keys.penalty(address),
  };
};

export type SignInLimits = ReturnType<typeof signInLimits>;

/** Forgets the failures of an account, wherever they were; returns whether there were any. */
export const unlock = async (query: Query, username: string): Promise<boolean> => {
  const sql = `delete from limits where key = 'account:' || $1 or starts_with(key, 'account:' || $1 || ' on ') returning key`;
  return (await query(sql, [username])).length > 0;
};
