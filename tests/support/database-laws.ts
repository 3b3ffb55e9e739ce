/** The laws of ports and uploads, for a host over a database whose devices 1 and 2 are `Tablet-1` and `tablet-2`. */
import { right } from 'fp-ts/lib/Either.js';
import { beforeAll, expect, it } from 'vitest';

import type { Database } from '../../examples/postgres/database.js';
import type { databasePorts } from '../../examples/postgres/ports.js';
import { savePassword } from '../../examples/reference-server/accounts.js';
import type { UploadStore } from '../../src/operations/index.js';
import { admissionTo, portLaws, uploadLaws, type Law } from '../../src/testing/index.js';
import { username } from './fixtures.js';
import { versionsIn } from './history.js';
import { password, passwordCost } from './reference-server.js';

/** The same database, all of whose transactions fail when their work is done. */
const failing = (db: Database): Database => ({
  ...db,
  transaction: (work) =>
    db.transaction(async (query) => {
      await work(query);
      throw new Error('the database has failed');
    }),
});

const each = (laws: readonly Law[]) => laws.map(({ name, check }) => [name, check] as const);

export const itKeepsTheLaws = (
  db: Database,
  ports: ReturnType<typeof databasePorts>,
  uploads: (db: Database) => UploadStore<unknown>,
): void => {
  beforeAll(() =>
    db.query(
      `insert into devices (name, registered_by, client_version) values ('Tablet-1', 1, '2.4.24'), ('tablet-2', 1, '2.4.24')`,
    ),
  );

  const subjects = {
    ...{ deviceName: 'Tablet-1', username: 'alice', password },
    expireSession: async ({ id }: { readonly id: number }) => {
      await db.query(`update sessions set last_used_at = now() - interval '61 minutes' where id = $1`, [id]);
    },
    changePassword: (name: string, to: string) => savePassword(db, username(name), to, 'clinic', passwordCost),
  };
  it.each(each(portLaws(ports, subjects)))('the ports keep the law: %s', async (_, check) => {
    expect(await check()).toEqual(right(undefined));
  });

  const device = { id: 1, name: 'Tablet-1' };
  const laws = uploadLaws(uploads(db), {
    admission: admissionTo('end_upload', { device }),
    otherUser: admissionTo('end_upload', { device, user: { id: 2, username: 'bob' } }),
    otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
    tables: ['phq9', 'gad7'],
    column: 'q1',
    versions: ({ name }, table) => versionsIn(db, name, table),
    failing: uploads(failing(db)),
  });
  it.each(each(laws))('uploads keep the law: %s', async (_, check) => {
    expect(await check()).toEqual(right(undefined));
  });
};
