/** The ports: devices, users and sessions; and what sessions leave behind. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { identity } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import { head } from 'fp-ts/lib/ReadonlyArray.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import { secret, type Device, type DeviceName, type Ports, type UserAuthenticator } from 'camcops-tablet-session';

import type { Database } from './database.js';
import { patience } from './history.js';
import { databaseUsers, findUser, type Account } from './users.js';

/**
 * A session ends 60 to 61 minutes after its last request, whose time is stored once a minute, and 12 hours after its first. An upload lives
 * in its session, so 60 minutes must exceed any pause in an upload, and 12 hours the whole upload.
 */
const isAlive = `last_used_at > now() - interval '61 minutes' and started_at > now() - interval '12 hours'`;

/** A device. The reference server refuses all that a revoked one asks for. */
export interface Tablet extends Device {
  readonly isRevoked: boolean;
}

type SessionRow = Readonly<Record<'userId' | 'passwordVersion', number>> &
  Readonly<{ hash: Uint8Array; device: DeviceName | null; isOld: boolean }>;

/** Makes a token of 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Hashes a token or an access key, so that whoever reads the database cannot use it. Both are random enough for a plain hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const deviceByName = 'select id, name, revoked_at is not null as "isRevoked" from devices where name = $1';

export const databasePorts = (
  db: Database,
  users: UserAuthenticator<unknown, Account> = databaseUsers(db),
): Required<Ports<unknown, Tablet, Account>> => ({
  users,

  devices: {
    findDeviceByName: (name) => tryCatch(async () => head(await db.query<Tablet>(deviceByName, [name])), identity),
  },

  sessions: {
    findSession: (id, token) =>
      tryCatch(async () => {
        // `bigint`, because a tablet may send an id that is too large for the column.
        const [row] = await db.query<SessionRow>(
          `select token_hash as hash, user_id as "userId", password_version as "passwordVersion", device,
             last_used_at < now() - interval '1 minute' as "isOld"
           from sessions where id = $1::bigint and ${isAlive}`,
          [id],
        );
        // In constant time.
        if (row === undefined || !timingSafeEqual(hashToken(token.reveal()), row.hash)) return O.none;
        const user = await findUser(db.query, row.userId);
        if (O.isNone(user) || user.value.passwordVersion !== row.passwordVersion) return O.none;
        if (row.isOld) await db.query('update sessions set last_used_at = now() where id = $1', [id]);
        return O.some({ id, token, user: user.value, device: O.fromNullable(row.device) });
      }, identity),

    startSession: (user, device) =>
      tryCatch(async () => {
        await db.query(`delete from sessions where not (${isAlive})`);
        const token = newToken();
        const sql = `insert into sessions (token_hash, user_id, password_version, device) values ($1, $2, $3, $4) returning id`;
        const values = [hashToken(token), user.id, user.passwordVersion, O.toNullable(device)];
        const [session] = await db.query<{ id: number }>(sql, values);
        if (session === undefined) throw new Error('no session was started');
        return { id: session.id, token: secret(token) };
      }, identity),
  },
});

/**
 * Deletes what ended sessions have staged, because no request can belong to their uploads any more. Skips devices that are at work. Run it
 * at the start and each hour.
 */
export const deleteStale = (db: Database): Promise<unknown> => {
  const isStale = `not exists (select from sessions where id = session_id and ${isAlive})`;
  const sql = `
    with idle as (select id from devices where id in (select device_id from staged_steps where ${isStale}) for update skip locked),
      steps as (delete from staged_steps where device_id in (select id from idle) and ${isStale} returning device_id),
      gone as (delete from staged_rows where device_id in (select device_id from steps))
    update devices set upload_state = upload_state || '{"underWay": null, "hasStaged": false}'
    where id in (select device_id from steps)`;
  return db.transaction((query) => query(sql, [], patience));
};
