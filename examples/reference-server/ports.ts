/** The three ports, over the database. They keep the laws of `camcops-tablet-session/testing`. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { secret, Username, type Device, type Ports, type StoredSession, type User } from 'camcops-tablet-session';

import type { Database } from './database.js';
import { hashPassword, hashToken, isPassword, isToken, newToken } from './passwords.js';

export interface Limits {
  /** A session ends when it has not been used for so long. */
  readonly sessionMinutes: number;
  /** So many wrong passwords in a row lock an account... */
  readonly maxFailedLogins: number;
  /** ...for so long. */
  readonly lockMinutes: number;
}

export const defaultLimits: Limits = { sessionMinutes: 60, maxFailedLogins: 10, lockMinutes: 15 };

interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly password_hash: string;
  readonly password_version: number;
  readonly superuser: boolean;
  readonly upload_group_id: number | null;
  readonly memberships: User['memberships'];
}

const selectUser = `
  select u.*, coalesce((
    select json_agg(json_build_object(
      'groupId', m.group_id, 'mayUpload', m.may_upload, 'mayRegisterDevices', m.may_register_devices))
    from memberships m where m.user_id = u.id), '[]') as memberships
  from users u`;

const userOf = (row: UserRow): Option<User> => {
  const username = Username.decode(row.username);
  if (isLeft(username)) return none;
  const { id, superuser, memberships } = row;
  return some({
    id,
    username: username.right,
    superuser,
    memberships,
    uploadGroupId: fromNullable(row.upload_group_id),
  });
};

/** A query that throws is a fault. */
const task =
  <A>(ask: () => Promise<A>): TaskEither<Error, A> =>
  () =>
    ask().then(right, (error: unknown) => left(error instanceof Error ? error : new Error(String(error))));

export const databasePorts = (db: Database, limits: Limits = defaultLimits): Required<Ports<Error>> => ({
  devices: {
    findDeviceByName: (name) =>
      task(async () => {
        const [device] = await db.query<Pick<Device, 'id'>>('select id from devices where name = $1', [name]);
        return device === undefined ? none : some({ id: device.id, name });
      }),
  },

  users: {
    authenticate: (username, password) =>
      task(async () => {
        const [row] = await db.query<UserRow>(`${selectUser} where u.username = $1`, [username]);
        // Even of a locked account the password is hashed, so that the time does not tell.
        const isRight = await isPassword(password.reveal(), row?.password_hash);
        if (row === undefined) return none;
        // Counted, and the lock looked at, after the hash: many guesses at once must not slip in before the lock.
        const unlocked = await db.query(
          isRight
            ? `update users set failed_logins = 0, locked_until = null
               where id = $1 and coalesce(locked_until <= now(), true) returning id`
            : `update users set failed_logins = failed_logins + 1, locked_until = case
                 when failed_logins + 1 >= ${String(limits.maxFailedLogins)}
                 then now() + interval '${String(limits.lockMinutes)} minutes' end
               where id = $1 and coalesce(locked_until <= now(), true) returning id`,
          [row.id],
        );
        return isRight && unlocked.length > 0 ? userOf(row) : none;
      }),
  },

  sessions: {
    findSession: (id, token) =>
      task(async (): Promise<Option<StoredSession>> => {
        const [session] = await db.query<{ token_hash: Uint8Array; user_id: number; password_version: number }>(
          `select token_hash, user_id, password_version from sessions
           where id = $1 and last_used_at > now() - interval '${String(limits.sessionMinutes)} minutes'`,
          [id],
        );
        if (session === undefined || !isToken(token.reveal(), session.token_hash)) return none;
        const [row] = await db.query<UserRow>(`${selectUser} where u.id = $1`, [session.user_id]);
        if (row?.password_version !== session.password_version) return none;
        await db.query('update sessions set last_used_at = now() where id = $1', [id]);
        const user = userOf(row);
        return user._tag === 'Some' ? some({ id, token, user: user.value }) : none;
      }),

    startSession: (user) =>
      task(async () => {
        await db.query(
          `delete from sessions where last_used_at < now() - interval '${String(limits.sessionMinutes)} minutes'`,
        );
        const token = newToken();
        const [session] = await db.query<{ id: number }>(
          `insert into sessions (token_hash, user_id, password_version)
           select $1, id, password_version from users where id = $2 returning id`,
          [hashToken(token), user.id],
        );
        if (session === undefined) throw new Error('the user has gone');
        return { id: session.id, token: secret(token) };
      }),
  },
});

/** Adds a user to a group of that name, who may upload and register devices there; or changes its password, if it is there. */
export const saveUser = (db: Database, username: Username, password: string, group: string): Promise<void> =>
  db.transaction(async (query) => {
    const hash = await hashPassword(password);
    await query('insert into groups (name) values ($1) on conflict do nothing', [group]);
    await query(
      `insert into users (username, password_hash, upload_group_id)
       select $1, $2, id from groups where name = $3
       on conflict (username) do update set password_hash = excluded.password_hash,
         password_version = users.password_version + 1, failed_logins = 0, locked_until = null`,
      [username, hash, group],
    );
    await query(
      `insert into memberships (user_id, group_id, may_upload, may_register_devices)
       select u.id, g.id, true, true from users u, groups g where u.username = $1 and g.name = $2 on conflict do nothing`,
      [username, group],
    );
  });
