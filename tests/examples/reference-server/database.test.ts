/** The reference server's database: what becomes of a PostgreSQL server that hangs. */
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';

import { postgresDatabase } from '../../../examples/postgres/database.js';
import { listenAnywhere } from '../../support/listening.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';

/** A way to a PostgreSQL server that can be cut: connections stay open, and nothing comes through. */
const wayTo = async (url: string) => {
  const [target, way] = [new URL(url), new URL(url)];
  let isCut = false;
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (data) => isCut || to.write(data));
      from.on('error', () => undefined).on('close', () => to.destroy());
    }
  });
  way.host = `127.0.0.1:${String(await listenAnywhere(proxy))}`;
  return { url: way.href, cut: (is: boolean) => (isCut = is), close: () => proxy.close() };
};

describe.skipIf(!hasPostgres)('a PostgreSQL server that hangs', () => {
  const url = freshDatabase();

  it('is given up, and asked again when it is back', async () => {
    const way = await wayTo(url);
    const db = await postgresDatabase(way.url, { query_timeout: 500, connectionTimeoutMillis: 2_000 });
    const ask = () => db.query('select 1 as one');
    expect(await ask()).toEqual([{ one: 1 }]);
    way.cut(true);
    await expect(ask()).rejects.toThrow('timeout');
    way.cut(false);
    const inTransaction = db.transaction(async (query) => {
      way.cut(true);
      await query('select 1');
    });
    await expect(inTransaction).rejects.toThrow('timeout');
    way.cut(false);
    expect(await ask()).toEqual([{ one: 1 }]);
    await db.close();
    way.close();
  });
});
