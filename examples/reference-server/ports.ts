/** The three ports, by the laws of `camcops-tablet-session/testing`. A query that throws is a fault. */
import { right } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some } from 'fp-ts/lib/Option.js';
import { secret, type Device, type Ports, type User, type Username } from 'camcops-tablet-session';

import type { Database } from './database.js';
import { hashPassword, hashToken, isPassword, isToken, newToken } from './passwords.js';

/** A session ends when it has not been used for so long. */
const sessionLife = `interval '60 minutes'`;
/** So many wrong passwords in a row lock an account, for so long. */
const maxFailedLogins = 10;
const lockTime = `interval '15 minutes'`;

interface UserRow extends Omit<User, 'uploadGroupId'> {
  readonly upload_group_id: number | null;
  readonly password_hash: string;
  readonly password_version: number;
}

const userColumns = `u.*, coalesce((
  select json_agg(m) from (
    select group_id as "groupId", may_upload as "mayUpload", may_register_devices as "mayRegisterDevices"
    from memberships where user_id = u.id) m), '[]') as memberships`;

/** A user, with the version of the password that let it in: startSession asks whether that has changed since. */
const userOf = ({ id, username, superuser, memberships, password_version: passwordVersion, ...row }: UserRow) => {
  return { id, username, superuser, memberships, passwordVersion, uploadGroupId: fromNullable(row.upload_group_id) };
};

export const databasePorts = (db: Database): Required<Ports<unknown>> => ({
  devices: {
    findDeviceByName: (name) => async () => {
      const [device] = await db.query<Device>('select id, name from devices where name = $1', [name]);
      return right(fromNullable(device));
    },
  },

  users: {
    authenticate: (username, password) => async () => {
      const [row] = await db.query<UserRow>(`select ${userColumns} from users u where u.username = $1`, [username]);
      // A locked account and one that does not exist cost a hash and an update too, so that the time does not tell.
      const isRight = await isPassword(password.reveal(), row?.password_hash);
      // Only now are lock and version looked at: neither guesses at once nor a change of password may slip by.
      const allowed = await db.query(
        `update users set
           failed_logins = case when $3 then 0 else (failed_logins + 1) % $4 end,
           locked_until = case when not $3 and failed_logins + 1 >= $4 then now() + ${lockTime} end
         where id = $1 and password_version = $2 and coalesce(locked_until <= now(), true) returning id`,
        [row?.id ?? 0, row?.password_version ?? 0, isRight, maxFailedLogins],
      );
      return right(isRight && row !== undefined && allowed.length > 0 ? some(userOf(row)) : none);
    },
  },

  sessions: {
    findSession: (id, token) => async () => {
      // A tablet may send an id that is too large for the column.
      const [row] = await db.query<UserRow & { readonly token_hash: Uint8Array }>(
        `select ${userColumns}, s.token_hash
         from sessions s join users u on u.id = s.user_id and u.password_version = s.password_version
         where s.id = $1::bigint and s.last_used_at > now() - ${sessionLife}`,
        [id],
      );
      if (row === undefined || !isToken(token.reveal(), row.token_hash)) return right(none);
      await db.query('update sessions set last_used_at = now() where id = $1', [id]);
      return right(some({ id, token, user: userOf(row) }));
    },

    startSession: (user) => async () => {
      await db.query(`delete from sessions where last_used_at < now() - ${sessionLife}`);
      const token = newToken();
      const [session] = await db.query<{ id: number }>(
        `insert into sessions (token_hash, user_id, password_version)
         select $1, id, password_version from users where id = $2 and password_version = $3 returning id`,
        [hashToken(token), user.id, 'passwordVersion' in user ? user.passwordVersion : undefined],
      );
      if (session === undefined) throw new Error('the user has gone, or has changed password');
      return right({ id: session.id, token: secret(token) });
    },
  },
});

/** Adds a user who may upload and register devices in a group of that name; or changes its password, if it is there. */
export const saveUser = async (db: Database, username: Username, password: string, group: string): Promise<void> => {
  // The group is updated in vain, so that it is returned even if it was there.
  await db.query(
    `with g as (
       insert into groups (name) values ($3) on conflict (name) do update set name = excluded.name returning id
     ), u as (
       insert into users (username, password_hash, upload_group_id) select $1, $2, id from g
       on conflict (username) do update set password_hash = excluded.password_hash,
         password_version = users.password_version + 1, failed_logins = 0, locked_until = null returning id
     )
     insert into memberships (user_id, group_id, may_upload, may_register_devices)
     select u.id, g.id, true, true from u, g on conflict do nothing`,
    [username, await hashPassword(password), group],
  );
};
