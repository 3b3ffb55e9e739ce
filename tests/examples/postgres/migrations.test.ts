/** Migrations: databases of released versions keep their data, and databases that are not ours are refused. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Database } from '../../../examples/postgres/database.js';
import { databasePorts } from '../../../examples/postgres/ports.js';
import { databaseUploads } from '../../../examples/postgres/uploads.js';
import { openDatabase } from '../../../examples/reference-server/database.js';
import { secret } from '../../../src/index.js';
import { noUploadUnderWay, uploadTransition } from '../../../src/operations/index.js';
import { admissionTo } from '../../../src/testing/index.js';
import { versionsIn } from '../../support/history.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';

const released = gunzipSync(await readFile(new URL('fixtures/0.2.0.sql.gz', import.meta.url))).toString();
/** A patient's account that has registered its device. Another in the file has a device that its ward has registered. */
const phone = `
  insert into public.users (username, password_hash, upload_group_id, patient_id)
    select 'user-phone-1', password_hash, 1, 1 from public.users where id = 1;
  insert into public.devices (name, client_version, registered_by) select 'phone', '2.4.24', max(id) from public.users`;

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Places to open a database at, again and again; `run` runs SQL there while nobody has it open. */
const places = [
  {
    name: 'PGlite',
    isThere: true,
    make: () => {
      let folder = '';
      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'migrations-'));
      });
      afterAll(() => rm(folder, { recursive: true, force: true }));
      const run = async (sql: string): Promise<Rows> => {
        const db = await PGlite.create(folder);
        const results = await db.exec(sql);
        await db.close();
        return results.at(-1)?.rows ?? [];
      };
      return { open: () => openDatabase({ folder, url: undefined }), run };
    },
  },
  {
    name: 'PostgreSQL',
    isThere: hasPostgres,
    make: () => {
      const url = freshDatabase();
      const run = async (sql: string): Promise<Rows> => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        const results: unknown = await client.query(sql);
        await client.end();
        return ([results].flat().at(-1) as pg.QueryResult<Rows[number]>).rows;
      };
      return { open: () => openDatabase({ url, folder: undefined }), run };
    },
  },
];

/** All rows of all tables that migrations keep, in JSON. */
const kept = ['groups', 'patients', 'schedules', 'scheduled_tasks', 'users', 'memberships', 'limits', 'sessions']
  .concat(['id_number_types', 'extra_strings', 'devices', 'audit', 'uploads', 'records'])
  .map((table) => `select '${table}' as name, json_agg(t order by t::text)::text as rows from public.${table} t`)
  .join(' union all ');
const dropped = ['upload', 'finished', 'whole'];

describe.for(places)('on $name', ({ isThere, make }) => {
  if (!isThere) {
    // Shown in the report, where no PostgreSQL server answers.
    it.skip('no server answers');
    return;
  }

  describe('a database of 0.2.0', () => {
    const { open, run } = make();
    let [before, after]: [Rows, Rows] = [[], []];
    let db: Database;
    beforeAll(async () => {
      before = await run(`${released}; ${phone}; ${kept}`);
      db = await open();
      after = await db.query(kept);
    });
    afterAll(() => db.close());

    it('has all its rows', () => {
      const rowsOf = (tables: Rows) =>
        tables.map(({ name, rows }) => {
          const read = JSON.parse(String(rows)) as Rows;
          return [name, read.map((row) => Object.entries(row).filter(([column]) => !dropped.includes(column)))];
        });
      const subset = rowsOf(before);
      expect(subset.length).toBe(14);
      // Rows have more columns than before.
      for (const [at, [name, rows]] of subset.entries())
        for (const [row, columns] of (rows as [string, unknown][][]).entries()) {
          const now = Object.fromEntries((rowsOf(after)[at]?.[1] as [string, unknown][][])[row] ?? []);
          expect([name, now]).toMatchObject([name, Object.fromEntries(columns)]);
        }
    });

    it('has its history, with the names of its users and groups', async () => {
      const lines = (await versionsIn(db)).map(
        ({ device, table_name, key, state, finalizedIn, added_by, group_name }) =>
          [device, table_name, key, state, finalizedIn, added_by, group_name] as const,
      );
      expect(lines).toEqual([
        ['Tablet-1', 'phq9', 1, 'superseded', some(2), 'alice', 'clinic'],
        ['Tablet-1', 'phq9', 1, 'current', some(2), 'bob', 'ward'],
        ['Tablet-1', 'phq9', 2, 'deleted', none, 'alice', 'clinic'],
        ['Tablet-1', 'blobs', 1, 'current', none, 'alice', 'clinic'],
        ['tablet-2', 'phq9', 2 ** 53 - 1, 'current', none, 'alice', 'clinic'],
      ]);
    });

    it('knows which upload was finished, and has dropped the one under way', async () => {
      const finish = async (id: number, name: string) => {
        const admission = admissionTo('end_upload', { device: { id, name }, user: { id: 2 }, sessionId: some(2) });
        return databaseUploads(db).transact(admission, uploadTransition(admission)({ type: 'finish' }))();
      };
      expect(await finish(2, 'tablet-2')).toEqual(right(undefined));
      expect(await finish(1, 'Tablet-1')).toEqual(left(noUploadUnderWay));
      expect(await db.query('select 1 from staged_steps')).toEqual([]);
    });

    it('has its sessions, of any device, and binds the account of a patient to the device that it has registered, or to none', async () => {
      const found = await databasePorts(db).sessions.findSession(2, secret('token 2'))();
      expect(found).toMatchObject(right(some({ id: 2, device: none, user: { id: 2, username: 'bob' } })));
      expect(await db.query('select only_device from users order by id')).toEqual(
        [null, null, 'server', 'phone'].map((only_device) => ({ only_device })),
      );
    });
  });

  describe('a new database', () => {
    const { open, run } = make();

    it('is refused once a migration is not what it was, or unknown', async () => {
      await (await open()).close();
      await (await open()).close();
      await run(`insert into migrations (name, run_on) values ('9_later', now())`);
      await expect(open()).rejects.toThrow(/^The database is newer than this server: it has the migration 9_later$/);
      await run(
        `delete from migrations where name = '9_later'; update migrations set checksum = 'x' where name = '2_records'`,
      );
      await expect(open()).rejects.toThrow(/^The migration 2_records is not the one that the database has had$/);
    });
  });
});
