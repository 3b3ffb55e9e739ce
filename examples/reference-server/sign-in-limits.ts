/** Limits how often sign-ins may fail. */
import { createHmac, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible';

import type { Database } from '../postgres/database.js';
import { currentClient, networkOf, type Client } from './client.js';
import { fairRoom, inRoom } from './room.js';

const day = 24 * 60 * 60;

/** How many failures are allowed, and for how many seconds each counts. */
const perAddress = { points: 30, duration: 60 };
const perAccount = { points: 10, duration: 15 * 60 };
/** For how many seconds a user stays known on a device, where their failures are counted apart. */
const knownFor = 90 * day;
/** Counts the same guess once a minute, because a tablet sends its password more than once in an upload. */
const sameGuess = { points: 1, duration: 60 };

const isOver = async (limiter: RateLimiterAbstract, key: string): Promise<boolean> => {
  const counted = await limiter.get(key);
  return counted !== null && counted.consumedPoints >= limiter.points;
};

/** How many passwords are hashed at a time: all cores but one, which is for other requests. */
const hashedAtOnce = Math.max(1, availableParallelism() - 1);

/** Makes the digest by which a guess is remembered, with a key that nobody knows. */
const digestKey = randomBytes(32);
const digestOf = (...guess: readonly string[]): string =>
  createHmac('sha256', digestKey).update(JSON.stringify(guess)).digest('base64');

/**
 * Limits the failures from one address (of IPv6, one network), so that guessing many accounts is slow, and those of one account, existing or not.
 * On a device where a user has signed in before, only their failures there count. So nobody can lock them out without that device's name.
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

  const hashers = fairRoom({ total: hashedAtOnce, ofAddress: hashedAtOnce, waitMs: 30_000 });

  return {
    /** Does work that hashes a password in the queue of such works; returns `undefined` after too long a wait. */
    hashing: <A>(account: string, work: () => Promise<A>) =>
      inRoom(hashers, { address: currentClient().address, account }, work),

    /** Returns the limits of a user at a client. Takes the same steps for everybody, because their time would tell users apart. */
    for: async (username: string, { address: whole, device }: Client) => {
      const address = networkOf(whole);
      const pair = `${username} on ${device}`;
      const isKnown = (await known.get(pair)) !== null;
      // Users who are known on their device are exempt.
      const isAddressOver = (await isOver(addresses, address)) && !isKnown;
      // Guesses that the address's limit refuses lock no account.
      const account = isKnown ? pair : isAddressOver ? `nobody at ${address}` : username;
      const isLocked = await isOver(accounts, account);
      return {
        /** The limit that refuses even the right password, if any. */
        refuses: isAddressOver ? 'address' : isLocked ? 'account' : undefined,
        /** Counts a failure; returns whether it locks the account. */
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
    /** Counts a failure whose password was not checked; returns whether its address is still within the limit. */
    failedUnchecked: async (): Promise<boolean> =>
      (await addresses.penalty(networkOf(currentClient().address))).consumedPoints <= perAddress.points,
    /** Wrong access keys are counted apart, so that they keep nobody from signing in. */
    isAddressOver: (address: string) => isOver(keys, networkOf(address)),
    addressFailed: (address: string) => keys.penalty(networkOf(address)),
  };
};

export type SignInLimits = ReturnType<typeof signInLimits>;

/** Forgets the failures of a user on all devices. */
export const unlockSql = `delete from limits where key = 'account:' || $1 or starts_with(key, 'account:' || $1 || ' on ') returning key`;
