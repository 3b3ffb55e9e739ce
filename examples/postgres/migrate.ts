/** Migrations: files of SQL, each run once, in a transaction. Never change a released file: add a new one. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';

import type { Query } from './database.js';

const folder = new URL('migrations/', import.meta.url);

/** The checksum of each of our migrations, by its name. Line endings do not count, because git may change them. */
const checksums: ReadonlyMap<string, string> = new Map(
  readdirSync(folder, 'utf8').map((file) => {
    const sql = readFileSync(new URL(file, folder), 'utf8').replaceAll('\r\n', '\n');
    return [file.replace('.sql', ''), createHash('sha256').update(sql).digest('hex')] as const;
  }),
);

/** Compares the migrations that the database has had with ours. `problem` says why this version cannot work with them. */
export const migrationsOf = async (query: Query) => {
  const [table] = await query<{ isThere: boolean }>(`select to_regclass('migrations') is not null as "isThere"`);
  // Version 0.2.0 kept no checksums.
  const had = table?.isThere ? await query<{ name: string; checksum?: unknown }>('select * from migrations') : [];
  const newer = had.find(({ name }) => !checksums.has(name));
  const changed = had.find(({ name, checksum }) => checksum != null && checksum !== checksums.get(name));
  const problem = newer
    ? `The database is newer than this server: it has the migration ${newer.name}`
    : changed && `The migration ${changed.name} is not the one that the database has had`;
  return { problem, isComplete: had.filter(({ checksum }) => checksum != null).length >= checksums.size };
};

/**
 * Runs the migrations that the database has not had, and stores their checksums; throws if the database is not ours. Servers that start
 * together wait for one another. If all have run, it only reads, because a server's role need not own the tables.
 */
export const migrate = async (client: { readonly query: unknown }, query: Query): Promise<void> => {
  const { isComplete, problem } = await migrationsOf(query);
  if (problem !== undefined) throw new Error(problem);
  if (isComplete) return;
  await runner({
    dir: fileURLToPath(folder),
    migrationsTable: 'migrations',
    direction: 'up',
    advisoryLockMode: 'wait',
    // Errors need no log, because they are thrown too.
    logger: { ...console, info: () => undefined, error: () => undefined },
    // node-pg-migrate only calls `query` of a client that it did not make.
    dbClient: client as unknown as pg.ClientBase,
  });
  const keep = 'update migrations set checksum = $1::json ->> name where checksum is null';
  await query(keep, [JSON.stringify(Object.fromEntries(checksums))]);
};
