/** `GET /health` on a real database: what is wrong is said in words. */
import { expect, it } from 'vitest';

import { healthOf } from '../../../examples/reference-server/health.js';
import { onEachDatabase, serving } from '../../support/reference-server.js';

onEachDatabase(({ name, open }) => {
  const db = open();
  const health = async (): Promise<readonly [status: number, words: string]> => {
    const { status, body } = await healthOf(db)();
    return [status, body.trimEnd()];
  };
  /** What it says after one statement, and that all is well after another. */
  const says = async (broken: string, repaired: string): Promise<readonly [number, string]> => {
    await db.query(broken);
    const said = await health();
    await db.query(repaired);
    expect(await health()).toEqual([200, 'ok']);
    return said;
  };
  const refusing = (code: string): readonly [string, string] => [
    `do $do$ begin
       create function refuse_health() returns trigger language plpgsql as
         $$ begin raise exception 'a secret' using errcode = '${code}'; end $$;
       create trigger refuse_health before update on server_information execute function refuse_health();
     end $do$`,
    'drop function refuse_health() cascade',
  ];

  it('a row is written and read, and stays as it was', async () => {
    const row = 'select s, xmin::text as written from server_information s';
    const before = await db.query<{ s: unknown; written: string }>(row);
    expect(await health()).toEqual([200, 'ok']);
    const after = await db.query<{ s: unknown; written: string }>(row);
    expect(after[0]?.s).toEqual(before[0]?.s);
    expect(after[0]?.written).not.toBe(before[0]?.written);
  });

  it.skipIf(name === 'PGlite')('does not wait for an administrator who is changing that row', async () => {
    await db.transaction(async (query) => {
      await query('update server_information set changes = changes + 1');
      expect(await health()).toEqual([200, 'ok']);
    });
  });

  it('says that the disk is full, that it is read-only, and that a right is missing', async () => {
    expect(await says(...refusing('53100'))).toEqual([503, "the database's disk is full"]);
    expect(await says(...refusing('25006'))).toEqual([503, 'the database is read-only']);
    expect(await says(...refusing('42501'))).toEqual([503, "the server's role lacks a right in the database"]);
    expect(await says(...refusing('XX000'))).toEqual([503, 'the database does not answer']);
  });

  it('writes more than finds room on a disk that is full', async () => {
    const full = Object.assign(new Error('could not write to a temporary file'), { code: '53100' });
    const { status, body } = await healthOf({ ...db, transaction: () => Promise.reject(full) })();
    expect([status, body]).toEqual([503, "the database's disk is full\n"]);
    const statements: string[] = [];
    await healthOf({
      ...db,
      transaction: (work) =>
        work((sql) => {
          statements.push(sql);
          return Promise.resolve([]);
        }),
    })();
    const explained = await db.transaction(async (query) => {
      const [settings = '', select = ''] = statements;
      await query(settings);
      return query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${select}`);
    });
    const plan = explained.map((row) => row['QUERY PLAN']).join('\n');
    expect(Number(/temp read=\d+ written=(\d+)/.exec(plan)?.[1])).toBeGreaterThan(128);
  });

  it('says what is wrong with the schema', async () => {
    const remove = `update migrations set name = '0_removed' where name = '1_accounts'`;
    const back = `update migrations set name = '1_accounts' where name = '0_removed'`;
    expect(await says(remove, back)).toEqual([
      503,
      'The database is newer than this server: it has the migration 0_removed',
    ]);
    expect(await says('alter table migrations rename to moved', 'alter table moved rename to migrations')).toEqual([
      503,
      'the database lacks a migration',
    ]);
    const rename = 'alter table server_information rename to moved';
    expect(await says(rename, 'alter table moved rename to server_information')).toEqual([
      503,
      'the database lacks a table',
    ]);
  });

  it('checks once, however many ask', async () => {
    let checks = 0;
    const counted = healthOf({
      ...db,
      query: (sql, values) => {
        if (sql.includes('update server_information')) checks += 1;
        return db.query(sql, values);
      },
    });
    await Promise.all(Array.from({ length: 50 }, counted));
    expect(checks).toBe(1);
  });

  it('is served over HTTP', async () => {
    const { url, stop } = await serving({ db });
    const response = await fetch(`${url}health`);
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
    await stop();
  });
});
