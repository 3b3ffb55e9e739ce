/** The users of this server. If you have users of your own, replace this file: nothing else here reads their table. */
import { identity } from 'fp-ts/lib/function.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import type { DeviceName, User, UserAuthenticator } from 'camcops-tablet-session';

import type { Database, Query } from './database.js';
import { defaultCost, hashPassword, isOutdated, isPassword, type PasswordCost } from './passwords.js';

export interface Account extends User {
  /** Counts changes of password: a session that was started with another is not found. */
  readonly passwordVersion: number;
  /** The patient whose own account this is: it may upload that patient only. */
  readonly patientId: Option<number>;
}

type UserRow = Omit<Account, 'uploadGroupId' | 'patientId' | 'onlyDevice'> &
  Readonly<{ group: number | null; patient: number | null; device: DeviceName | null }>;

/** Finds the user for whom a condition holds, as they are now. */
const findBy = async (query: Query, condition: string, values: readonly unknown[]): Promise<Option<Account>> => {
  const [row] = await query<UserRow>(
    `select id, username, superuser, password_version as "passwordVersion", upload_group_id as "group",
       patient_id as patient, only_device as device, coalesce((
         select json_agg(json_build_object('groupId', group_id, 'mayUpload', may_upload, 'mayRegisterDevices', may_register_devices))
         from memberships where user_id = users.id), '[]') as memberships
     from users where disabled_at is null and ${condition}`,
    values,
  );
  if (row === undefined) return none;
  const { group, patient, device, ...user } = row;
  const own = { uploadGroupId: fromNullable(group), patientId: fromNullable(patient) };
  return some({ ...user, ...own, ...(device !== null && { onlyDevice: device }) });
};

export const findUser = (query: Query, id: number): Promise<Option<Account>> => findBy(query, 'id = $1', [id]);

/**
 * Finds the user of a name, if the password is theirs and they are not locked. It is tried on one hash of each kind that any user has: on
 * this user's, if theirs is of this kind. So the time tells neither whether the user exists or is locked, nor how their password is hashed.
 */
export const findByPassword = async (
  query: Query,
  cost: PasswordCost,
  { username, password, isLocked = false }: Readonly<{ username: string; password: string; isLocked?: boolean }>,
): Promise<Option<Account>> => {
  const hashes = await query<{ readonly hash: string; readonly isOwn: boolean }>(
    `select distinct on (hash_kind) password_hash as hash, username = $1 as "isOwn"
     from users order by hash_kind, username = $1 desc`,
    [username],
  );
  let matching: string | undefined;
  for (const { hash, isOwn } of hashes) if ((await isPassword(password, hash)) && isOwn) matching = hash;
  if (matching === undefined || isLocked) return none;
  // Read only now: the password may have changed while it was checked.
  const user = await findBy(query, 'username = $1 and password_hash = $2', [username, matching]);
  if (isOutdated(cost, matching)) {
    // The version stays: it is the same password, unless it has changed meanwhile.
    const values = [username, matching, await hashPassword(cost, password)];
    await query('update users set password_hash = $3 where username = $1 and password_hash = $2', values);
  }
  return user;
};

/** Returns an authenticator that does not limit how often sign-ins may fail. */
export const databaseUsers = (db: Database, cost = defaultCost): UserAuthenticator<unknown, Account> => ({
  authenticate: (username, password) =>
    tryCatch(() => findByPassword(db.query, cost, { username, password: password.reveal() }), identity),
});
