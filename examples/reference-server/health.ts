/** `GET /health`: says whether the database can be written and read, and if not, why. */
import type { Database } from '../postgres/database.js';
import { migrationsOf } from '../postgres/migrate.js';
import { plain } from './body.js';

/** What to say, by PostgreSQL's error code. */
const words: ReadonlyMap<unknown, string> = new Map([
  ['25006', 'the database is read-only'],
  ['42501', "the server's role lacks a right in the database"],
  ['42P01', 'the database lacks a table'],
  ['53100', "the database's disk is full"],
  ['53300', 'the database takes no more connections'],
]);

/** Writes a row unchanged, and reads it. Skips the write while an administrator changes the row, so that no check waits. */
const writeAndRead = `
  with free as (select 1 from server_information for update skip locked),
    written as (update server_information set changes = changes where exists (select from free))
  select changes from server_information`;

/** Needs more than a megabyte of the disk: a list that does not fit in so little memory goes to a file, which ends with its statement. */
const needRoom = ["set local work_mem = '64kB'", 'select count(*) from generate_series(1, 100000)'];

const check = async (db: Database) => {
  try {
    const { isComplete, problem } = await migrationsOf(db.query);
    if (problem !== undefined || !isComplete)
      return plain(503, problem ?? 'the database lacks a migration', { code: 'schema' });
    await db.query(writeAndRead);
    // The row above finds room on its page even when the disk is full.
    await db.transaction(async (query) => {
      for (const sql of needRoom) await query(sql);
    });
    return plain(200, 'ok', { code: 'health' });
  } catch (cause) {
    const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    return plain(503, words.get(code) ?? 'the database does not answer', { code: 'failed', cause });
  }
};

/** Returns a check that runs at most once a second, however often it is called, because it writes. */
export const healthOf = (db: Database) => {
  let checked = -Infinity;
  let answer: ReturnType<typeof check>;
  return () => {
    const now = performance.now();
    if (now - checked > 1_000) [checked, answer] = [now, check(db)];
    return answer;
  };
};
