/** What an administrator does: users, groups, devices, patients. Each leaves an entry in the audit. */
import { randomUUID } from 'node:crypto';
import { isLeft } from 'fp-ts/lib/Either.js';
import { userErrorMessage, type Username } from 'camcops-tablet-session';
import { accessKeyOfUuid, type AccessKey } from 'camcops-tablet-session/operations';

import { writeAudit } from './audit.js';
import type { Database, Query } from './database.js';
import { readPatient } from './patients.js';
import { defaultCost, hashPassword, hashToken, type PasswordCost } from './passwords.js';
import { unlock } from './sign-in-limits.js';

/** The group of a name, made if it is not there. */
const groupId = async (query: Query, name: string): Promise<number | undefined> => {
  const sql =
    'insert into groups (name) values ($1) on conflict (name) do update set name = excluded.name returning id';
  return (await query<{ id: number }>(sql, [name]))[0]?.id;
};

/** Adds a user who may upload and register devices in a group, or changes their password, which ends their sessions. */
export const saveUser = async (
  db: Database,
  username: Username,
  { passwordHash, group }: { readonly passwordHash: string; readonly group: string },
): Promise<void> =>
  db.transaction(async (query) => {
    const id = await groupId(query, group);
    await query(
      `with saved as (
         insert into users (username, password_hash, upload_group_id) values ($1, $2, $3)
         on conflict (username) do update set password_hash = excluded.password_hash,
           password_version = users.password_version + 1, upload_group_id = excluded.upload_group_id returning id
       ) insert into memberships (user_id, group_id) select id, $3 from saved on conflict do nothing`,
      [username, passwordHash, id],
    );
    await unlock(query, username);
    await writeAudit(query, { event: 'admin', username, details: { saved: 'user', group } });
  });

/** The same, from a password in clear. */
export const savePassword = async (
  db: Database,
  username: Username,
  password: string,
  group: string,
  cost: PasswordCost = defaultCost,
): Promise<void> => saveUser(db, username, { passwordHash: await hashPassword(cost, password), group });

/** Adds a patient, told of as `readPatient` reads it: the number of the patient. Of the access key, only a hash is kept. */
export const savePatient = async (db: Database, key: AccessKey, patientInfo: string, group: string): Promise<number> =>
  db.transaction(async (query) => {
    const read = readPatient(patientInfo);
    if (isLeft(read)) throw new Error(userErrorMessage(read.left));
    const [patient] = await query<{ id: number }>(
      'insert into patients (group_id, access_key_hash, details) values ($1, $2, $3) returning id',
      [await groupId(query, group), hashToken(key), patientInfo],
    );
    await writeAudit(query, { event: 'admin', details: { saved: 'patient', patient: patient?.id } });
    return patient?.id ?? 0;
  });

export const newAccessKey = (): AccessKey => {
  const key = accessKeyOfUuid(randomUUID());
  if (isLeft(key)) throw new Error('no access key could be made');
  return key.right;
};

/** A revoked device is refused as unregistered, and cannot register again. */
export const revokeDevice = async (db: Database, name: string): Promise<boolean> =>
  db.transaction(async (query) => {
    const found = await query('update devices set revoked_at = now() where name = $1 returning id', [name]);
    await writeAudit(query, { event: 'admin', device: name, details: { revoked: 'device' } });
    return found.length > 0;
  });
