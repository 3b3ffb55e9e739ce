/** Changes of users, groups and devices that administrators make. */
import type { DeviceName, Username } from 'camcops-tablet-session';

import type { Database, Query } from '../postgres/database.js';
import { defaultCost, hashPassword } from '../postgres/users.js';
import { writeAudit } from './audit.js';
import { unlockSql } from './sign-in-limits.js';

/** Returns the id of a group, which it adds if there is none of this name. */
export const groupIdOf = async (query: Query, name: string): Promise<number | undefined> => {
  const sql =
    'insert into groups (name) values ($1) on conflict (name) do update set name = excluded.name returning id';
  return (await query<{ id: number }>(sql, [name]))[0]?.id;
};

/**
 * Adds an account that uploads for a group, or gives an account another password and group, which ends its sessions and its memberships of
 * other groups. Throws if that would make a user's account a patient's, or the reverse. A patient's account has one device only. Returns
 * whether the account may sign in: not if it is disabled.
 */
export const storeAccount = async (
  query: Query,
  username: Username,
  passwordHash: string,
  groupId: number | undefined,
  ofPatient?: { readonly id: number; readonly device: DeviceName },
): Promise<boolean> => {
  const [stored] = await query<{ maySignIn: boolean }>(
    `with saved as (
       insert into users (username, password_hash, upload_group_id, patient_id, only_device) values ($1, $2, $3, $4, $5)
       on conflict (username) do update set password_hash = excluded.password_hash,
         password_version = users.password_version + 1, upload_group_id = excluded.upload_group_id,
         only_device = excluded.only_device
       where users.patient_id is not distinct from excluded.patient_id returning id, disabled_at
     ), others as (delete from memberships m using saved s where m.user_id = s.id and m.group_id <> $3
     ), own as (insert into memberships (user_id, group_id) select id, $3 from saved on conflict do nothing)
     select disabled_at is null as "maySignIn" from saved`,
    [username, passwordHash, groupId, ofPatient?.id, ofPatient?.device],
  );
  if (stored === undefined) throw new Error('the name is taken by another account');
  return stored.maySignIn;
};

/**
 * Adds a user who may upload and register devices in a group, or gives them another password and this group alone. Adds the group if there
 * is none. Returns whether they may sign in.
 */
export const saveUser = async (
  query: Query,
  username: Username,
  { passwordHash, group }: Readonly<Record<'passwordHash' | 'group', string>>,
): Promise<boolean> => {
  await query(unlockSql, [username]);
  return storeAccount(query, username, passwordHash, await groupIdOf(query, group));
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
