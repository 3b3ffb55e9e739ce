/** The store of uploads, beyond the laws: who waits for whom, how long work may take, and what is staged in vain. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { beforeAll, describe, expect, it } from 'vitest';

import { postgresDatabase, type Database } from '../../../examples/postgres/database.js';
import { deleteStale } from '../../../examples/postgres/ports.js';
import { databaseUploads } from '../../../examples/postgres/uploads.js';
import {
  noUploadUnderWay,
  uploadTransition,
  type UploadRequest,
  type UploadStep,
} from '../../../src/operations/index.js';
import { admissionTo } from '../../../src/testing/index.js';
import { versionsIn } from '../../support/history.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';
import { onEachDatabase } from '../../support/reference-server.js';

const stepOf = (...keys: readonly number[]): UploadStep => {
  const records = keys.map((key) => {
    return { key, whenLastModified: none, moveOffTablet: false, row: { columns: ['id'], values: [key] } };
  });
  return { finalizing: false, changes: [{ table: 'phq9', records, keep: 'all', finalize: new Set() }] };
};
const begin: UploadRequest = { type: 'begin' };
const finish: UploadRequest = { type: 'finish' };
const stage = (...keys: readonly number[]): UploadRequest => ({ type: 'stage', step: stepOf(...keys) });

/** Makes a device with a session of its own, and gives what asks the store in its name. */
const deviceIn = async (db: Database, name: string, store = databaseUploads(db)) => {
  const [device] = await db.query<{ id: number }>(
    `insert into devices (name, registered_by, client_version) values ($1, 1, '2.4.24') returning id`,
    [name],
  );
  const [session] = await db.query<{ id: number }>(
    `insert into sessions (token_hash, user_id, password_version) values ('', 1, 1) returning id`,
  );
  const [id, sessionId] = [device?.id ?? 0, session?.id ?? 0];
  const admission = admissionTo('end_upload', { device: { id, name }, sessionId: some(sessionId) });
  return {
    ...{ id, sessionId },
    ask: async (...requests: readonly UploadRequest[]): Promise<readonly Either<unknown, void>[]> => {
      const answers: Either<unknown, void>[] = [];
      for (const request of requests)
        answers.push(await store.transact(admission, uploadTransition(admission)(request))());
      return answers;
    },
    keys: async () => (await versionsIn(db, name)).map(({ key }) => key),
  };
};
const done = right(undefined);

onEachDatabase(({ open }) => {
  const db = open();

  it('more than 2 GB staged are refused, and nothing changes', async () => {
    const device = await deviceIn(db, 'large');
    await device.ask(begin, stage(1));
    const states = () => db.query('select upload_state, s.* from devices d join staged_steps s on d.id = device_id');
    await db.query('update staged_steps set bytes = $1 where device_id = $2', [2 * 1024 ** 3 - 1, device.id]);
    const before = await states();
    const [answer] = await device.ask(stage(2));
    expect(answer).toMatchObject(left({ code: 'refused', reason: 'upload-too-large' }));
    expect(await states()).toEqual(before);
    expect(await device.ask(finish)).toEqual([done]);
    expect(await device.keys()).toEqual([1]);
  });

  it('steps of more than 32 MB are refused, however small their rows are', async () => {
    const device = await deviceIn(db, 'keys');
    const keep = new Set(Array.from({ length: 200_000 }, (_, at) => Number.MAX_SAFE_INTEGER - at));
    const change = { table: 'phq9', records: [], keep, finalize: new Set<number>() };
    const kept: UploadRequest = { type: 'stage', step: { finalizing: false, changes: [change] } };
    const answers = await device.ask(begin, stage(1), ...Array.from({ length: 10 }, () => kept));
    expect(answers.map(isRight)).toEqual([...Array.from({ length: 11 }, () => true), false]);
    expect(await device.ask(finish)).toEqual([done]);
    expect(await device.keys()).toEqual([]);
  });

  it('each request runs in its own asynchronous context, also after waiting for another', async () => {
    const clients = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const store = databaseUploads(db, () => Promise.resolve(void seen.push(clients.getStore())));
    const device = await deviceIn(db, 'shared', store);
    const whole = (key: number): UploadRequest => ({ type: 'whole', whole: stepOf(key) });
    const asked = ['one', 'two', 'three'].map((client, key) => clients.run(client, () => device.ask(whole(key))));
    await Promise.all(asked);
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('what a session has staged is deleted when the session has ended, and its end is refused', async () => {
    const [ended, alive] = [await deviceIn(db, 'ended'), await deviceIn(db, 'alive')];
    for (const device of [ended, alive]) expect(await device.ask(begin, stage(1, 2))).toEqual([done, done]);
    await db.query(`update sessions set last_used_at = now() - interval '61 minutes' where id = $1`, [ended.sessionId]);
    await deleteStale(db);
    const staged = `select device_id from staged_steps union all select device_id from staged_rows`;
    expect(await db.query(staged)).toEqual(Array.from({ length: 3 }, () => ({ device_id: alive.id })));
    expect(await ended.ask(finish)).toEqual([left(noUploadUnderWay)]);
    expect(await alive.ask(finish)).toEqual([done]);
    expect([await ended.keys(), await alive.keys()]).toEqual([[], [1, 2]]);
  });

  it('history is not emptied', async () => {
    for (const table of ['records', 'uploads', 'audit'])
      await expect(db.query(`truncate ${table} cascade`)).rejects.toThrow('history is never changed');
  });
});

describe.skipIf(!hasPostgres)('on a PostgreSQL server', () => {
  const url = freshDatabase();
  let db: Database;
  beforeAll(async () => {
    db = await postgresDatabase(url, { statement_timeout: 400, query_timeout: 500 });
    await db.query(`insert into groups (name) values ('clinic')`);
    return () => db.close();
  });

  it('steps that wait for a long end of their device make no other device wait', async () => {
    const other = await postgresDatabase(url);
    const store = databaseUploads(other);
    const [busy, free] = [await deviceIn(other, 'busy', store), await deviceIn(other, 'free', store)];
    await busy.ask(begin);
    const waiting = await db.transaction(async (query) => {
      await query('select from devices where id = $1 for update', [busy.id]);
      const steps = Array.from({ length: 40 }, (_, key) => busy.ask(stage(key)));
      expect(await free.ask(begin, stage(1), finish)).toEqual([done, done, done]);
      return steps;
    });
    expect((await Promise.all(waiting)).flat()).toEqual(Array.from({ length: 40 }, () => done));
    expect(await busy.ask(finish)).toEqual([done]);
    // In the order in which they came.
    expect(await busy.keys()).toEqual(Array.from({ length: 40 }, (_, key) => key));
    await other.close();
  });

  it('transactions that wait leave connections to other queries', async () => {
    const other = await postgresDatabase(url);
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    const waiting = Array.from({ length: 30 }, () => other.transaction(() => opened));
    expect(await other.query('select 1 as one')).toEqual([{ one: 1 }]);
    gate.emit('open');
    expect(await Promise.all(waiting)).toHaveLength(30);
    await other.close();
  });

  it('storing may take longer than other statements', async () => {
    const device = await deviceIn(db, 'slow');
    const slow = `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return null; end $$`;
    await db.query(slow);
    expect(await device.ask(begin, stage(1))).toEqual([done, done]);
    for (const table of ['records', 'staged_rows'])
      await db.query(`create trigger slow after insert on ${table} for each statement execute function slow()`);
    const [step, end] = await device.ask(stage(2), finish);
    expect(step).toMatchObject(
      left({ code: 'fault', cause: { message: expect.stringContaining('timeout') as string } }),
    );
    expect(end).toEqual(done);
    expect(await device.keys()).toEqual([1]);
  });

  it('a device that is at work is left out when what is stale is deleted', async () => {
    const other = await postgresDatabase(url);
    const device = await deviceIn(other, 'at work');
    await device.ask(begin);
    await other.query('drop trigger if exists slow on staged_rows');
    expect(isRight((await device.ask(stage(1)))[0] ?? left('none'))).toBe(true);
    await other.query('delete from sessions where id = $1', [device.sessionId]);
    const count = () => other.query('select 1 from staged_steps where device_id = $1', [device.id]);
    await other.transaction(async (query) => {
      await query('select from devices where id = $1 for update', [device.id]);
      await deleteStale(db);
    });
    expect(await count()).toHaveLength(1);
    await deleteStale(db);
    expect(await count()).toHaveLength(0);
    await other.close();
  });
});
