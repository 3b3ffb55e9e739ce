/** The interface of an administrator's commands. */
import type { Query } from '../../postgres/database.js';
import type { AuditEntry } from '../audit.js';

export interface Done {
  readonly words: string;
  /** What has changed, for the audit. Left out if nothing has. */
  readonly changed?: Pick<AuditEntry, 'username' | 'device' | 'details'>;
  /** Whether tablets keep a copy of what has changed. */
  readonly isToldToTablets?: boolean;
}

export interface Command {
  /** What to type after the name. Brackets mean optional, dots mean repeated. */
  readonly takes: string;
  readonly does: string;
  /** What to read from standard input, because it is secret, and everyone on the machine can see arguments. */
  readonly reads?: string;
  /** Runs in a transaction; throws words that say what is wrong. */
  readonly run: (query: Query, given: readonly string[], read: string) => Promise<Done>;
}
