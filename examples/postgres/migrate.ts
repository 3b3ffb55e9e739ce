/** Migrations: files of SQL, each run once, in a transaction. Never change a released file: add a new one. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';

import type { Query } from './database.js';

export const folder = new URL('migrations/', import.meta.url);

/** The names of our migrations. */
export const names = readdirSync(folder).flatMap((file) => /^(.+)\.sql$/.exec(file)?.[1] ?? []);

/** Returns the migrations that the database has had, in order. */
export const migrationsRun = async (query: Query) => {
  const [table] = await query<{ isThere: boolean }>(`select to_regclass('migrations') is not null as "isThere"`);
  if (table?.isThere !== true) return [];
  return query<{ name: string; checksum?: string | null }>('select * from migrations order by id');
};

/**
 * Runs the migrations that the database has not had. Servers that start together wait for one another. If all have run, it only reads,
 * because a server's role need not own the tables.
 */
export const migrate = async (client: { readonly query: unknown }, query: Query): Promise<void> => {
  const had = new Set((await migrationsRun(query)).map(({ name }) => name));
  if (names.every((name) => had.has(name))) return;
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
};
