/** The reference server, over real HTTP and on a real database. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { right } from 'fp-ts/lib/Either.js';
import { none } from 'fp-ts/lib/Option.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import {
  embeddedDatabase,
  postgresDatabase,
  type Database,
  type Query,
} from '../../examples/reference-server/database.js';
import { databasePorts, saveUser } from '../../examples/reference-server/ports.js';
import { referenceServer, type ServerOptions } from '../../examples/reference-server/server.js';
import { tableRule } from '../../examples/reference-server/tables.js';
import { tablet, tabletBody, type Post } from '../../examples/tablets-day/tablet.js';
import { secret } from '../../src/index.js';
import { portLaws } from '../../src/testing/index.js';
import { rightOf } from '../support/decoded.js';
import { username } from '../support/fixtures.js';
import { freshDatabase, hasPostgres } from '../support/postgres.js';

const password = 'Pass-Word 1';
const alice = username('alice');

const listening = async (options: ServerOptions): Promise<{ server: Server; port: number; post: Post }> => {
  const server = referenceServer(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const post: Post = async (body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  return { server, port, post };
};

const silent = (): void => undefined;
const ofAlice = { camcops_version: '2.4.24', user: 'alice', password };

const databases = [
  { name: 'PGlite', isThere: true, connection: () => () => embeddedDatabase() },
  {
    name: 'PostgreSQL',
    isThere: hasPostgres,
    connection: () => {
      const url = freshDatabase();
      return () => postgresDatabase(url);
    },
  },
];

describe.for(databases)('on $name', ({ isThere, connection }) => {
  if (!isThere) {
    it.skip('no server answers');
    return;
  }
  const start = connection();
  let db: Database;
  beforeAll(async () => {
    db = await start();
    await saveUser(db, alice, password, 'clinic');
    await db.query(`insert into devices (name) values ('Tablet-1') on conflict do nothing`);
  }, 60_000);
  afterAll(() => db.close());

  // The laws are named before the database has started.
  const later: Database = {
    query: (sql, values) => db.query(sql, values),
    transaction: (work) => db.transaction(work),
    close: () => db.close(),
  };
  const laws = portLaws(databasePorts(later), {
    deviceName: 'Tablet-1',
    username: alice,
    password,
    expireSession: async ({ id }) => {
      await db.query(`update sessions set last_used_at = now() - interval '61 minutes' where id = $1`, [id]);
    },
    changePassword: (name, to) => saveUser(db, username(name), to, 'clinic'),
    restart: () => Promise.resolve(databasePorts(later)),
  });

  it.each(laws.map(({ name, check }) => [name, check] as const))('the ports keep the law: %s', async (__, check) => {
    expect(await check()).toEqual(right(undefined));
  });

  it('locks an account after too many wrong passwords, and unlocks it in time', async () => {
    const bob = username('bob');
    await saveUser(db, bob, password, 'clinic');
    const { users } = databasePorts(db);
    const signIn = async (given: string) => rightOf(await users.authenticate(bob, secret(given))())._tag;

    const inTurn = async (...given: readonly string[]): Promise<readonly string[]> => {
      const answers: string[] = [];
      for (const one of given) answers.push(await signIn(one));
      return answers;
    };
    const wrong = Array.from({ length: 9 }, (__, n) => `guess ${String(n)}`);
    const refusals = wrong.map(() => 'None');

    expect(await inTurn(...wrong, password)).toEqual([...refusals, 'Some']);
    expect(await inTurn(...wrong, 'the tenth', password)).toEqual([...refusals, 'None', 'None']);
    await db.query(`update users set locked_until = now() where username = 'bob'`);
    // Counting has begun again: one more wrong password does not lock.
    expect(await inTurn('guess', password)).toEqual(['None', 'Some']);

    const guesses = await Promise.all(['guess', 'guess', ...wrong].map(signIn));
    expect([...guesses, await signIn(password)]).toEqual(['None', 'None', ...refusals, 'None']);
  });

  it('starts no session by a password that has changed meanwhile', async () => {
    const carol = username('carol');
    await saveUser(db, carol, password, 'clinic');
    const change = () => saveUser(db, carol, 'another', 'clinic');

    // Changed after the hash has been read.
    const whileHashing: Database = {
      ...db,
      query: async (sql, values) => {
        const rows = await db.query<never>(sql, values);
        if (sql.includes('where u.username')) await change();
        return rows;
      },
    };
    expect(await databasePorts(whileHashing).users.authenticate(carol, secret(password))()).toEqual(right(none));

    // Changed after the password has been found right.
    const { users, sessions } = databasePorts(db);
    const user = rightOf(await users.authenticate(carol, secret('another'))());
    if (user._tag === 'None') throw new Error('not signed in');
    await change();
    await expect(sessions.startSession(user.value)()).rejects.toThrow('has changed password');
    expect(await db.query('select 1 from sessions where user_id = $1', [user.value.id])).toEqual([]);
  });

  it('asks of the database for an unknown user what it asks for a known one', async () => {
    const asked: string[] = [];
    const { users } = databasePorts({
      ...db,
      query: (sql, values) => {
        asked.push(sql);
        return db.query(sql, values);
      },
    });
    const queriesFor = async (name: string): Promise<readonly string[]> => {
      await users.authenticate(username(name), secret('wrong'))();
      return asked.splice(0);
    };
    const known = await queriesFor('alice');
    expect(known.length).toBe(2);
    expect(await queriesFor('nobody')).toEqual(known);
  });

  it('does not resume a session that has expired, and clears it away', async () => {
    const { users, sessions } = databasePorts(db);
    const user = rightOf(await users.authenticate(alice, secret(password))());
    if (user._tag === 'None') throw new Error('not signed in');
    const old = rightOf(await sessions.startSession(user.value)());
    await db.query(`update sessions set last_used_at = now() - interval '2 hours' where id = $1`, [old.id]);
    expect(await sessions.findSession(old.id, old.token)()).toEqual(right(none));
    await sessions.startSession(user.value)();
    expect(await db.query('select 1 from sessions where id = $1', [old.id])).toEqual([]);
  });

  it('keeps no password and no token in clear', async () => {
    const { post, server } = await listening({ db, log: silent });
    const { reply } = await tablet(post, { ...ofAlice, device: 'Tablet-1' }).ask('get_id_info');
    server.close();
    const token = /session_token:(.+)/.exec(reply.body)?.[1] ?? 'no token';
    const dump = JSON.stringify(await db.query('select u.*, s.* from users u join sessions s on s.user_id = u.id'));
    expect(token.length).toBeGreaterThan(40);
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(password);
  });

  describe('200 tablets at once', () => {
    const tablets = 200;
    const tables = ['gad7', 'phq9'];
    const perTable = 3;

    it('lose nothing, mix nothing, and check each password once', { timeout: 120_000 }, async () => {
      const users = Array.from({ length: 10 }, (__, n) => `user-${String(n)}`);
      for (const name of users) await saveUser(db, username(name), `pw ${name}`, 'clinic');
      const before = (await db.query('select 1 from sessions')).length;
      const { server, post } = await listening({ db, log: silent });

      const day = async (n: number): Promise<void> => {
        const user = `user-${String(n % 10)}`;
        const fixed = { camcops_version: '2.4.24', device: `load-${String(n)}`, user, password: `pw ${user}` };
        const { ask } = tablet(post, fixed);
        const told: number[] = [];
        const done = async (operation: string, fields = {}): Promise<void> => {
          const { reply } = await ask(operation, fields);
          expect(reply.body).toContain('success:1\n');
          told.push(reply.status);
        };
        await done('register');
        await done('start_upload');
        for (const table of tables) {
          const records = Object.fromEntries(
            Array.from(
              { length: perTable },
              (__, r) => [`record${String(r)}`, `${String(r)},'${table} ${String(n)}'`] as const,
            ),
          );
          await done('upload_table', { table, pkname: 'id', fields: 'id,q1', nrecords: '3', ...records });
        }
        await done('end_upload');
      };
      await Promise.all(Array.from({ length: tablets }, (__, n) => day(n)));
      server.close();

      const rows = await db.query<{
        device: string;
        username: string;
        table_name: string;
        record: { id: number; q1: string };
      }>(
        `select d.name as device, u.username, r.table_name, r.record from records r
         join devices d on d.id = r.device_id join users u on u.id = r.uploaded_by where d.name like 'load-%'`,
      );
      const lineOf = (n: number, table: string, id: number) =>
        `load-${String(n)} user-${String(n % 10)} ${table} ${String(id)} ${table} ${String(n)}`;
      const expected = Array.from({ length: tablets }, (__, n) =>
        tables.flatMap((table) => [0, 1, 2].map((id) => lineOf(n, table, id))),
      ).flat();
      expect(
        rows
          .map((row) => `${row.device} ${row.username} ${row.table_name} ${String(row.record.id)} ${row.record.q1}`)
          .sort(),
      ).toEqual(expected.sort());
      expect((await db.query('select 1 from sessions')).length - before).toBe(tablets);
      expect(await db.query('select 1 from uploads')).toEqual([]);
    });
  });

  describe('when the database fails in the middle of an upload', () => {
    const phq9 = (answer: number) => ({
      table: 'phq9',
      pkname: 'id',
      fields: 'id,q1',
      nrecords: '1',
      record0: `1,${String(answer)}`,
    });
    const down = new Error('the database is down');
    let failOn: (sql: string) => boolean = () => false;
    const failing =
      (query: Query): Query =>
      (sql, values) =>
        failOn(sql) ? Promise.reject(down) : query(sql, values);

    it.each([
      ['as it stages', 'insert into staged_records'],
      ['as it commits', 'insert into records'],
      ['after it has committed', 'delete from uploads where id'],
      ['as it finds the session', 'from sessions'],
    ])('%s: 503, nothing committed is lost, and the retry succeeds', async (how, statement) => {
      const log: string[] = [];
      const { server, post } = await listening({
        db: {
          ...db,
          query: failing((sql, values) => db.query(sql, values)),
          transaction: (work) => db.transaction((query) => work(failing(query))),
        },
        log: (line) => log.push(line),
      });
      const device = `failing-${how.replaceAll(' ', '-')}`;
      const { ask } = tablet(post, { ...ofAlice, device });
      const upload = async (answer: number): Promise<readonly number[]> => {
        const statuses: number[] = [];
        for (const [operation, fields] of [
          ['start_upload', {}],
          ['upload_table', phq9(answer)],
          ['end_upload', {}],
        ] as const) {
          const { reply } = await ask(operation, fields);
          statuses.push(reply.status);
          if (reply.status !== 200) {
            expect(reply.body).toMatch(/^success:0\nerror:Server error\n/);
            break;
          }
          expect(reply.body).toContain('success:1\n');
        }
        return statuses;
      };
      const stored = () =>
        db.query<{ record: { q1: number } }>(
          'select r.record from records r join devices d on d.id = r.device_id where d.name = $1',
          [device],
        );

      await ask('register');
      expect(await upload(1)).toEqual([200, 200, 200]);
      failOn = (sql) => sql.includes(statement);
      expect((await upload(2)).at(-1)).toBe(503);
      expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({
        result: 'defect',
        cause: expect.stringMatching(/^Error: the database is down\n +at /) as string,
      });
      expect((await stored()).map(({ record }) => record.q1)).toEqual([1]);
      failOn = () => false;
      expect(await upload(2)).toEqual([200, 200, 200]);
      expect((await stored()).map(({ record }) => record.q1)).toEqual([2]);
      server.close();
    });
  });

  describe('operations', () => {
    let post: Post;
    let server: Server;
    beforeAll(async () => {
      ({ post, server } = await listening({ db, log: silent }));
    });
    afterAll(() => {
      server.close();
      server.closeAllConnections();
    });
    const phq9 = { table: 'phq9', pkname: 'id', fields: 'id,q1', nrecords: '1', record0: "1,'x'" };

    it('registers a device once, however often it asks', async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'again' });
      expect((await ask('check_device_registered')).reply.body).toMatch(/^success:0\nerror:Unregistered device\n/);
      await ask('register', { devicefriendlyname: 'first' });
      await ask('register', { devicefriendlyname: 'second' });
      expect((await ask('check_device_registered')).reply.body).toMatch(/success:1\n/);
      expect(await db.query(`select friendly_name from devices where name = 'again'`)).toEqual([
        { friendly_name: 'second' },
      ]);
    });

    it('tells what it is and which tables it takes', async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      expect((await ask('get_id_info')).reply.body).toMatch(/^databaseTitle:Reference server\n/);
      expect((await ask('get_allowed_tables')).reply.body).toMatch(
        /^nfields:2\nfields:tablename,min_client_version\nnrecords:\d+\nrecord0:'/,
      );
      expect((await ask('check_upload_user_and_device')).reply.body).toMatch(/^result:check_upload_user_and_device\n/);
    });

    it('stores values as they were meant', async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      const record0 = `1,'it''s a \\n "quoted", \\\\ text é😀',NULL,-1.5e3,12345678901234567890,X'00ff'`;
      await ask('start_upload');
      await ask('upload_table', { ...phq9, fields: 'id, q1 ,q2,q3,q4,q5', record0 });
      expect((await ask('end_upload')).reply.body).toContain('success:1');
      const [row] = await db.query<{ record: unknown }>(
        `select r.record from records r join devices d on d.id = r.device_id where d.name = 'Tablet-1'`,
      );
      expect(row?.record).toEqual({
        id: 1,
        q1: 'it\'s a \n "quoted", \\ text é😀',
        q2: null,
        q3: -1500,
        q4: '12345678901234567890',
        q5: "X'00ff'",
      });
    });

    it('moves the ID numbers of old clients to a table of their own, and keeps them up to date', async () => {
      const old = tablet(post, { ...ofAlice, camcops_version: '2.0.0', device: 'old' });
      const upload = async (record0: string, record1: string) => {
        await old.ask('start_upload');
        const fields = 'sex,id,idnum1,iddesc1,idnum8';
        const sent = await old.ask('upload_table', { table: 'patient', fields, nrecords: '2', record0, record1 });
        expect(sent.reply.body).toMatch(/^result:Table patient upload successful\n/);
        expect((await old.ask('end_upload')).reply.body).toContain('success:1');
        const stored = await db.query<{ table_name: string; record: Record<string, unknown> }>(
          `select r.table_name, r.record from records r join devices d on d.id = r.device_id where d.name = 'old'
           order by r.table_name, length(r.client_key), r.client_key`,
        );
        return stored.map(({ table_name, record }) => [table_name, ...Object.values(record)]);
      };
      await old.ask('register');
      expect(await upload("'F',1,101,'NHS',108", "'M',2,201,'NHS',NULL")).toEqual([
        ['patient', 'F', 1],
        ['patient', 'M', 2],
        ['patient_idnum', 9, 1, 1, 101, null, null],
        ['patient_idnum', 16, 1, 8, 108, null, null],
        ['patient_idnum', 17, 2, 1, 201, null, null],
      ]);
      expect(await upload("'F',1,102,NULL,NULL", "'M',2,201,NULL,208")).toEqual([
        ['patient', 'F', 1],
        ['patient', 'M', 2],
        ['patient_idnum', 9, 1, 1, 102, null, null],
        ['patient_idnum', 17, 2, 1, 201, null, null],
        ['patient_idnum', 24, 2, 8, 208, null, null],
      ]);
    });

    it('takes no such columns from a newer client', async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      const sent = { table: 'patient', pkname: 'id', fields: 'id,idnum1', nrecords: '1', record0: '1,101' };
      expect((await ask('upload_table', sent)).reply.body).toMatch(
        /^success:0\nerror:Invalid field name for table 'patient': 'idnum1'\n/,
      );
    });

    it.each([
      ['no table', { table: '' }],
      ['an unknown table', { table: 'users' }],
      ['no key', { fields: 'q1,q2', record0: '1,2' }],
      ['a key that is not there', { pkname: '' }],
      ['a key of nothing', { record0: 'NULL,1' }],
      ['an unknown column', { fields: 'id,q11' }],
      ['a column of the server', { fields: 'id,_pk' }],
      ['a number of records that is none', { nrecords: '1e3' }],
      ['a record that is not there', { nrecords: '2' }],
      ['a value too few', { record0: '1' }],
      ['a value too many', { record0: "1,'x',2" }],
      ['a value that is no literal', { record0: "1,x'" }],
      ['a text without its end', { record0: `1,'${'x'.repeat(100_000)}` }],
      ['two records of one key', { nrecords: '2', record1: "1,'y'" }],
    ])('refuses %s, and stores nothing', async (__, wrong) => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      await ask('start_upload');
      expect((await ask('upload_table', { ...phq9, ...wrong })).reply).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^success:0\nerror:/) as string,
      });
      expect(await db.query('select 1 from staged_records')).toEqual([]);
    });

    it('refuses a record that was sent twice', async () => {
      const sent = { ...ofAlice, device: 'Tablet-1', operation: 'upload_table', ...phq9 };
      const { body } = await post(`${tabletBody(new Map(Object.entries(sent)))}&record0=2%2C'y'`);
      expect(body).toMatch(/^success:0\nerror:A field was sent more than once\n/);
    });

    it('reads many records in a time that grows as they do', { timeout: 120_000 }, async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      const nrecords = 100_000;
      const records = Array.from({ length: nrecords }, (__, n) => [`record${String(n)}`, `${String(n)},1`] as const);
      const sent = { ...phq9, nrecords: String(nrecords), ...Object.fromEntries(records), record99999: 'none' };
      const started = performance.now();
      expect((await ask('upload_table', sent)).reply.body).toMatch(/^success:0\nerror:Bad record99999 field/);
      expect(performance.now() - started).toBeLessThan(8_000);
    });

    it('begins one upload for each device, however many are asked for at once', async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      await ask('get_id_info');
      const begun = await Promise.all(Array.from({ length: 8 }, () => ask('start_upload')));
      expect(begun.filter(({ reply }) => !reply.body.includes('success:1\n'))).toEqual([]);
      expect((await db.query('select 1 from uploads')).length).toBe(1);
    });

    it('clears away what others have not ended in a day', async () => {
      const [old, recent] = [
        tablet(post, { ...ofAlice, device: 'old-1' }),
        tablet(post, { ...ofAlice, device: 'old-2' }),
      ];
      for (const { ask } of [old, recent]) {
        await ask('register');
        await ask('start_upload');
      }
      await db.query(
        `update uploads set started_at = now() - interval '25 hours'
         where device_id = (select id from devices where name = 'old-1')`,
      );
      await tablet(post, { ...ofAlice, device: 'Tablet-1' }).ask('start_upload');
      expect((await old.ask('end_upload')).reply.body).toContain('no upload under way');
      expect((await recent.ask('end_upload')).reply.body).toContain('success:1');
    });

    it('takes no table outside an upload, and ends none that was not begun', async () => {
      await db.query('delete from uploads');
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      const noUpload = /^success:0\nerror:There is no upload under way/;
      expect((await ask('upload_table', phq9)).reply.body).toMatch(noUpload);
      expect((await ask('end_upload')).reply.body).toMatch(noUpload);
    });

    it('refuses what it does not do', async () => {
      const { ask } = tablet(post, { ...ofAlice, device: 'Tablet-1' });
      expect((await ask('upload_entire_database')).reply.body).toMatch(
        /^success:0\nerror:operation=upload_entire_database: not supported\n/,
      );
    });
  });
});

describe('HTTP', () => {
  let db: Database;
  let server: Server;
  let port = 0;
  let post: Post;
  const log: string[] = [];
  beforeAll(async () => {
    db = await embeddedDatabase();
    ({ server, port, post } = await listening({
      db,
      maxBodyBytes: 10_000,
      requestTimeoutMs: 500,
      log: (line) => log.push(line),
    }));
  }, 60_000);
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await db.close();
  });

  const url = () => `http://127.0.0.1:${String(port)}/`;
  const formHeader = { 'content-type': 'application/x-www-form-urlencoded' };
  const goesOn = async (): Promise<void> => {
    expect(await post('hello=world')).toEqual({ status: 400, body: 'Not a valid CamCOPS API request\n' });
  };
  /** Sends raw bytes, and gives all that comes back until the server closes. */
  const raw = async (head: string, end: boolean): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.on('error', () => undefined);
    socket.write(head);
    if (end) socket.destroySoon();
    await once(socket, 'close');
    return received;
  };
  const head = (length: number): string =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(length)}\r\n\r\n`;

  it.each([
    [
      'a body over the limit',
      { method: 'POST', headers: formHeader, body: 'x'.repeat(10_001) },
      413,
      'Must be at most 10000 bytes\n',
    ],
    [
      'bad percent-encoding',
      { method: 'POST', headers: formHeader, body: 'user=%zz' },
      400,
      'Must be percent-encoded UTF-8 without NUL\n',
    ],
    [
      'percent-encoding of no UTF-8',
      { method: 'POST', headers: formHeader, body: 'user=%ff' },
      400,
      'Must be percent-encoded UTF-8 without NUL\n',
    ],
    [
      'bytes of no UTF-8',
      { method: 'POST', headers: formHeader, body: new Uint8Array([0x61, 0x3d, 0xff]) },
      400,
      'Must be percent-encoded UTF-8 without NUL\n',
    ],
    [
      'NUL',
      { method: 'POST', headers: formHeader, body: 'user=\0' },
      400,
      'Must be percent-encoded UTF-8 without NUL\n',
    ],
    [
      'NUL in percent-encoding',
      { method: 'POST', headers: formHeader, body: 'user=%00' },
      400,
      'Must be percent-encoded UTF-8 without NUL\n',
    ],
    [
      'another content type',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
      415,
      'Must be application/x-www-form-urlencoded\n',
    ],
    [
      'no content type',
      { method: 'POST', body: new Uint8Array([0x61]) },
      415,
      'Must be application/x-www-form-urlencoded\n',
    ],
    ['no body', { method: 'POST', headers: formHeader }, 400, 'Not a valid CamCOPS API request\n'],
    ['another method', { method: 'PUT', headers: formHeader, body: 'a=b' }, 405, 'Must use POST method\n'],
  ])('%s gets a clear answer', async (_, request, status, body) => {
    const response = await fetch(url(), request);
    expect([response.status, await response.text()]).toEqual([status, body]);
    expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
    await goesOn();
  });

  it('a body just within the limit is read', async () => {
    const body = `a=${'x'.repeat(9_998)}`;
    expect(await post(body)).toMatchObject({ status: 400, body: 'Not a valid CamCOPS API request\n' });
  });

  it('a truncated body, and a closed connection, are owed no answer', async () => {
    expect(await raw(`${head(100)}camcops_version=2.4.24`, true)).toBe('');
    await goesOn();
    await vi.waitFor(() => {
      expect(log.join()).toContain('connection lost');
    });
  });

  it('a slow client is told to give up', async () => {
    expect(await raw(`${head(100)}camcops_version=2.4.24`, false)).toMatch(/^HTTP\/1\.1 408 /);
    await goesOn();
  });

  it('logs one line a request, as JSON, and no password', async () => {
    const before = log.length;
    await post(tabletBody(new Map(Object.entries({ ...ofAlice, device: 'x', operation: 'start_upload' }))));
    expect(log.length).toBe(before + 1);
    expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({
      status: 200,
      username: 'alice',
      operation: 'start_upload',
      result: 'invalid-credentials',
    });
    expect(log.join('\n')).not.toContain(password);
  });
});

describe('a fault that JSON cannot write', () => {
  it('is told to the tablet, and logged all the same', async () => {
    const cause: Record<string, unknown> = { code: 'odd', big: 1n, __proto__: null };
    cause['itself'] = cause;
    const db: Database = {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What is thrown need not be an error.
      query: () => Promise.reject(cause),
      transaction: (work) => work(db.query),
      close: () => Promise.resolve(),
    };
    const log: string[] = [];
    const { server, post } = await listening({ db, log: (line) => log.push(line) });
    const { reply } = await tablet(post, { ...ofAlice, device: 'x' }).ask('start_upload');
    server.close();
    expect(reply).toMatchObject({
      status: 503,
      body: expect.stringMatching(/^success:0\nerror:Server error\n/) as string,
    });
    expect(log.map((line): unknown => JSON.parse(line))).toMatchObject([
      { status: 503, result: 'defect', cause: expect.stringContaining("code: 'odd'") as string },
    ]);
  });
});

describe('tables', () => {
  it('must have a version that is one', () => {
    expect(() => tableRule('2.0.x', 'q1')).toThrow('2.0.x is no client version');
  });
});

describe('a Postgres server', () => {
  it('that does not answer is given up after ten seconds', async () => {
    const silence = createServer().listen(0, '127.0.0.1');
    await once(silence, 'listening');
    const address = silence.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failure = postgresDatabase(`postgres://nobody@127.0.0.1:${String(port)}/none`).then(
        () => 'connected',
        (error: unknown) => String(error),
      );
      // The schema is read from its file before the timer begins.
      await vi.waitFor(() => {
        expect(vi.getTimerCount()).toBeGreaterThan(0);
      });
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await failure).toContain('timeout');
    } finally {
      vi.useRealTimers();
      silence.close();
    }
  });
});

describe.skipIf(!hasPostgres)('a PostgreSQL server that is there', () => {
  const url = freshDatabase();
  const emptyUrl = freshDatabase();

  it('may lose a connection in a transaction: that fails, and nothing else', async () => {
    const db = await postgresDatabase(url);
    const work = db.transaction(async (query) => {
      const [backend] = await query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.query('select pg_terminate_backend($1)', [backend?.pid]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await query('select 1');
    });
    await expect(work).rejects.toThrow();
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
    await db.close();
  });

  it('ends a statement that takes too long', async () => {
    const db = await postgresDatabase(url);
    expect(await db.query('show statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
    await db.close();
  });

  it('takes several servers that start together on an empty database', async () => {
    const started = await Promise.allSettled(Array.from({ length: 6 }, () => postgresDatabase(emptyUrl)));
    for (const one of started) if (one.status === 'fulfilled') await one.value.close();
    expect(started.filter(({ status }) => status === 'rejected')).toEqual([]);
  });
});

describe('npm run serve', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  let folder = '';
  const left: ChildProcess[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reference-server-'));
  });
  afterAll(async () => {
    // Those of a test that has failed.
    for (const one of left) one.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const serve = async (settings: Readonly<Record<string, string>>) => {
    const { DATABASE_URL: _, ...inherited } = process.env;
    const env = { ...inherited, CAMCOPS_USER: 'alice', DATA_FOLDER: folder, ...settings };
    const main = ['--import', 'tsx', 'examples/reference-server/main.ts', '0'];
    const running = spawn(process.execPath, main, { cwd: root, env });
    left.push(running);
    const told = { output: '' };
    running.stdout.on('data', (data: Buffer) => (told.output += data.toString()));
    running.stderr.on('data', (data: Buffer) => (told.output += data.toString()));
    const says = (text: string) =>
      vi.waitFor(
        () => {
          expect(told.output).toContain(text);
        },
        { timeout: 30_000 },
      );
    await says('Listening');
    return { running, told, says, port: Number(/"port":(\d+)/.exec(told.output)?.[1]) };
  };
  const head = (length: number): string =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(length)}\r\n\r\n`;
  const body = tabletBody(new Map(Object.entries({ ...ofAlice, device: 'x', operation: 'register' })));

  it('serves, and on SIGTERM finishes what is under way', { timeout: 60_000 }, async () => {
    const { running, told, says, port } = await serve({ CAMCOPS_PASSWORD: password });
    expect(told.output).toContain('User alice, password as given');

    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.write(head(body.length) + body.slice(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    running.kill('SIGTERM');
    await says('Finishing');
    socket.write(body.slice(10));
    await once(running, 'exit');
    expect(running.exitCode).toBe(0);
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*\r\n\r\n[^]*success:1\n/i);
    expect(told.output).toContain('Done.');
    expect(told.output).not.toContain(password);
  });

  it('leaves a user as it is at the next start, and waits for no client for ever', { timeout: 60_000 }, async () => {
    const { running, told, says, port } = await serve({ CAMCOPS_PASSWORD: 'another', GRACE_SECONDS: '1' });
    expect(told.output).toContain('Users as before.');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', headers, body });
    expect(await reply.text()).toContain('success:1\n');

    const stopped = connect(port, '127.0.0.1').on('error', silent);
    stopped.write(head(body.length) + body.slice(0, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    running.kill('SIGTERM');
    await says('Finishing');
    await once(running, 'exit');
    expect(running.exitCode).toBe(0);
    expect(told.output).toContain('Done.');
    stopped.destroy();
  });
});
