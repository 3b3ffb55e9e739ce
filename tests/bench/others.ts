/** The users of an attacked server: who is there, and what those ask who are not the attacker. */
import { savePassword, saveUser } from '../../examples/reference-server/accounts.js';
import type { Database } from '../../examples/postgres/database.js';
import type { PasswordCost } from '../../examples/postgres/users.js';
import { tablet } from '../../examples/tablets-day/tablet.js';
import { username } from '../support/fixtures.js';
import { postTo } from '../support/uploading.js';
import { costly, mallory } from './attacks.js';

export const attacked = { user: 'nurse', password: 'Pass-Word 1' };

/** Users, and as many extra strings as CamCOPS has. */
export const prepare = async (db: Database, cost?: PasswordCost): Promise<void> => {
  for (const { user, password } of [attacked, mallory])
    await savePassword(db, username(user), password, 'clinic', cost);
  await saveUser(db.query, username(costly.user), { passwordHash: costly.hash, group: 'clinic' });
  await db.query(
    `insert into extra_strings (task, name, value) select 'phq9', 'q' || n, repeat('x', 100) from generate_series(1, 6284) n`,
  );
};

/** A tablet that is signed in, and one that signs in anew each time. Both resolve to whether they were served. */
export const othersOf = async (url: string) => {
  const nurse = () => tablet(postTo(url), { camcops_version: '2.4.24', device: 'tablet-1', ...attacked });
  const isServed = async (asked: ReturnType<ReturnType<typeof nurse>['ask']>) =>
    (await asked).reply.body.includes('success:1');
  const signedIn = nurse();
  await signedIn.ask('register');
  return {
    ask: () => isServed(signedIn.ask('get_id_info')),
    signIn: () => isServed(nurse().ask('check_upload_user_and_device')),
  };
};
