/** One interface to two databases: a PostgreSQL server, or PostgreSQL embedded in this process (PGlite). */
import { setImmediate } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { isLeft, left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Type } from 'io-ts';
import pg from 'pg';
import { fault, type Fault, type UserError } from 'camcops-tablet-session';

import { migrate } from './migrate.js';

/**
 * Runs one statement and returns its rows. The caller claims their type, which the SQL beside it justifies. In a transaction, `seconds`
 * lets this statement and later ones take longer than the usual 30 s.
 */
export type Query = <Row>(sql: string, values?: readonly unknown[], seconds?: number) => Promise<readonly Row[]>;

export interface Database {
  readonly query: Query;
  /** Runs work in a transaction: commits it, or rolls it back if the work throws. */
  readonly transaction: <A>(work: (query: Query) => Promise<A>) => Promise<A>;
  readonly close: () => Promise<void>;
}

/** Turns work into a host's function. What the work throws becomes a fault, which is logged; tablets are not told its cause. */
export const asTask =
  <A>(work: () => Promise<Either<UserError, A>>): TaskEither<UserError | Fault<unknown>, A> =>
  () =>
    work().catch((cause: unknown) => left(fault(cause)));

/** Reads JSON that this server has stored; throws if it is damaged. */
export const stored = <A, O>(codec: Type<A, O>, json: unknown): A => {
  const read = codec.decode(json);
  if (isLeft(read)) throw new Error(`the database holds a damaged ${codec.name}`);
  return read.right;
};

/** Reads bigint columns as numbers, because no id or key here exceeds 2^53 - 1. */
const parsers = { [pg.types.builtins.INT8]: Number };

const onEmbedded =
  (client: Pick<PGlite, 'query'>): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows;

/** Opens an embedded PostgreSQL, in a folder, or in memory without one. Two processes must not use the same folder. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  // Loaded only here, because it takes some 50 MB, which is useless to a process on a PostgreSQL server.
  const embedded = await import('@electric-sql/pglite');
  const db = await embedded.PGlite.create(folder ?? 'memory://', { parsers });
  const query = onEmbedded(db);
  const runAll = async (sql: string | { readonly text: string }) =>
    (await db.exec(typeof sql === 'string' ? sql : sql.text)).at(-1) ?? { rows: [] };
  await migrate({ query: runAll }, query).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  return {
    // Without this pause, queries in a row would keep the process from everything else, such as new connections.
    query: async (sql, values) => {
      await setImmediate();
      return query(sql, values);
    },
    transaction: (work) => db.transaction((tx) => work(onEmbedded(tx))),
    close: () => db.close(),
  };
};

const onServer =
  (client: pg.Pool | pg.ClientBase): Query =>
  async <Row>(sql: string, values: readonly unknown[] = [], seconds?: number) => {
    if (seconds !== undefined) await client.query(`set local statement_timeout = '${String(seconds)}s'`);
    const patience = seconds === undefined ? {} : { query_timeout: (seconds + 10) * 1_000 };
    // pg learns a row's columns only when it runs.
    return (await client.query({ text: sql, values: [...values], ...patience })).rows as readonly Row[];
  };

const options: pg.PoolConfig = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  lock_timeout: 15_000,
  idle_in_transaction_session_timeout: 60_000,
  // For a server that cannot report a timeout, because it hangs or the network is cut.
  query_timeout: 40_000,
  types: { getTypeParser: (oid, format): unknown => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
};

const nothing = (): undefined => undefined;

/** Opens a database on a PostgreSQL server. */
export const postgresDatabase = async (url: string, given: pg.PoolConfig = {}): Promise<Database> => {
  // Migrations have a connection of their own, without timeouts.
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 }).on('error', nothing);
  await client.connect();
  await migrate(client, onServer(client)).finally(() => client.end());
  const poolOf = (max: number) => {
    const pool = new pg.Pool({ ...options, max, ...given, connectionString: url });
    // A lost connection fails its query and is replaced. Without a listener, its error would end the process.
    return pool.on('error', nothing).on('connect', (each) => each.on('error', nothing));
  };
  // Transactions have connections of their own, because they may hold all of them while they wait for one another.
  const [queries, transactions] = [poolOf(8), poolOf(12)];
  return {
    query: onServer(queries),
    transaction: async (work) => {
      const each = await transactions.connect();
      try {
        await each.query('begin');
        const result = await work(onServer(each));
        await each.query('commit');
        each.release();
        return result;
      } catch (error) {
        // Closing the connection rolls back too, and works in whatever state the connection is.
        each.release(true);
        throw error;
      }
    },
    close: () => Promise.all([queries.end(), transactions.end()]).then(nothing),
  };
};
