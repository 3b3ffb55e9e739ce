/** Migrations: files of SQL, each run once, in a transaction. A released file is never changed: a change is a new file. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';

import type { Query } from './database.js';

const folder = new URL('migrations/', import.meta.url);

/** By the name under which the database keeps each, the checksum of its file. Line endings do not count: git may change them. */
const checksums = async (): Promise<ReadonlyMap<string, string>> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'));
  const checksum = async (file: string) => {
    const text = (await readFile(new URL(file, folder), 'utf8')).replaceAll('\r\n', '\n');
    return [file.replace(/\.sql$/, ''), createHash('sha256').update(text).digest('hex')] as const;
  };
  return new Map(await Promise.all(files.map(checksum)));
};

/** How the migrations that the database has had differ from ours. */
const compare = async (query: Query, ours: ReadonlyMap<string, string>) => {
  const [there] = await query<{ table: string | null }>(`select to_regclass('migrations')::text as table`);
  // The column is missing until the migration that adds it has run.
  const rows = await query<{ name: string; checksum?: string | null }>(
    there?.table == null ? 'select where false' : 'select * from migrations order by id',
  );
  const names = new Set(rows.map(({ name }) => name));
  const newer = rows.find(({ name }) => !ours.has(name));
  const changed = rows.find(({ name, checksum }) => (checksum ?? ours.get(name)) !== ours.get(name));
  return {
    refusal:
      (newer && `The database is newer than this server: it has the migration ${newer.name}`) ??
      (changed && `The migration ${changed.name} is not the one that the database has had`),
    missing: [...ours.keys()].find((name) => !names.has(name)),
    isUnchecked: rows.some(({ checksum }) => checksum == null),
  };
};

/** Why this version cannot work on the tables that are there; undefined if it can. */
export const schemaProblem = async (query: Query): Promise<string | undefined> => {
  const { refusal, missing } = await compare(query, await checksums());
  return refusal ?? (missing && `The database lacks the migration ${missing}`);
};

/**
 * Runs the migrations that the database has not had, and keeps their checksums there. Servers that start together wait for one another. Where
 * there is nothing to do, nothing but a right to read is needed. A database of a newer version, or of a file that was changed, is refused.
 */
export const migrate = async (client: { readonly query: unknown }, query: Query): Promise<void> => {
  const ours = await checksums();
  const { refusal, missing, isUnchecked } = await compare(query, ours);
  if (refusal !== undefined) throw new Error(refusal);
  if (missing === undefined && !isUnchecked) return;
  // What goes wrong is thrown as well.
  const logger = { ...console, info: () => undefined, error: () => undefined };
  await runner({
    ...{ dir: folder.pathname, migrationsTable: 'migrations', direction: 'up', advisoryLockMode: 'wait', logger },
    // node-pg-migrate calls no other function of a client that it did not make.
    dbClient: client as unknown as pg.ClientBase,
  });
  const keep = `update migrations m set checksum = each.value from json_each_text($1) each where m.name = each.key and m.checksum is null`;
  await query(keep, [JSON.stringify(Object.fromEntries(ours))]);
};
