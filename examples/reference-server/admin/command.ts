/** What an administrator's command is, and how it changes the database. */
import { chainW, isLeft } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { validatePatients, type PatientDetails, type ServerInfo } from 'camcops-tablet-session/operations';

import type { Database, Query } from '../../postgres/database.js';
import { readPatient, serverInfoOf } from '../../postgres/host.js';
import { writeAudit, type AuditEntry } from '../audit.js';
import type { Reader } from './arguments.js';

/** A command, whose arguments have been counted. */
export interface Command {
  /** What to type after the name. Brackets mean optional, dots mean repeated. */
  readonly takes: string;
  readonly does: string;
  /** What to read from standard input, because it is secret, and everyone on the machine can see arguments. */
  readonly secret?: string;
  /** Returns the words to print; throws words that say what is wrong. */
  readonly run: (db: Database, given: readonly string[], secret: string) => Promise<string>;
}

/** What has changed, for the audit. */
type Changed = Pick<AuditEntry, 'username' | 'device' | 'details'>;

interface Done {
  readonly words: string;
  /** Left out if nothing has changed. */
  readonly changed?: Changed;
  /** Whether tablets keep a copy of what has changed. */
  readonly isToldToTablets?: boolean;
}

/** Returns what the tablets of a group are told, with any title, because each server has its own. */
export const infoOf = (query: Query, groupId: number): Promise<ServerInfo> => serverInfoOf(query, groupId, 'any');

/** Checks a patient by both policies of a group. */
export const checked = (info: ServerInfo) => (patient: PatientDetails) =>
  validatePatients(info)([false, true].map((finalizing) => ({ ...patient, finalizing })));

/**
 * Raises the version by which tablets notice a change; throws words if tablets of some group could not be told it. Returns words, which
 * warn of patients with a tablet of their own that could not upload them.
 */
const tellTablets = async (query: Query): Promise<string> => {
  await query('update server_information set changes = changes + 1');
  const groups = await query<{ id: number; patients: readonly { readonly id: number; readonly details: string }[] }>(
    `select g.id, array(select json_build_object('id', id, 'details', details) from patients
       where group_id = g.id and withdrawn_at is null order by id) as patients from groups g order by g.id`,
  );
  const failing: number[] = [];
  for (const { id: groupId, patients } of groups) {
    const check = checked(await infoOf(query, groupId));
    for (const { id, details } of patients) if (isLeft(pipe(readPatient(details), chainW(check)))) failing.push(id);
  }
  const warning = ` The tablets of these patients can no longer upload them: ${failing.join(', ')}.`;
  return `${failing.length > 0 ? warning : ''}
Patients' own tablets fetch it at their next upload. Users of other tablets are asked to fetch server information, in the menu Settings.`;
};

/** Makes a change in one transaction, leaves an entry in the audit, and tells tablets. */
export const carryOut = (db: Database, change: (query: Query) => Promise<Done>): Promise<string> =>
  db.transaction(async (query) => {
    const { words, changed, isToldToTablets = false } = await change(query);
    if (changed !== undefined) await writeAudit(query, { event: 'admin', ...changed });
    return isToldToTablets ? `${words}${await tellTablets(query)}` : words;
  });

/** A change by one statement. */
interface Change<Values extends readonly unknown[]>
  extends Pick<Command, 'takes' | 'does'>, Pick<Done, 'isToldToTablets'> {
  /** One for each word of `takes`. */
  readonly readers: { readonly [Index in keyof Values]: Reader<Values[Index]> };
  /** Throws words if the values do not go together. */
  readonly check?: (values: Values) => void;
  /** Receives the values as `$1`, `$2`..., and returns no row if there is nothing to change. A `note` is printed after the words. */
  readonly sql: string;
  /** What to print if something has changed, and if nothing has. `$1` is the first argument. */
  readonly words: readonly [changed: string, unchanged: string];
  readonly changed: (values: Values) => Changed;
}

export const bySql = <Values extends readonly unknown[]>(change: Change<Values>): Command => ({
  ...change,
  run: (db, given) =>
    carryOut(db, async (query) => {
      const { takes, readers, check, sql, words, changed, ...done } = change;
      const names = takes.split(' ');
      const read: unknown[] = [];
      for (const [at, reader] of readers.entries()) read.push(await reader(given[at] ?? '', names[at] ?? '', query));
      // Each reader has made the value in its place.
      const values = read as unknown as Values;
      check?.(values);
      const [row] = await query<{ readonly note?: string | null }>(sql, values);
      const isChanged = row !== undefined;
      const said = words[isChanged ? 0 : 1].replace(/\$\d/g, (place) => given[Number(place.slice(1)) - 1] ?? '');
      return isChanged
        ? { ...done, words: `${said}${row.note ?? ''}`, changed: changed(values) }
        : { words: `${said}: nothing has changed.` };
    }),
});
