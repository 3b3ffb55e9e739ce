/** Signing in: failures are limited and audited, and passwords are checked a few at a time. */
import { identity } from 'fp-ts/lib/function.js';
import { isNone, none, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import type { UserAuthenticator } from 'camcops-tablet-session';

import type { Database } from '../postgres/database.js';
import type { PasswordCost } from '../postgres/passwords.js';
import { findByPassword, type Account } from '../postgres/users.js';
import { writeAudit } from './audit.js';
import { currentClient } from './client.js';
import type { SignInLimits } from './sign-in-limits.js';

export const limitedUsers = (
  db: Database,
  limits: SignInLimits,
  cost: PasswordCost,
): UserAuthenticator<unknown, Account> => {
  /** Whoever it is, and whatever limit is reached, all that fail take the same steps, writes included: their time tells nothing. */
  const signIn = async (username: string, password: string): Promise<Option<Account>> => {
    const client = currentClient();
    if (client.signal.aborted) throw new Error('the client hung up before its password was checked');
    const limit = await limits.for(username, client);
    const asked = { username, password, isLocked: limit.refuses !== undefined };
    const user = await findByPassword(db.query, cost, asked);
    if (isNone(user)) {
      const locks = await limit.failed(password);
      const details = { limit: limit.refuses };
      await writeAudit(db.query, { event: locks ? 'locked-out' : 'sign-in-failed', username, details });
      return none;
    }
    await limit.succeeded();
    await writeAudit(db.query, { event: 'sign-in', username });
    return user;
  };

  return {
    authenticate: (username, password) =>
      tryCatch(async () => {
        const leave = await limits.hashing({ address: currentClient().address, account: username });
        if (leave === undefined) throw new Error('too many passwords wait to be checked');
        return signIn(username, password.reveal()).finally(leave);
      }, identity),
  };
};
