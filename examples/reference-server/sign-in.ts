/** Signing in: failures are limited and audited, and passwords are checked a few at a time. */
import { identity } from 'fp-ts/lib/function.js';
import { isNone, none, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import PQueue from 'p-queue';
import type { UserAuthenticator } from 'camcops-tablet-session';

import type { Database } from '../postgres/database.js';
import type { PasswordCost } from '../postgres/passwords.js';
import { findByPassword, type Account } from '../postgres/users.js';
import { writeAudit } from './audit.js';
import { asClient, currentClient } from './client.js';
import type { SignInLimits } from './sign-in-limits.js';

/** Passwords are checked so many at a time; so many more may wait. */
const atOnce = 2;
const maxWaiting = 1_000;

export const limitedUsers = (
  db: Database,
  limits: SignInLimits,
  cost: PasswordCost,
): UserAuthenticator<unknown, Account> => {
  const queue = new PQueue({ concurrency: atOnce });

  /** A user who does not exist, a wrong password and a locked account take the same steps, writes included. */
  const signIn = async (username: string, password: string): Promise<Option<Account>> => {
    const client = currentClient();
    if (client.signal.aborted) throw new Error('the client hung up before its password was checked');
    const limit = await limits.for(username, client);
    if (limit.isAddressOver) return none;
    const user = await findByPassword(db.query, cost, { username, password, isLocked: limit.isLocked });
    if (isNone(user)) {
      const locks = await limit.failed();
      await writeAudit(db.query, { event: locks ? 'locked-out' : 'sign-in-failed', username });
      return none;
    }
    await limit.succeeded();
    await writeAudit(db.query, { event: 'sign-in', username });
    return user;
  };

  return {
    authenticate: (username, password) =>
      tryCatch(async () => {
        if (queue.size >= maxWaiting) throw new Error('too many passwords wait to be checked');
        const client = currentClient();
        // The queue calls it in the name of whoever was served last. Users who are known on their device need not wait for guesses.
        const work = () => asClient(client, () => signIn(username, password.reveal()));
        return queue.add(work, { priority: Number(limits.remembers(username, client.device)) });
      }, identity),
  };
};
