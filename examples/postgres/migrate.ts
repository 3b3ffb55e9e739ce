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

/** Refuses a database that a newer version has migrated, or that was migrated by a file which has been changed since. */
const check = async (query: Query, ours: ReadonlyMap<string, string>): Promise<void> => {
  const [there] = await query<{ table: string | null }>(`select to_regclass('migrations')::text as table`);
  // The column is missing until the migration that adds it has run.
  const kept = there?.table == null ? 'select where false' : 'select * from migrations order by id';
  for (const { name, checksum } of await query<{ name: string; checksum?: string | null }>(kept)) {
    const own = ours.get(name);
    if (own === undefined) throw new Error(`The database is newer than this server: it has the migration ${name}`);
    if ((checksum ?? own) !== own) throw new Error(`The migration ${name} is not the one that the database has had`);
  }
};

/** Runs the migrations that the database has not had, and keeps their checksums there. Servers that start together wait for one another. */
export const migrate = async (client: { readonly query: unknown }, query: Query): Promise<void> => {
  const ours = await checksums();
  await check(query, ours);
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
