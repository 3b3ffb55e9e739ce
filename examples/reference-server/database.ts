/** One small face for two databases: PostgreSQL embedded in this process (PGlite), or a PostgreSQL server. */
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

import { lockFolder } from './folder-lock.js';

/** A row, as its reader expects it: the SQL beside the reader says what is in it. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Database {
  readonly query: Query;
  /** All of the work, or, if it throws, none of it. */
  readonly transaction: <A>(work: (query: Query) => Promise<A>) => Promise<A>;
  readonly close: () => Promise<void>;
}

/** Of PGlite, its transactions, and the pools and clients of pg. The reader's word is taken for what is in a row. */
const on =
  (client: { query: (sql: string, values: unknown[]) => Promise<{ rows: unknown[] }> }): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows as readonly Row[];

/** Runs the migrations that this database has not had, each in a transaction. Servers that start together wait for one another. */
const migrate = async (dbClient: pg.ClientBase): Promise<void> => {
  await runner({
    dbClient,
    dir: fileURLToPath(new URL('migrations', import.meta.url)),
    direction: 'up',
    migrationsTable: 'migrations',
    advisoryLockMode: 'wait',
    logger: { ...console, info: () => undefined },
  });
};

/** Embedded PostgreSQL, kept in a folder, or in memory if none is named. Another process that uses the folder is an error. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  const unlock = folder === undefined ? () => Promise.resolve() : await lockFolder(folder);
  const db = await PGlite.create(folder ?? 'memory://', { parsers: { [pg.types.builtins.INT8]: Number } });
  const client = {
    query: async (query: string | { readonly text: string }) => {
      const results = await db.exec(typeof query === 'string' ? query : query.text);
      return results.at(-1) ?? { rows: [] };
    },
  };
  // node-pg-migrate calls no other function of a client that it did not make.
  await migrate(client as unknown as pg.ClientBase);
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
      await unlock();
    },
  };
};

const poolOptions: pg.PoolConfig = {
  max: 20,
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  lock_timeout: 15_000,
  idle_in_transaction_session_timeout: 15_000,
  types: {
    // As numbers: no id here comes near 2^53.
    getTypeParser: (oid, format): unknown =>
      oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
  },
};

/** A PostgreSQL server, by its URL. */
export const postgresDatabase = async (url: string): Promise<Database> => {
  const pool = new pg.Pool({ ...poolOptions, connectionString: url });
  // A lost connection fails its query, if it has one, and is replaced: with nobody listening it would end the process.
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const inClient = async <A>(work: (client: pg.PoolClient) => Promise<A>): Promise<A> => {
    const client = await pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      // Closed rather than rolled back: that is as good, and works whatever state the connection is in.
      client.release(true);
      throw error;
    }
  };
  await inClient(migrate);
  return {
    query: on(pool),
    transaction: (work) =>
      inClient(async (client) => {
        await client.query('begin');
        const result = await work(on(client));
        await client.query('commit');
        return result;
      }),
    close: () => pool.end(),
  };
};

/** Says when it begins and how long it took, so that nobody thinks it hangs. */
export const startDatabase = async (
  { url, folder }: { readonly url?: string | undefined; readonly folder?: string | undefined },
  say: (line: string) => void,
): Promise<Database> => {
  const started = performance.now();
  say(url === undefined ? 'Starting embedded PostgreSQL, which takes some seconds...' : 'Connecting to PostgreSQL...');
  const db = await (url === undefined ? embeddedDatabase(folder) : postgresDatabase(url));
  say(`The database is ready after ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return db;
};
