/** kill -9, at random moments of uploads: of the server, and of a PostgreSQL cluster; and disks that are full. `npm run kills -- N` does more. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { Query } from '../../../examples/postgres/database.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';
import { failures, statementTrial } from '../../support/failing-statements.js';
import { killTrial } from '../../support/kill-trial.js';
import { onEachDatabase } from '../../support/reference-server.js';
import { embeddedServer, ownCluster, postgresPrograms, postgresServer, type Victim } from '../../support/victims.js';

// Each kill takes a start of the server.
vi.setConfig({ testTimeout: 240_000 });
const programs = await postgresPrograms();

describe('nothing acknowledged is lost, and nothing is half done, when', () => {
  let victim: Victim | undefined;
  afterEach(async () => {
    await victim?.end();
  });
  const killed = async (one: Victim): Promise<void> => {
    victim = one;
    const { acknowledged, wrong } = await killTrial(one, 2);
    expect(wrong).toEqual([]);
    expect(acknowledged).toHaveLength(2);
    expect(Math.min(...acknowledged)).toBeGreaterThan(0);
  };

  it('the server is killed, with its embedded database', async () => {
    await killed(await embeddedServer());
  });

  describe.skipIf(!hasPostgres)('on PostgreSQL', () => {
    const url = freshDatabase();
    it('the server is killed', async () => {
      await killed(postgresServer(url));
    });
  });

  it.skipIf(programs === undefined)('the whole PostgreSQL cluster is killed', async () => {
    await killed(await ownCluster(programs ?? ''));
  });
});

onEachDatabase(({ open }) => {
  const db = open();

  it('a disk that is full, at one statement of eight, loses nothing acknowledged, and the server goes on', async () => {
    const { statements, wrong } = await statementTrial(db, failures['the disk is full'], 8);
    expect(wrong).toEqual([]);
    expect(statements).toBeGreaterThan(8);
  });
  it('without transactions, it is seen that uploads are half done', async () => {
    const loose = { ...db, transaction: <A>(work: (query: Query) => Promise<A>) => work(db.query) };
    const { wrong } = await statementTrial(loose, failures['the disk is full'], 2);
    expect(wrong).toContainEqual(expect.stringContaining('half done'));
  });
});
