/** Signs users in: checks a few passwords at a time, and limits and audits failures. */
import { identity } from 'fp-ts/lib/function.js';
import { isNone, none, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import type { UserAuthenticator } from 'camcops-tablet-session';

import type { Database } from '../postgres/database.js';
import { findByVersion, hashOfPassword, hashPassword, type Account, type PasswordCost } from '../postgres/users.js';
import { writeAudit } from './audit.js';
import { currentClient } from './client.js';
import type { SignInLimits } from './sign-in-limits.js';

/** Returns whether a hash is of another kind than new hashes, or of a lower cost. */
export const isOutdated = (cost: PasswordCost, stored: string): boolean => {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),/.exec(stored) ?? [];
  return Number(memory ?? 0) * Number(time ?? 0) < cost.memoryCost * cost.timeCost;
};

export const limitedUsers = (
  db: Database,
  limits: SignInLimits,
  cost: PasswordCost,
): UserAuthenticator<unknown, Account> => {
  /** Refuses a sign-in whose password was not checked. Beyond the limit of its address it leaves no entry, because nothing slows such requests down. */
  const refuseUnchecked = async (username: string, why: string): Promise<never> => {
    if (await limits.failedUnchecked())
      await writeAudit(db.query, { event: 'sign-in-failed', username, details: { unchecked: why } });
    throw new Error(why);
  };

  /** Takes the same steps for every failure, including writes, whoever fails and whichever limit refuses. So its time tells nothing. */
  const signIn = async (username: string, password: string): Promise<Option<Account>> => {
    const client = currentClient();
    if (client.signal.aborted) return refuseUnchecked(username, 'the client hung up before its password was checked');
    const limit = await limits.for(username, client);
    const own = await hashOfPassword(db.query, username, password);
    const isRefused = own === undefined || limit.refuses !== undefined;
    const user = isRefused ? none : await findByVersion(db.query, username, own.version);
    if (isRefused || isNone(user)) {
      const locks = await limit.failed(password);
      // Always names a limit: shorter entries were written some microseconds faster, which told locked users apart.
      const details = { limit: limit.refuses ?? 'neither' };
      await writeAudit(db.query, { event: locks ? 'locked-out' : 'sign-in-failed', username, details });
      return none;
    }
    if (isOutdated(cost, own.hash)) {
      // Nothing happens if the hash has changed meanwhile.
      const values = [username, own.hash, await hashPassword(cost, password)];
      await db.query('update users set password_hash = $3 where username = $1 and password_hash = $2', values);
    }
    await limit.succeeded();
    await writeAudit(db.query, { event: 'sign-in', username });
    return user;
  };

  return {
    authenticate: (username, password) =>
      tryCatch(async () => {
        const signedIn = await limits.hashing(username, () => signIn(username, password.reveal()));
        return signedIn ?? refuseUnchecked(username, 'too many passwords wait to be checked');
      }, identity),
  };
};
