/** One small face for two databases: Postgres embedded in this process (PGlite), or a Postgres server. */
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

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

const schema = (): Promise<string> => readFile(new URL('schema.sql', import.meta.url), 'utf8');

/** Embedded Postgres, kept in a folder, or in memory if none is named. */
export const embeddedDatabase = async (folder = 'memory://'): Promise<Database> => {
  const db = await PGlite.create(folder);
  await db.exec(await schema());
  return {
    query: on(db),
    transaction: (work) => db.transaction((tx) => work(on(tx))),
    close: () => db.close(),
  };
};

/** A Postgres server, by its URL. */
export const postgresDatabase = async (url: string): Promise<Database> => {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 10_000, statement_timeout: 30_000 });
  // A lost connection fails its query, if it has one, and is replaced: with nobody listening it would end the process.
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  await pool.query(await schema());
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

/** Says when it begins and how long it took, so that nobody thinks it hangs. */
export const startDatabase = async (
  { url, folder }: { readonly url?: string | undefined; readonly folder?: string | undefined },
  say: (line: string) => void,
): Promise<Database> => {
  const started = performance.now();
  say(url === undefined ? 'Starting embedded Postgres, which takes some seconds...' : 'Connecting to Postgres...');
  const db = await (url === undefined ? embeddedDatabase(folder) : postgresDatabase(url));
  say(`The database is ready after ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return db;
};
