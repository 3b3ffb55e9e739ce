/** What SECURITY.md says of the reference server, and no other test shows. */
import { Writable } from 'node:stream';
import { some } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import type { Database, Query } from '../../../examples/postgres/database.js';
import { logTo, type Log } from '../../../examples/reference-server/log.js';
import { defaultCost, hashPassword } from '../../../examples/postgres/users.js';
import { cell } from '../../../src/operations/index.js';
import { versionsIn } from '../../support/history.js';
import { addUsers, onEachDatabase, password, serving } from '../../support/reference-server.js';

onEachDatabase(({ open }) => {
  const db = open();

  it('text that looks like SQL is stored as it is', async () => {
    const { tablet, stop } = await serving({ db });
    const { ask } = tablet('careful');
    const text = `'); delete from audit; -- $1 "`;
    await ask('register', { devicefriendlyname: text });
    const row = { id: '1', when_last_modified: "'2026-03-01T12:00:00.000+00:00'", _move_off_tablet: '0' };
    const comment = `'${text.replaceAll("'", "''")}'`;
    await ask('upload_entire_database', {
      finalizing: '0',
      pknameinfo: '{"bmi":"id"}',
      dbdata: JSON.stringify({ bmi: [{ ...row, comment }] }),
    });
    await stop();
    expect(await db.query(`select friendly_name from devices where name = 'careful'`)).toEqual([
      { friendly_name: text },
    ]);
    const [stored] = await versionsIn(db, 'careful', 'bmi');
    expect(stored && cell('comment')(stored.row)).toEqual(some(text));
  });

  it('a right that is withdrawn counts from the next request', async () => {
    const entries: Parameters<Log>[0][] = [];
    const { tablet, stop } = await serving({ db, log: (entry) => entries.push(entry) });
    await addUsers(db, { hugo: 'clinic' });
    const { ask } = tablet('of-hugo', 'hugo');
    await ask('register');
    expect((await ask('start_upload')).reply.body).toContain('success:1');
    await db.query(`update memberships set may_upload = false from users where user_id = id and username = 'hugo'`);
    expect((await ask('end_upload')).reply.body).toContain('success:0');
    expect(entries.at(-1)).toMatchObject({ signIn: 'resumed', result: 'not-authorized-to-upload' });
    await stop();
  });

  it('a database that fails tells its data neither to the tablet nor to the log', async () => {
    const secretly = 'Zoë of ward 7';
    const cause: unknown = await db
      .query('insert into groups (name) values ($1), ($1)', [secretly])
      .catch((error: unknown) => error);
    expect(cause).toMatchObject({ detail: expect.stringContaining(secretly) as string });
    const lines: string[] = [];
    const stream = new Writable({
      write: (line: Buffer, _, done) => {
        lines.push(line.toString());
        done();
      },
    });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- It is the database's error.
    const failing: Database = { ...db, query: () => Promise.reject(cause) };
    const { tablet, stop } = await serving({ db: failing, log: logTo(stream) });
    const { reply } = await tablet('tablet-1').ask('get_id_info');
    await stop();
    expect(reply).toMatchObject({ status: 503, body: expect.stringContaining('error:Server error\n') as string });
    expect(lines.join()).toContain('duplicate key');
    expect(lines.join() + reply.body).not.toContain(secretly);
  });

  it('a device whose registration cannot be audited is not registered', async () => {
    const failing =
      (query: Query): Query =>
      (sql, values) =>
        values?.[0] === 'register' ? Promise.reject(new Error('no entry')) : query(sql, values);
    const failingDb: Database = {
      ...db,
      query: failing(db.query),
      transaction: (work) => db.transaction((query) => work(failing(query))),
    };
    const { tablet, stop } = await serving({ db: failingDb });
    expect((await tablet('not-audited').ask('register')).reply.status).toBe(503);
    await stop();
    expect(await db.query(`select from devices where name = 'not-audited'`)).toEqual([]);
  });

  it('the audit has registrations and what administrators do, and no password', async () => {
    await addUsers(db, { ines: 'ward' });
    const { tablet, stop } = await serving({ db });
    await tablet('of-ines', 'ines').ask('register');
    await stop();
    const audit = await db.query(`select event, address, details from audit where username = 'ines' order by id`);
    expect(audit).toMatchObject([
      { event: 'admin', details: { saved: 'user', group: 'ward' } },
      { event: 'sign-in', address: '127.0.0.1' },
      { event: 'register', address: '127.0.0.1' },
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/Pass-Word|argon2/);
  });
});

it('passwords are hashed by argon2id, as OWASP advises', async () => {
  expect(await hashPassword(defaultCost, password)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
