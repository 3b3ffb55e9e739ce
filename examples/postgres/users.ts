/** The users of this server, and their passwords. If you have users of your own, replace this file: no other file here reads their table. */
import { hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { identity } from 'fp-ts/lib/function.js';
import { fromNullable, none, some, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import type { DeviceName, User, UserAuthenticator } from 'camcops-tablet-session';

import type { Database, Query } from './database.js';

export interface Account extends User {
  /** Counts changes of password, because a session ends when its user's password changes. */
  readonly passwordVersion: number;
  /** The patient whose own account this is; it may upload no other patient. */
  readonly patientId: Option<number>;
}

type UserRow = Omit<Account, 'uploadGroupId' | 'patientId' | 'onlyDevice'> &
  Readonly<{ group: number | null; patient: number | null; device: DeviceName | null }>;

/**
 * Finds the user for whom a condition holds, as they are now. An account that is bound to a device ends when another account registers
 * that device.
 */
const findBy = async (query: Query, condition: string, values: readonly unknown[]): Promise<Option<Account>> => {
  const [row] = await query<UserRow>(
    `select id, username, superuser, password_version as "passwordVersion", upload_group_id as "group",
       patient_id as patient, only_device as device, coalesce((
         select json_agg(json_build_object('groupId', group_id, 'mayUpload', may_upload, 'mayRegisterDevices', may_register_devices))
         from memberships where user_id = users.id), '[]') as memberships
     from users where disabled_at is null and ${condition}
       and not exists (select from devices where name = only_device and registered_by <> users.id)`,
    values,
  );
  if (row === undefined) return none;
  const { group, patient, device, ...user } = row;
  const bound = device === null ? {} : { onlyDevice: device };
  return some({ ...user, ...bound, uploadGroupId: fromNullable(group), patientId: fromNullable(patient) });
};

export const findUser = (query: Query, id: number): Promise<Option<Account>> => findBy(query, 'id = $1', [id]);

/** How much work it takes to check a password. `memoryCost` is in KiB. */
export type PasswordCost = Readonly<Record<'memoryCost' | 'timeCost', number>>;

/** The minimum that OWASP recommends for argon2id. */
export const defaultCost: PasswordCost = { memoryCost: 19_456, timeCost: 2 };

/** Hashes a password by argon2id. The hash includes its salt and parameters. */
export const hashPassword = (cost: PasswordCost, password: string): Promise<string> =>
  hash(password, { ...cost, parallelism: 1 });

/** Returns whether a hash is of this password. Reads bcrypt hashes too, because CamCOPS's own server writes them. */
export const isPassword = async (password: string, stored: string): Promise<boolean> => {
  // Not tried, because others wait meanwhile: bcrypt takes a second at cost 14, and days at cost 31.
  if (/^\$2.\$(?:1[4-9]|[2-9])/.test(stored)) return false;
  return stored.startsWith('$2') ? verifyBcrypt(password, stored) : verify(stored, password);
};

/**
 * Returns the hash and version of a user's password, if this is their password. Tries it on one hash of each kind in use: on this user's
 * for their own kind, on anybody's for the others. So the time taken tells neither whether the user exists, nor how their password is hashed.
 */
export const hashOfPassword = async (query: Query, username: string, password: string) => {
  const hashes = await query<Readonly<{ hash: string; version: number; isOwn: boolean }>>(
    `select distinct on (hash_kind) password_hash as hash, password_version as version, username = $1 as "isOwn"
     from users order by hash_kind, username = $1 desc`,
    [username],
  );
  let matching: (typeof hashes)[number] | undefined;
  for (const each of hashes) if ((await isPassword(password, each.hash)) && each.isOwn) matching = each;
  return matching;
};

/** Finds a user whose password has not changed while it was checked. Its hash may have: another sign-in may have hashed it anew. */
export const findByVersion = (query: Query, username: string, version: number): Promise<Option<Account>> =>
  findBy(query, 'username = $1 and password_version = $2', [username, version]);

/** Returns an authenticator that does not limit how often sign-ins may fail. */
export const databaseUsers = (db: Database): UserAuthenticator<unknown, Account> => ({
  authenticate: (username, password) =>
    tryCatch(async () => {
      const own = await hashOfPassword(db.query, username, password.reveal());
      return own === undefined ? none : findByVersion(db.query, username, own.version);
    }, identity),
});
