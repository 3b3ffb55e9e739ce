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

const migrate = async (run: (sql: string) => Promise<unknown>): Promise<void> => {
  await run(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));
};

/** Embedded Postgres, kept in a folder, or in memory if none is named. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  const db = await PGlite.create(folder ?? 'memory://');
  await migrate((sql) => db.exec(sql));
  return {
    query: async <Row>(sql: string, values: readonly unknown[] = []) => (await db.query<Row>(sql, [...values])).rows,
    transaction: (work) =>
      db.transaction((tx) =>
        work(async <Row>(sql: string, values: readonly unknown[] = []) => (await tx.query<Row>(sql, [...values])).rows),
      ),
    close: () => db.close(),
  };
};

const on =
  (client: pg.Pool | pg.PoolClient): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) =>
    // pg types rows as any: like Query, it takes the reader's word.
    (await client.query<Row & pg.QueryResultRow>(sql, [...values])).rows;

/** A Postgres server, by its URL. */
export const postgresDatabase = async (url: string): Promise<Database> => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  await migrate((sql) => pool.query(sql));
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
        await client.query('rollback').catch(() => undefined);
        client.release(true);
        throw error;
      }
    },
    close: () => pool.end(),
  };
};

/** Says how long the database is taking to start, so that nobody thinks it hangs. */
export const startDatabase = async (
  { url, folder }: { readonly url?: string | undefined; readonly folder?: string | undefined },
  say: (line: string) => void,
): Promise<Database> => {
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  say(url === undefined ? 'Starting embedded Postgres...' : 'Connecting to Postgres...');
  const progress = setInterval(() => {
    say(`  ...${seconds()}`);
  }, 1000);
  try {
    const db = await (url === undefined ? embeddedDatabase(folder) : postgresDatabase(url));
    say(`The database is ready after ${seconds()}.`);
    return db;
  } finally {
    clearInterval(progress);
  }
};
