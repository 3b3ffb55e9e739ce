/** `examples/postgres`, copied, with one file replaced: a users table of one's own. It keeps the laws, and serves a real client's day. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type * as database from '../../../examples/postgres/database.js';
import type * as hostFile from '../../../examples/postgres/host.js';
import type * as portsFile from '../../../examples/postgres/ports.js';
import type * as viewsFile from '../../../examples/postgres/views.js';
import { handleTabletRequest } from '../../../src/index.js';
import { operationHandlers } from '../../../src/operations/index.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { admissionTo, portLaws, uploadLaws } from '../../../src/testing/index.js';
import { clientDayMismatches, clientDaysOf } from '../../support/client-days.js';
import { versionsIn } from '../../support/history.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';
import { staff, usersFile } from '../../support/own-users.js';
import { tablesBeside } from '../../support/replay.js';

const folder = new URL('../../.tmp/copied-host/', import.meta.url);

type Copy = typeof database & typeof hostFile & typeof portsFile & typeof viewsFile;

describe.skipIf(!hasPostgres)('a copy with users of its own, on an empty PostgreSQL', async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(new URL('../../../examples/postgres/', import.meta.url), folder, { recursive: true });
  writeFileSync(new URL('users.ts', folder), usersFile);
  const load = async (file: string): Promise<object> => (await import(fileURLToPath(new URL(file, folder)))) as object;
  // What the files of the copy export is what those of the example do.
  const copy = Object.assign(
    {},
    ...(await Promise.all(['database.ts', 'ports.ts', 'host.ts', 'views.ts'].map(load))),
  ) as Copy;

  const url = freshDatabase();
  let db: Awaited<ReturnType<Copy['postgresDatabase']>>;
  const later: typeof db = {
    query: (...asked) => db.query(...asked),
    transaction: (work) => db.transaction(work),
    close: () => db.close(),
  };
  beforeAll(async () => {
    db = await copy.postgresDatabase(url);
    for (const statement of staff) await db.query(statement);
    await db.query(
      `insert into devices (name, registered_by, client_version) values ('Tablet-1', 1, '2.4.24'), ('tablet-2', 1, '2.4.24')`,
    );
  });
  afterAll(() => db.close());

  const ports = copy.databasePorts(later);
  const host = copy.databaseHost(later, { tables: camcopsTables, title: 'Clinic' });

  const subjects = {
    ...{ deviceName: 'Tablet-1', username: 'Alice', password: 'Pass-Word 1' },
    expireSession: async ({ id }: { readonly id: number }) => {
      await db.query(`update sessions set last_used_at = now() - interval '61 minutes' where id = $1`, [id]);
    },
    changePassword: async (name: string, to: string) => {
      await db.query('update staff set secret = $2, changes = changes + 1 where login = $1', [name, to]);
    },
  };
  it.each(portLaws(ports, subjects).map(({ name, check }) => [name, check] as const))(
    'keeps the law: %s',
    async (_, check) => {
      expect(await check()).toEqual(right(undefined));
    },
  );
  const [device, user] = [
    { id: 1, name: 'Tablet-1', isRevoked: false },
    { passwordVersion: 1, patientId: none },
  ];
  const laws = uploadLaws(host.uploads, {
    admission: admissionTo('end_upload', { device, user }),
    otherUser: admissionTo('end_upload', { device, user: { ...user, id: 2, username: 'Alice' } }),
    otherDevice: admissionTo('end_upload', { device: { ...device, id: 2, name: 'tablet-2' }, user }),
    tables: ['phq9', 'gad7'],
    column: 'q1',
    versions: ({ name }: { readonly name: string }, table: string) => versionsIn(later, name, table),
  });
  it.each(laws.map(({ name, check }) => [name, check] as const))('keeps the law: %s', async (_, check) => {
    expect(await check()).toEqual(right(undefined));
  });

  it('serves the day all-tasks-multistep, and shows the scores of each patient once', async () => {
    const file = fileURLToPath(new URL('../../vectors/client-days-all-tables/days.jsonl.gz', import.meta.url));
    const day = clientDaysOf(file).find(({ id }) => id === 'all-tasks-multistep');
    const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
    const start = () => ({
      post: async (body: string) => (await handle({ method: 'POST', fields: new URLSearchParams(body) })()).body,
      versions: async (name: string, table: string) => {
        const versions = await versionsIn(later, name, table);
        const places = new Map(versions.map(({ id }, place) => [id, place]));
        return versions.map(({ supersedes, ...version }) => ({
          ...{ ...version, whenLastModified: none, userId: 1, groupId: 1 },
          supersedes: supersedes === null ? none : some(places.get(supersedes) ?? -1),
        }));
      },
    });
    expect(day).toBeDefined();
    if (day !== undefined) expect(await clientDayMismatches(day, tablesBeside(file), start)).toEqual([]);
    await db.transaction((query) => copy.keepViews(query, camcopsTables));
    const scores = await db.query<{ surname: string | null; score: number }>(
      `select patient_surname as surname, q1 + q2 + q3 + q4 + q5 + q6 + q7 + q8 + q9 as score from camcops.phq9
       where device not in ('Tablet-1', 'tablet-2') order by era, id`,
    );
    const current = `select from history where table_name = 'phq9' and state = 'current' and device not in ('Tablet-1', 'tablet-2')`;
    expect(scores.length).toBe((await db.query(current)).length);
    expect(scores.length).toBeGreaterThan(0);
    expect(scores.every(({ surname }) => surname !== null)).toBe(true);
  }, 120_000);

  it('deletes what an ended session has staged, and refuses a database that a newer version has migrated', async () => {
    await db.query(`insert into staged_steps (device_id, session_id, step, last_row, bytes) values (1, 0, '{}', 0, 2)`);
    await copy.deleteStale(db);
    expect(await db.query('select from staged_steps where device_id = 1')).toEqual([]);
    await db.query(`insert into migrations (name, run_on) values ('9_later', now())`);
    await expect(copy.postgresDatabase(url)).rejects.toThrow(/it has the migration 9_later$/);
  });
});
