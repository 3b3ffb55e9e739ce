/** A database that fails, by itself, at one statement of a server's work after another: nothing acknowledged is lost, and the server goes on. */
import type { Database, Query } from '../../examples/postgres/database.js';
import { savePassword } from '../../examples/reference-server/accounts.js';
import { referenceServer } from '../../examples/reference-server/server.js';
import { username } from './fixtures.js';
import { listening } from './listening.js';
import { losses, password, uploadOnce, type Upload } from './uploading.js';

/** What the database is asked in place of the statement that fails. The second needs a `statement_timeout` for what is in no transaction. */
export const failures = {
  'the disk is full': [`do $$ begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`],
  'a statement takes too long': ['set local statement_timeout = 100', 'select pg_sleep(30)'],
} as const;

const records = 5;
/** The hashes cost nothing. */
const passwordCost = { memoryCost: 8, timeCost: 1 };

/** Fails at the statement of this number; the end of a transaction counts as one. */
const failingAt = (db: Database, instead: readonly string[]) => {
  let [left, statements] = [Infinity, 0];
  const turn = async (query: Query): Promise<void> => {
    statements += 1;
    left -= 1;
    if (left === 0) for (const sql of instead) await query(sql);
  };
  const counted =
    (query: Query): Query =>
    async (sql, values, seconds) => {
      await turn(query);
      return query(sql, values, seconds);
    };
  const failing: Database = {
    ...db,
    query: counted(db.query),
    transaction: (work) =>
      db.transaction(async (query) => {
        const result = await work(counted(query));
        await turn(query);
        return result;
      }),
  };
  return {
    db: failing,
    /** From now on; none, without a number. */
    failAt: (statement = Infinity) => {
      left = statement;
      statements = 0;
    },
    /** Since then. */
    statements: () => statements,
  };
};

export interface StatementReport {
  readonly statements: number;
  readonly acknowledged: number;
  readonly wrong: readonly string[];
}

/** Uploads in one step and in several, with a failure at each statement in turn, or each `stride`th, and after each an upload without one. */
export const statementTrial = async (
  db: Database,
  instead: readonly string[],
  stride = 1,
): Promise<StatementReport> => {
  const failing = failingAt(db, instead);
  await savePassword(db, username('nurse'), password, 'clinic', passwordCost);
  const { url, stop } = await listening(referenceServer({ db: failing.db, passwordCost, log: () => undefined }));
  const uploads: Upload[] = [];
  const wrong: string[] = [];
  let tried = 0;
  // 0: in one step. 1: in several.
  for (const way of [0, 1]) {
    const device = `tablet-${String(way)}`;
    const upload = async (statement?: number) => {
      failing.failAt(statement);
      const one = await uploadOnce(url, device, way, records);
      if (one !== undefined) uploads.push(one);
      return one?.isAcknowledged ?? false;
    };
    if (!(await upload())) wrong.push(`${device}: nothing is acknowledged`);
    for (let at = 1; ; at += stride) {
      await upload(at);
      // Beyond the last of them.
      if (failing.statements() < at) break;
      tried += 1;
      if (!(await upload()))
        wrong.push(`${device}: after a failure at statement ${String(at)} nothing is acknowledged`);
    }
  }
  wrong.push(...(await losses(db, uploads, records)));
  await stop();
  return { statements: tried, acknowledged: uploads.filter((one) => one.isAcknowledged).length, wrong };
};
