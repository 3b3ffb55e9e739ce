/** Changes of users, groups and devices that administrators make. */
import type { DeviceName, Username } from 'camcops-tablet-session';

import type { Database, Query } from '../postgres/database.js';
import { defaultCost, hashPassword } from '../postgres/users.js';
import { writeAudit } from './audit.js';
import { unlock } from './sign-in-limits.js';

/** Returns the id of a group, which it adds if there is none of this name. */
export const groupIdOf = async (query: Query, name: string): Promise<number | undefined> => {
  const sql =
    'insert into groups (name) values ($1) on conflict (name) do update set name = excluded.name returning id';
  return (await query<{ id: number }>(sql, [name]))[0]?.id;
};

/**
 * Adds an account that uploads for a group, or gives an account another password and group, which ends its sessions. Throws if that would
 * make a user's account a patient's, or the reverse. A patient's account has one group and one device only.
 */
export const storeAccount = async (
  query: Query,
  username: Username,
  passwordHash: string,
  groupId: number | undefined,
  ofPatient?: { readonly id: number; readonly device: DeviceName },
): Promise<void> => {
  const stored = await query(
    `with saved as (
       insert into users (username, password_hash, upload_group_id, patient_id, only_device) values ($1, $2, $3, $4, $5)
       on conflict (username) do update set password_hash = excluded.password_hash,
         password_version = users.password_version + 1, upload_group_id = excluded.upload_group_id,
         only_device = excluded.only_device
       where users.patient_id is not distinct from excluded.patient_id returning id, patient_id
     ), others as (
       delete from memberships m using saved s where m.user_id = s.id and m.group_id <> $3 and s.patient_id is not null
     ), own as (insert into memberships (user_id, group_id) select id, $3 from saved on conflict do nothing)
     select id from saved`,
    [username, passwordHash, groupId, ofPatient?.id, ofPatient?.device],
  );
  if (stored.length === 0) throw new Error('the name is taken by another account');
};

/** Adds a user who may upload and register devices in a group, or changes their password. Adds the group if there is none. */
export const saveUser = async (
  query: Query,
  username: Username,
  { passwordHash, group }: Readonly<Record<'passwordHash' | 'group', string>>,
): Promise<void> => {
  await storeAccount(query, username, passwordHash, await groupIdOf(query, group));
  await unlock(query, username);
};

/** Does the same with a plaintext password, and leaves an entry in the audit. */
export const savePassword = async (
  db: Database,
  username: Username,
  password: string,
  group: string,
  cost = defaultCost,
) => {
  const passwordHash = await hashPassword(cost, password);
  await db.transaction(async (query) => {
    await saveUser(query, username, { passwordHash, group });
    await writeAudit(query, { event: 'admin', username, details: { saved: 'user', group } });
  });
};

/** Ends the sessions of users for whom a condition holds. */
const endSessions = (query: Query, condition: string, value: unknown) =>
  query(`delete from sessions where user_id in (select id from users where ${condition})`, [value]);

/** Disables or enables a user, and ends their sessions; returns whether anything has changed. */
export const setDisabled = async (query: Query, username: string, isDisabled: boolean): Promise<boolean> => {
  const sql = `update users set disabled_at = case when $2 then now() end where username = $1 and (disabled_at is not null) <> $2 returning id`;
  const users = await query(sql, [username, isDisabled]);
  await endSessions(query, 'username = $1', username);
  return users.length > 0;
};

/** Withdraws a patient's access key, and disables the accounts that were made with it; returns whether anything has changed. */
export const withdrawPatient = async (query: Query, patient: number): Promise<boolean> => {
  const sql = 'update patients set withdrawn_at = now() where id = $1 and withdrawn_at is null returning id';
  if ((await query(sql, [patient])).length === 0) return false;
  await query('update users set disabled_at = now() where patient_id = $1', [patient]);
  await endSessions(query, 'patient_id = $1', patient);
  return true;
};

/**
 * Revokes a device: from now on, `unlessRevoked` refuses its requests. Ends its sessions, and disables the accounts that may act from no
 * other device. Returns whether anything has changed.
 */
export const revokeDevice = async (query: Query, name: string): Promise<boolean> => {
  const sql = 'update devices set revoked_at = now() where name = $1 and revoked_at is null returning id';
  if ((await query(sql, [name])).length === 0) return false;
  await query('delete from sessions where device = $1', [name]);
  await query('update users set disabled_at = now() where only_device = $1', [name]);
  return true;
};
