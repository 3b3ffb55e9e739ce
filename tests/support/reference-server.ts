/** The reference server for tests: on both databases, over HTTP. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { savePassword } from '../../examples/reference-server/accounts.js';
import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
import { referenceServer, type ServerOptions } from '../../examples/reference-server/server.js';
import { tablet, type Post, type Tablet } from '../../examples/tablets-day/tablet.js';
import { username } from './fixtures.js';
import { listening } from './listening.js';
import { freshDatabase, hasPostgres } from './postgres.js';
import { postTo } from './uploading.js';

/** Hashes that cost nothing. */
export const passwordCost = { memoryCost: 8, timeCost: 1 };
export const password = 'Pass-Word 1 & 2 = é%';

export interface Served {
  readonly server: Server;
  readonly url: string;
  readonly post: Post;
  /** A tablet of the user. */
  readonly tablet: (device: string, user?: string) => Tablet;
  readonly stop: () => Promise<void>;
}

export const serving = async (options: ServerOptions): Promise<Served> => {
  const server = referenceServer({ passwordCost, log: () => undefined, ...options });
  const { url, stop } = await listening(server);
  const post = postTo(url);
  return {
    ...{ server, url, post, stop },
    tablet: (device, user = 'alice') => tablet(post, { camcops_version: '2.4.24', device, user, password }),
  };
};

/** Users who may upload, by their groups. */
export const addUsers = async (db: Database, users: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, group] of Object.entries(users)) {
    await savePassword(db, username(name), password, group, passwordCost);
  }
};

/** The databases to test on. `open` is called in a `describe`, and gives a database that is there when its tests run. */
export const databases = [
  { name: 'PGlite', isThere: true, start: () => () => embeddedDatabase() },
  {
    name: 'PostgreSQL',
    isThere: hasPostgres,
    start: () => {
      const url = freshDatabase();
      return () => postgresDatabase(url);
    },
  },
].map(({ name, isThere, start }) => ({
  name,
  isThere,
  open: (): Database => {
    const connect = start();
    let db: Database | undefined;
    const opened = (): Database => {
      if (db === undefined) throw new Error('the database is not open yet');
      return db;
    };
    beforeAll(async () => {
      db = await connect();
      await addUsers(db, { alice: 'clinic', bob: 'clinic', carol: 'ward' });
    });
    afterAll(() => db?.close());
    return {
      query: (sql, values) => opened().query(sql, values),
      transaction: (work) => opened().transaction(work),
      close: () => opened().close(),
    };
  },
}));

/** Tests on each database. Where no PostgreSQL server answers, the report shows that its tests were left out. */
export const onEachDatabase = (
  tests: (database: { readonly name: string; readonly open: () => Database }) => void,
): void => {
  describe.for(databases)('on $name', ({ name, isThere, open }) => {
    if (isThere) tests({ name, open });
    // A suite without any test would fail, and one left out in silence would seem to have passed.
    else it.skip('no server answers');
  });
};
