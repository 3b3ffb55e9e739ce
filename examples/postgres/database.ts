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
 * Runs one statement and returns its rows, whose type is the caller's claim: the SQL beside it says what is in them. In a transaction,
 * `seconds` is how long the statement may take where the usual 30 are too few; later statements of the transaction may take as long.
 */
export type Query = <Row>(sql: string, values?: readonly unknown[], seconds?: number) => Promise<readonly Row[]>;

export interface Database {
  readonly query: Query;
  /** Commits all of the work; nothing of it if the work throws. */
  readonly transaction: <A>(work: (query: Query) => Promise<A>) => Promise<A>;
  readonly close: () => Promise<void>;
}

/** Makes a host's function: what the database throws is a fault. Faults are logged, and tablets are not told their causes. */
export const asTask =
  <A>(work: () => Promise<Either<UserError, A>>): TaskEither<UserError | Fault<unknown>, A> =>
  () =>
    work().catch((cause: unknown) => left(fault(cause)));

/** Reads JSON that this server has stored. */
export const stored = <A, O>(codec: Type<A, O>, json: unknown): A => {
  const read = codec.decode(json);
  if (isLeft(read)) throw new Error(`the database holds a damaged ${codec.name}`);
  return read.right;
};

/** Columns of type bigint are numbers: no id or key here exceeds 2^53 - 1. */
const parsers = { [pg.types.builtins.INT8]: Number };

const onEmbedded =
  (client: Pick<PGlite, 'query'>): Query =>
  async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows;

/** Opens an embedded PostgreSQL, in a folder, or in memory if none is named. No two processes may use one folder. */
export const embeddedDatabase = async (folder?: string): Promise<Database> => {
  // Loaded only here: it takes some 50 MB, which a process on a PostgreSQL server need not have.
  const embedded = await import('@electric-sql/pglite');
  const db = await embedded.PGlite.create(folder ?? 'memory://', { parsers });
  const query = onEmbedded(db);
  const runAll = async (sql: string | { readonly text: string }) =>
    (await db.exec(typeof sql === 'string' ? sql : sql.text)).at(-1) ?? { rows: [] };
  await migrate({ query: runAll }, query);
  return {
    // Without a pause, queries that wait for one another would keep the process from all else, such as new connections.
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
    // pg knows the row's columns only when it runs.
    return (await client.query({ text: sql, values: [...values], ...patience })).rows as readonly Row[];
  };

const options: pg.PoolConfig = {
  max: 20,
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  lock_timeout: 15_000,
  idle_in_transaction_session_timeout: 60_000,
  // For a server that can no longer say that time is up: it hangs, or the network is cut.
  query_timeout: 40_000,
  types: { getTypeParser: (oid, format): unknown => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
};

const nothing = (): undefined => undefined;

/** Opens a database on a PostgreSQL server. */
export const postgresDatabase = async (url: string, given: pg.PoolConfig = {}): Promise<Database> => {
  // In a connection of their own: migrations take the time that they need.
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 }).on('error', nothing);
  await client.connect();
  await migrate(client, onServer(client)).finally(() => client.end());
  const pool = new pg.Pool({ ...options, ...given, connectionString: url });
  // A lost connection fails its query, if it has one, and is replaced: with nobody listening it would end the process.
  pool.on('error', nothing).on('connect', (each) => each.on('error', nothing));
  return {
    query: onServer(pool),
    transaction: async (work) => {
      const each = await pool.connect();
      try {
        await each.query('begin');
        const result = await work(onServer(each));
        await each.query('commit');
        each.release();
        return result;
      } catch (error) {
        // Closed rather than rolled back: that is as good, and works whatever state the connection is in.
        each.release(true);
        throw error;
      }
    },
    close: () => pool.end(),
  };
};
