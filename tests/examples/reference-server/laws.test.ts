/** The reference server's ports and uploads keep the laws, on both databases. */
import { right } from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';

import { savePassword } from '../../../examples/reference-server/accounts.js';
import type { Database } from '../../../examples/postgres/database.js';
import { databasePorts } from '../../../examples/reference-server/ports.js';
import { signInLimits } from '../../../examples/reference-server/sign-in-limits.js';
import { databaseUploads } from '../../../examples/reference-server/uploads.js';
import { admissionTo, portLaws, uploadLaws, type Law } from '../../../src/testing/index.js';
import { username } from '../../support/fixtures.js';
import { databases, password, passwordCost } from '../../support/reference-server.js';
import { versionsIn } from '../../support/history.js';

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

describe.for(databases)('on $name', ({ isThere, open }) => {
  if (!isThere) {
    it.skip('no server answers');
    return;
  }
  const db = open();
  beforeAll(() =>
    db.query(
      `insert into devices (name, registered_by, client_version) values ('Tablet-1', 1, '2.4.24'), ('tablet-2', 1, '2.4.24')`,
    ),
  );

  const ports = databasePorts(db, signInLimits(db), passwordCost);
  it.each(
    each(
      portLaws(ports, {
        deviceName: 'Tablet-1',
        username: 'alice',
        password: password,
        expireSession: async ({ id }) => {
          await db.query(`update sessions set last_used_at = now() - interval '61 minutes' where id = $1`, [id]);
        },
        changePassword: (name, to) => savePassword(db, username(name), to, 'clinic', passwordCost),
      }),
    ),
  )('the ports keep the law: %s', async (_, check) => {
    expect(await check()).toEqual(right(undefined));
  });

  it.each(
    each(
      uploadLaws(databaseUploads(db), {
        admission: admissionTo('end_upload', { device: { id: 1, name: 'Tablet-1' } }),
        otherUser: admissionTo('end_upload', { device: { id: 1, name: 'Tablet-1' }, user: { id: 2, username: 'bob' } }),
        otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
        tables: ['phq9', 'gad7'],
        column: 'q1',
        versions: ({ name }, table) => versionsIn(db, name, table),
        failing: databaseUploads(failing(db)),
      }),
    ),
  )('uploads keep the law: %s', async (_, check) => {
    expect(await check()).toEqual(right(undefined));
  });
});
