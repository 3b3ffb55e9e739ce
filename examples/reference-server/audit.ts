/** The audit: a table whose rows are never changed or deleted. */
import { userInfo } from 'node:os';

import type { Query } from '../postgres/database.js';
import type { OnStored } from '../postgres/history.js';
import { currentClient } from './client.js';

export interface AuditEntry {
  readonly event: 'sign-in' | 'sign-in-failed' | 'locked-out' | 'register' | 'register-patient' | 'upload' | 'admin';
  readonly username?: string;
  readonly device?: string;
  readonly details?: object;
}

/** Returns the name of the user who runs this process; or their number if they have no name, as in some containers. */
const systemUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
};

export const writeAudit = async (query: Query, { event, username, device, details }: AuditEntry): Promise<void> => {
  const sql = 'insert into audit (event, username, device, address, details) values ($1, $2, $3, $4, $5)';
  const known = event === 'admin' ? { ...details, by: systemUser() } : details;
  await query(sql, [event, username, device, currentClient().address, known]);
};

/** Writes what an upload has changed, per table; whether it has finalized everything; and which upload it repeats, if any. */
export const auditUpload: OnStored = async (query, { user, device }, { finalizeAll, tables }) => {
  const counts = tables.map(({ table, insert, supersede, remove, finalize }) => {
    const [added, superseded, removed] = [insert.length + supersede.length, supersede.length, remove.length];
    return [table, { added, superseded, removed, finalized: finalize.size }] as const;
  });
  const changed = counts.filter(([, { added, removed, finalized }]) => added + removed + finalized > 0);
  const sql = 'select repeated_upload(max(id)) as repeats from uploads where device_id = $1';
  const [repeated] = await query<{ repeats: number | null }>(sql, [device.id]);
  const details = {
    // JSON omits undefined members.
    repeats: repeated?.repeats ?? undefined,
    finalizing: finalizeAll || undefined,
    ...Object.fromEntries(changed),
  };
  await writeAudit(query, { event: 'upload', username: user.username, device: device.name, details });
};
