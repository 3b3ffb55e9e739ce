/** What a command of the administrator is, and what it says it did. */
import type { Query } from '../../postgres/database.js';
import type { AuditEntry } from '../audit.js';

export interface Done {
  readonly words: string;
  /** What has changed, for the audit. Nothing, if the command only looked, or found all as it should be. */
  readonly changed?: Pick<AuditEntry, 'username' | 'device' | 'details'>;
  /** Whether tablets keep what has changed. */
  readonly isToldToTablets?: boolean;
}

export interface Command {
  /** What to type after its name; what is in brackets may be left out, and what ends with dots may be repeated. */
  readonly takes: string;
  readonly does: string;
  /** What to read from standard input: it is secret, and everyone on the machine can see arguments. */
  readonly reads?: string;
  /** Works in a transaction. What is wrong is thrown, in words. */
  readonly run: (query: Query, given: readonly string[], read: string) => Promise<Done>;
}
