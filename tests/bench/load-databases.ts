/** New databases of either kind for a run that loads servers. What a run makes is unmade whatever happens: the last first. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
import { conformanceDatabase } from '../support/server-conformance.js';
import type { Settings } from '../support/server-process.js';

// Made and unmade

const ends: (() => Promise<unknown>)[] = [];
export const interruption = new AbortController();

export const made = <A>(make: () => Promise<A>, unmake: (it: A) => Promise<unknown>): Promise<A> => {
  interruption.signal.throwIfAborted();
  const making = make();
  // Also if the run is interrupted while it is being made.
  ends.push(() => making.then(unmake, () => undefined));
  return making;
};

export const unmakeAll = async (): Promise<void> => {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end().catch(console.error);
};

const interrupt = (): void => {
  // A terminal may send a signal to this process twice: itself, and by npm.
  if (interruption.signal.aborted) return;
  interruption.abort();
  void unmakeAll().then(() => process.exit(1));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
// Nobody reads on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);

// Databases

const postgres = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const ask = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: postgres, connectionTimeoutMillis: 10_000 });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

/** A new and empty database: how servers are told of it, and how many there are to be. */
export interface Place {
  readonly settings: Settings;
  readonly servers: number;
  readonly open: () => Promise<Database>;
}

const embeddedPlace = async (): Promise<Place> => {
  const folder = await made(
    () => mkdtemp(join(tmpdir(), 'load-')),
    (name) => rm(name, { recursive: true, force: true }),
  );
  return { settings: { DATA_FOLDER: folder }, servers: 1, open: () => embeddedDatabase(folder) };
};

const postgresPlace = async (): Promise<Place> => {
  const name = `camcops_load_${randomBytes(8).toString('hex')}`;
  await made(
    () => ask(`create database ${name}`),
    () => ask(`drop database if exists ${name} with (force)`),
  );
  const { href } = Object.assign(new URL(postgres), { pathname: name });
  return { settings: { DATABASE_URL: href }, servers: 2, open: () => postgresDatabase(href) };
};

const hasPostgres = async (): Promise<boolean> => {
  const failure: unknown = await ask('select 1').catch((error: unknown) => error);
  if (failure === undefined) return true;
  const words = `No PostgreSQL server answers at ${new URL(postgres).host}`;
  if (process.env['DATABASE_URL'] !== undefined) throw new Error(words, { cause: failure });
  console.log(`${words}: it is left out.`);
  return false;
};

/** A database in the test's own process, for the reference server to be started on. */
const ownDatabase = (url: string | undefined): Promise<Database> =>
  made(
    () => conformanceDatabase(url),
    (db) => db.close(),
  );

export interface Kind {
  readonly name: string;
  readonly place: () => Promise<Place>;
  /** One for this process alone. */
  readonly database: () => Promise<Database>;
}

/** Embedded; and on PostgreSQL, if it answers. */
export const databaseKinds = async (): Promise<readonly Kind[]> => [
  { name: 'PGlite', place: embeddedPlace, database: () => ownDatabase(undefined) },
  ...((await hasPostgres())
    ? [{ name: 'PostgreSQL', place: postgresPlace, database: () => ownDatabase(postgres) }]
    : []),
];
