/**
 * A PostgreSQL server for tests: the one of TEST_DATABASE_URL, or else 127.0.0.1:5432. Where none answers, the tests that
 * need one are skipped; in CI, or if one is named, they fail.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';

const { CI, TEST_DATABASE_URL } = process.env;
export const server = TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

const ask = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

const failure: unknown = await ask('select 1').then(
  () => undefined,
  (error: unknown) => error,
);

/** Whether a server answers. */
export const hasPostgres = failure === undefined;

if (!hasPostgres) {
  const { host } = new URL(server);
  if (CI === 'true' || TEST_DATABASE_URL !== undefined) {
    throw new Error(`No PostgreSQL server answers at ${host}`, { cause: failure });
  }
  console.warn(`No PostgreSQL server answers at ${host}: the tests that need one are skipped.`);
}

/**
 * The URL of a new and empty database, for the `describe` in which this is called. It is made before the tests there, and
 * dropped after them even if they fail. Its random name keeps runs beside each other apart.
 */
export const freshDatabase = (): string => {
  const name = `camcops_test_${randomBytes(8).toString('hex')}`;
  beforeAll(() => ask(`create database ${name}`));
  afterAll(() => ask(`drop database if exists ${name} with (force)`));
  const url = new URL(server);
  url.pathname = name;
  return url.href;
};
