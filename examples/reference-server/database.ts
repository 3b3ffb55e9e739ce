/** One small face for two databases: PostgreSQL embedded in this process (PGlite), or a PostgreSQL server. */
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { runner, type RunnerOption } from 'node-pg-migrate';
import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import pg from 'pg';
import { fault, type Fault, type UserError } from 'camcops-tablet-session';

import { lockFolder } from './folder-lock.js';

/** A row, as its reader expects it: the SQL beside the reader says what is in it. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Database {
  readonly query: Query;
  /** All of the work, or, if it throws, none of it. */
  readonly transaction: <A>(work: (query: Query) => Promise<A>) => Promise<A>;
  readonly close: () => Promise<void>;
}

/** For the functions of a host: what the database throws is a fault. The log has it, and no tablet is told. */
export const asTask =
  <A>(work: () => Promise<Either<UserError, A>>): TaskEither<UserError | Fault<unknown>, A> =>
  () =>
    work().catch((cause: unknown) => left(fault(cause)));

/** Of PGlite, its transactions, and the pools and clients of pg. The reader's word is taken for what is in a row. */
const on =
  (client: { query: (sql: string, values: unknown[]) => Promise<{ rows: unknown[] }> }): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows as readonly Row[];

/** Runs the migrations that this database has not had, each in a transaction. Servers that start together wait for one another. */
const migrate = (database: { databaseUrl: pg.ClientConfig } | { dbClient: pg.ClientBase }) => {
  const options = { dir: fileURLToPath(new URL('migrations', import.meta.url)), migrationsTable: 'migrations' };
  // What goes wrong is thrown as well.
  const logger = { ...console, info: () => undefined, error: () => undefined };
  return runner({ ...options, ...database, direction: 'up', advisoryLockMode: 'wait', logger } satisfies RunnerOption);
};

/** Embedded PostgreSQL, kept in a folder, or in memory if none is named. Another process that uses the folder is an error. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  const unlock = folder === undefined ? undefined : await lockFolder(folder);
  const db = await PGlite.create(folder ?? 'memory://', { parsers: { [pg.types.builtins.INT8]: Number } });
  const client = {
    query: async (query: string | { readonly text: string }) => {
      const results = await db.exec(typeof query === 'string' ? query : query.text);
      return results.at(-1) ?? { rows: [] };
    },
  };
  // node-pg-migrate calls no other function of a client that it did not make.
  await migrate({ dbClient: client as unknown as pg.ClientBase });
  const query = on(db);
  return {
    // Without a pause, queries that wait for one another would keep the process from all else, such as new connections.
    query: async (sql, values) => {
      await setImmediate();
      return query(sql, values);
    },
    transaction: (work) => db.transaction((tx) => work(on(tx))),
    close: async () => {
      await db.close();
      await unlock?.();
    },
  };
};

const poolOptions: pg.PoolConfig = {
  max: 20,
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  lock_timeout: 15_000,
  idle_in_transaction_session_timeout: 15_000,
  // For a server that can no longer say that time is up: it hangs, or the network is cut.
  query_timeout: 40_000,
  types: {
    // As numbers: no id here comes near 2^53.
    getTypeParser: (oid, format): unknown =>
      oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
  },
};

/** A PostgreSQL server, by its URL. */
export const postgresDatabase = async (url: string, options: pg.PoolConfig = {}): Promise<Database> => {
  // In a connection of their own: migrations take the time that they need.
  await migrate({ databaseUrl: { connectionString: url, connectionTimeoutMillis: 10_000 } });
  const pool = new pg.Pool({ ...poolOptions, ...options, connectionString: url });
  // A lost connection fails its query, if it has one, and is replaced: with nobody listening it would end the process.
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  return {
    query: on(pool),
    transaction: async (work) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const result = await work(on(client));
        await client.query('commit');
        client.release();
        return result;
      } catch (error) {
        // Closed rather than rolled back: that is as good, and works whatever state the connection is in.
        client.release(true);
        throw error;
      }
    },
    close: () => pool.end(),
  };
};

/** A server by its URL, or else embedded. */
export const openDatabase = (where: { readonly url?: string | undefined; readonly folder?: string | undefined }) =>
  where.url === undefined ? embeddedDatabase(where.folder) : postgresDatabase(where.url);
