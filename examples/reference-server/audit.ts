/** The audit: a table that is only added to. */
import { currentClient } from './client.js';
import type { Query } from './database.js';

export interface AuditEntry {
  readonly event: 'sign-in' | 'sign-in-failed' | 'locked-out' | 'register' | 'register-patient' | 'upload' | 'admin';
  readonly username?: string;
  readonly device?: string;
  readonly details?: object;
}

export const writeAudit = async (query: Query, { event, username, device, details }: AuditEntry): Promise<void> => {
  const sql = 'insert into audit (event, username, device, address, details) values ($1, $2, $3, $4, $5)';
  await query(sql, [event, username, device, currentClient().address, details]);
};
