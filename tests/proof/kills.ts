/**
 * `npm run kills -- N`: kills the server N times, with an embedded database and on a PostgreSQL cluster, and the cluster N times. Then disks
 * that are full and statements that take too long, at each statement in turn; then a small heap, PostgreSQL's own log, and a disk that is
 * really full. Fails if anything is lost, is logged or stops.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';

import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
import { failures, statementTrial } from '../support/failing-statements.js';
import { fullDiskTrial } from '../support/full-disk.js';
import { killTrial } from '../support/kill-trial.js';
import { loggedRowsTrial } from '../support/logged-rows.js';
import { smallDisk } from '../support/small-disk.js';
import { smallHeapTrial } from '../support/small-heap.js';
import { embeddedServer, ownCluster, postgresPrograms, postgresServer, type Victim } from '../support/victims.js';

const kills = Number(process.argv[2] ?? 10);

const tell = (what: string, wrong: readonly string[]): void => {
  console.log(`${what}: ${wrong.length === 0 ? 'nothing wrong' : `${String(wrong.length)} WRONG`}`);
  for (const line of wrong.slice(0, 10)) console.log(`  ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
};

const kill = async (what: string, victim: Victim): Promise<void> => {
  const { acknowledged, wrong } = await killTrial(victim, kills);
  tell(`${what}, ${String(kills)} kills, uploads acknowledged before each: ${acknowledged.join(' ')}`, wrong);
};

const failAtEach = async (where: string, db: Database, failure: keyof typeof failures): Promise<void> => {
  const { statements, acknowledged, wrong } = await statementTrial(db, failures[failure]);
  await db.close();
  const counts = `at each of ${String(statements)} statements, uploads acknowledged: ${String(acknowledged)}`;
  tell(`${failure}, ${where}, ${counts}`, wrong);
};

const shrink = async (where: string, victim: Victim): Promise<void> => {
  const { sent, acknowledged, wrong } = await smallHeapTrial(victim, 4);
  tell(`a small heap, ${where}, photographs acknowledged: ${String(acknowledged)} of ${String(sent)}`, wrong);
};

/** With its write-ahead log elsewhere, and on the same disk. Only root can mount a small disk. */
const fillDisk = async (programs: string): Promise<void> => {
  for (const where of ['its log elsewhere', 'its log too']) {
    const disk = await smallDisk(128);
    if (isLeft(disk)) {
      console.log(`SKIPPED: a disk of PostgreSQL that is really full: ${disk.left}`);
      return;
    }
    const elsewhere = await mkdtemp(join(tmpdir(), 'wal-'));
    await chmod(elsewhere, 0o777);
    const wal = where === 'its log too' ? undefined : join(elsewhere, 'wal');
    try {
      const { acknowledged, refused, health, wrong } = await fullDiskTrial(programs, disk.right, wal);
      const counts = `acknowledged ${acknowledged.join(', then ')} when there was room again; refused ${String(refused)}`;
      tell(`PostgreSQL's disk really full, ${where}: uploads ${counts}; health: ${health}`, wrong);
    } finally {
      await disk.right.end();
      await rm(elsewhere, { recursive: true, force: true });
    }
  }
};

const embedded = await embeddedServer();
await kill('the server, with its embedded database', embedded);
await failAtEach('embedded database', await embeddedDatabase(), 'the disk is full');
await shrink('embedded database', embedded);
await embedded.end();

const programs = await postgresPrograms();
if (programs === undefined) {
  console.log('SKIPPED: PostgreSQL is not installed here; PG_BIN may name the folder of its programs');
} else {
  const cluster = await ownCluster(programs);
  const { DATABASE_URL: url = '' } = cluster.settings;
  await kill('the server, on PostgreSQL', postgresServer(url));
  await kill('the PostgreSQL cluster', cluster);
  await failAtEach('PostgreSQL', await postgresDatabase(url), 'the disk is full');
  const hasty = await postgresDatabase(url, { statement_timeout: 1_000 });
  await failAtEach('PostgreSQL', hasty, 'a statement takes too long');
  await shrink('PostgreSQL', postgresServer(url));
  await cluster.end();
  const { sent, logged, loggedWithout, wrong } = await loggedRowsTrial(programs);
  const counts = `${String(logged)} of ${String(sent)} values; without the setting ${String(loggedWithout)}`;
  tell(`PostgreSQL's own log while uploads fail: ${counts}`, wrong);
  await fillDisk(programs);
}
