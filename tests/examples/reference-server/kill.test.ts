/** kill -9, at random moments of uploads: of the server, and of a PostgreSQL cluster. `npm run kills -- N` does more of it. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { freshDatabase, hasPostgres } from '../../support/postgres.js';
import {
  embeddedServer,
  killTrial,
  ownCluster,
  postgresPrograms,
  postgresServer,
  type Victim,
} from '../../support/kill-trial.js';

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
    expect(acknowledged).toBeGreaterThan(0);
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
