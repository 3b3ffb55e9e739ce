/** The three ports, by the laws of `camcops-tablet-session/testing`. */
import { identity } from 'fp-ts/lib/function.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import PQueue from 'p-queue';
import { secret, type Device, type Ports, type User } from 'camcops-tablet-session';

import { writeAudit } from './audit.js';
import { asClient, currentClient } from './client.js';
import type { Database } from './database.js';
import { hashPassword, hashToken, isOutdated, isPassword, isToken, newToken, type PasswordCost } from './passwords.js';
import type { SignInLimits } from './sign-in-limits.js';

/** A session ends when it has not been used for so long. An upload lives in its session, so this must be longer than its pauses. */
const sessionLife = `interval '60 minutes'`;

/** Passwords are checked so many at a time; so many more may wait. */
const atOnce = 2;
const maxWaiting = 1_000;

/** A user of this server. The version of the password says whether it has changed since. */
export interface Account extends User {
  readonly passwordVersion: number;
  /** The patient whose own account this is. */
  readonly patientId: Option<number>;
}

type UserRow = Omit<Account, 'uploadGroupId' | 'patientId'> & {
  readonly group: number | null;
  readonly patient: number | null;
};

const userColumns = `u.id, u.username, u.superuser, u.password_version as "passwordVersion", u.upload_group_id as "group",
  u.patient_id as patient, coalesce((
    select json_agg(m) from (
      select group_id as "groupId", may_upload as "mayUpload", may_register_devices as "mayRegisterDevices"
      from memberships where user_id = u.id) m), '[]') as memberships`;

const accountOf = ({ id, username, superuser, memberships, passwordVersion, group, patient }: UserRow): Account => ({
  ...{ id, username, superuser, memberships, passwordVersion },
  uploadGroupId: fromNullable(group),
  patientId: fromNullable(patient),
});

export const databasePorts = (
  db: Database,
  limits: SignInLimits,
  cost: PasswordCost,
): Required<Ports<unknown, Device, Account>> => {
  const queue = new PQueue({ concurrency: atOnce });

  /**
   * The hash of this user, if the password is that of it. The password is tried on one hash of each kind that any user has: on that of
   * this user, if it is of this kind. So the time does not tell whether the user exists, or how their password is hashed.
   */
  const matchingHash = async (username: string, password: string): Promise<string | undefined> => {
    const hashes = await db.query<{ readonly hash: string; readonly isOwn: boolean }>(
      `select distinct on (hash_kind) password_hash as hash, username = $1 as "isOwn"
       from users order by hash_kind, username = $1 desc`,
      [username],
    );
    let matching: string | undefined;
    for (const { hash, isOwn } of hashes) if ((await isPassword(password, hash)) && isOwn) matching = hash;
    return matching;
  };

  /** A user who does not exist, a wrong password and a locked account take the same steps, writes included. */
  const signIn = async (username: string, password: string): Promise<Option<Account>> => {
    const client = currentClient();
    if (client.signal.aborted) throw new Error('the client hung up before its password was checked');
    const limit = await limits.for(username, client);
    if (limit.isAddressOver) return none;
    const hash = await matchingHash(username, password);
    // Read only now: the password may have changed while it was checked.
    const sql = `select ${userColumns} from users u where u.username = $1 and u.password_hash = $2`;
    const [row] = hash === undefined || limit.isLocked ? [] : await db.query<UserRow>(sql, [username, hash]);
    if (hash === undefined || row === undefined) {
      const locks = await limit.failed();
      await writeAudit(db.query, { event: locks ? 'locked-out' : 'sign-in-failed', username });
      return none;
    }
    await limit.succeeded();
    if (isOutdated(cost, hash)) {
      // The version stays: it is the same password, unless it has changed meanwhile.
      const better = await hashPassword(cost, password);
      await db.query('update users set password_hash = $3 where id = $1 and password_hash = $2', [
        row.id,
        hash,
        better,
      ]);
    }
    await writeAudit(db.query, { event: 'sign-in', username });
    return some(accountOf(row));
  };

  return {
    devices: {
      findDeviceByName: (name) =>
        tryCatch(async () => {
          const sql = 'select id, name from devices where name = $1 and revoked_at is null';
          const [device] = await db.query<Device>(sql, [name]);
          return fromNullable(device);
        }, identity),
    },

    users: {
      authenticate: (username, password) =>
        tryCatch(async () => {
          if (queue.size >= maxWaiting) throw new Error('too many passwords wait to be checked');
          const client = currentClient();
          // The queue calls it in the name of whoever was served last. Users who are known on their device need not wait for guesses.
          const work = () => asClient(client, () => signIn(username, password.reveal()));
          return queue.add(work, { priority: Number(limits.remembers(username, client.device)) });
        }, identity),
    },

    sessions: {
      findSession: (id, token) =>
        tryCatch(async () => {
          // A tablet may send an id that is too large for the column.
          const [row] = await db.query<UserRow & { readonly hash: Uint8Array; readonly isOld: boolean }>(
            `select ${userColumns}, s.token_hash as hash, s.last_used_at < now() - interval '1 minute' as "isOld"
             from sessions s join users u on u.id = s.user_id and u.password_version = s.password_version
             where s.id = $1::bigint and s.last_used_at > now() - ${sessionLife}`,
            [id],
          );
          if (row === undefined || !isToken(token.reveal(), row.hash)) return none;
          if (row.isOld) await db.query('update sessions set last_used_at = now() where id = $1', [id]);
          return some({ id, token, user: accountOf(row) });
        }, identity),

      startSession: (user) =>
        tryCatch(async () => {
          await db.query(`delete from sessions where last_used_at < now() - ${sessionLife}`);
          const token = newToken();
          const [session] = await db.query<{ id: number }>(
            `insert into sessions (token_hash, user_id, password_version)
             select $1, id, password_version from users where id = $2 and password_version = $3 returning id`,
            [hashToken(token), user.id, user.passwordVersion],
          );
          if (session === undefined) throw new Error('the user has changed password meanwhile');
          return { id: session.id, token: secret(token) };
        }, identity),
    },
  };
};
