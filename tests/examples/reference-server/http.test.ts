/** The reference server's HTTP: what it refuses, what one client cannot do to others, and what it logs. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { embeddedDatabase, type Database } from '../../../examples/postgres/database.js';
import { logTo, type Log } from '../../../examples/reference-server/log.js';
import { tabletBody } from '../../../examples/tablets-day/tablet.js';
import { addUsers, password, serving, type Served } from '../../support/reference-server.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const ofAlice = { camcops_version: '2.4.24', device: 'tablet-1', user: 'alice', password };

let db: Database;
beforeAll(async () => {
  db = await embeddedDatabase();
  await addUsers(db, { alice: 'clinic' });
});
afterAll(() => db.close());

/** Sends raw bytes, and gives all that comes back until the server closes. */
const raw = async ({ url }: Served, sent: string, end = false): Promise<string> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (data: Buffer) => (received += data.toString()));
  socket.on('error', () => undefined);
  socket.write(sent);
  if (end) socket.destroySoon();
  await new Promise((resolve) => socket.on('close', resolve));
  return received;
};
const head = (length: number): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(length)}\r\n\r\n`;

describe('a small server', () => {
  const entries: Parameters<Log>[0][] = [];
  let served: Served;
  beforeAll(async () => {
    served = await serving({
      ...{ db, maxBodyBytes: 10_000, maxFields: 50, maxMarks: 500, maxTextBytes: 5_000 },
      ...{ requestTimeoutMs: 500, trustProxy: true },
      log: (entry) => entries.push(entry),
    });
  });
  afterAll(() => served.stop());
  const goesOn = async (): Promise<void> => {
    expect(await served.post('hello=world')).toEqual({ status: 400, body: 'Not a valid CamCOPS API request\n' });
  };

  const refusal = (words: string): string => `success:0\nerror:${words}\nsession_id:\nsession_token:\n`;
  const tooLarge = (size: number): string =>
    refusal(
      `What was sent is ${String(size)} bytes, and this server takes at most 10000 bytes at once: please make photographs smaller, or speak to your administrator`,
    );
  const tooMuch = refusal(
    'What was sent holds too many answers for one request: please upload again without the one-step upload, or speak to your administrator',
  );
  const badText = refusal(
    'What was sent holds a character that cannot be stored (it is not UTF-8): please remove it and upload again',
  );
  const badUser = refusal('Bad user field: must be 1 to 191 letters, digits or any of , _ - { }');
  const inPieces = (text: string) =>
    new ReadableStream({
      start: (controller) => {
        for (const piece of text.match(/[^]{1,4000}/g) ?? []) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
  type Sent = RequestInit & { readonly duplex?: 'half' };
  it.each<[string, Sent, number, string]>([
    ['a body over the limit', { headers: form, body: 'x'.repeat(10_001) }, 200, tooLarge(10_001)],
    [
      'a body over the limit, of a length not told',
      { headers: form, body: inPieces('x'.repeat(10_002)), duplex: 'half' },
      200,
      tooLarge(10_002),
    ],
    ['too many fields', { headers: form, body: 'a&'.repeat(51) }, 200, tooMuch],
    ['too many values', { headers: form, body: `a=${'1,'.repeat(501)}` }, 200, tooMuch],
    ['too much text', { headers: form, body: `a=${'x'.repeat(6_000)}` }, 200, tooMuch],
    ['text after a photograph', { headers: form, body: `a=64'QUJD',${'x'.repeat(6_000)}` }, 200, tooMuch],
    ['text that says it is a photograph', { headers: form, body: `a='64''${'x'.repeat(6_000)}'` }, 200, tooMuch],
    ['bad percent-encoding', { headers: form, body: 'user=%zz' }, 200, badText],
    ['percent-encoding cut short', { headers: form, body: 'user=%4' }, 200, badText],
    ['encoded bytes of no UTF-8', { headers: form, body: 'a=%ff' }, 200, badText],
    ['a name of no UTF-8', { headers: form, body: '%ff=a' }, 200, badText],
    ['bytes of no UTF-8', { headers: form, body: new Uint8Array([0x61, 0x3d, 0xff]) }, 200, badText],
    ['encoded NUL', { headers: form, body: 'camcops_version=2.4.24&user=%00' }, 200, badUser],
    ['NUL', { headers: form, body: 'camcops_version=2.4.24&user=\0' }, 200, badUser],
    ['an escape that is none', { headers: form, body: 'user=%0g' }, 200, badText],
    [
      'another type',
      { headers: { 'content-type': 'application/json' }, body: '{}' },
      415,
      'Must be application/x-www-form-urlencoded\n',
    ],
    ['no body', { headers: form }, 400, 'Not a valid CamCOPS API request\n'],
    ['another method', { method: 'PUT', headers: form, body: 'a=b' }, 405, 'Must use POST method\n'],
  ])('%s gets a clear answer', async (_, request, status, body) => {
    const response = await fetch(served.url, { method: 'POST', ...request });
    expect([response.status, await response.text()]).toEqual([status, body]);
    expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
    await goesOn();
  });

  it('a body just within the limits is read', async () => {
    expect(await served.post(`${'a&'.repeat(49)}x=1,64'${'x'.repeat(9_894)}'`)).toMatchObject({ status: 400 });
    await goesOn();
  });

  it('a truncated body, and a closed connection, are owed no answer', async () => {
    expect(await raw(served, `${head(100)}camcops_version=2.4.24`, true)).toBe('');
    await goesOn();
    await vi.waitFor(() => {
      expect(entries).toContainEqual(expect.objectContaining({ result: 'failed' }));
    });
  });

  it('a slow client is told to give up', async () => {
    expect(await raw(served, `${head(100)}camcops_version=2.4.24`)).toMatch(/^HTTP\/1\.1 408 /);
    await goesOn();
  });

  it('malformed HTTP is refused, and leaves a line', async () => {
    expect(await raw(served, 'this is not HTTP\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(entries.at(-1)?.['result']).toMatch(/^malformed HTTP: HPE_/);
    await goesOn();
  });

  it('each request leaves a line: who, from where, how they signed in, and what became of it; no password', async () => {
    const body = tabletBody(new Map(Object.entries({ ...ofAlice, operation: 'start_upload' })));
    await fetch(served.url, { method: 'POST', headers: { ...form, 'x-forwarded-for': '6.6.6.6, 10.0.0.7' }, body });
    expect(entries.at(-1)).toMatchObject({
      ...{ address: '10.0.0.7', status: 200, username: 'alice', deviceName: 'tablet-1', operation: 'start_upload' },
      ...{ signIn: 'password', result: 'unregistered-device', ms: expect.any(Number) as number },
    });
    expect(JSON.stringify(entries)).not.toContain(password);
    expect(await db.query('select address from audit order by id desc limit 1')).toEqual([{ address: '10.0.0.7' }]);
  });

  it('a log that fails costs its lines only', async () => {
    const mute = await serving({
      db,
      log: () => {
        throw new Error('no log');
      },
    });
    for (const body of [
      'hello=world',
      tabletBody(new Map(Object.entries({ ...ofAlice, operation: 'start_upload' }))),
    ]) {
      expect((await mute.post(body)).body).not.toBe('');
    }
    await mute.stop();
  });

  it('says that it is well', async () => {
    expect(await (await fetch(`${served.url}health`)).text()).toBe('ok\n');
  });
});

describe('one client cannot stop the server for others', () => {
  it('large bodies have room in turn, three quarters of it for one address; what finds none in time is refused', async () => {
    const served = await serving({ db, maxBytesInFlight: 400_000, waitMs: 300, trustProxy: true });
    const post = async (address: string, size: number): Promise<string> => {
      const headers = { ...form, 'x-forwarded-for': address };
      const response = await fetch(served.url, { method: 'POST', headers, body: 'x'.repeat(size) });
      return `${String(response.status)} ${(await response.text()).split('\n')[1] ?? ''}`;
    };
    const holding = (address: string) => {
      const held = connect(Number(new URL(served.url).port), '127.0.0.1').on('error', () => undefined);
      held.write(`${head(100_000).replace('Host: x', `Host: x\r\nX-Forwarded-For: ${address}`)}x`);
      return held;
    };
    const [isServed, isRefused] = ['400 ', '200 error:The server is too busy: please wait a minute and try again'];
    for (let round = 0; round < 2; round += 1) {
      const held = ['1.1.1.1', '1.1.1.1', '1.1.1.1'].map(holding);
      await vi.waitFor(async () => {
        expect(await post('1.1.1.1', 100_000)).toBe(isRefused);
      });
      expect([await post('2.2.2.2', 100_000), await post('1.1.1.1', 60_000)]).toEqual([isServed, isServed]);
      held.push(holding('2.2.2.2'));
      await vi.waitFor(async () => {
        expect(await post('2.2.2.2', 100_000)).toBe(isRefused);
      });
      // It waits for the room that others leave.
      const waiting = post('1.1.1.1', 100_000);
      for (const one of held) one.destroy();
      expect(await waiting).toBe(isServed);
    }
    await served.stop();
  });

  it('twenty tablets behind one address upload their photographs at once', async () => {
    const served = await serving({ db, maxBytesInFlight: 400_000 });
    const body = `x=64'${'x'.repeat(100_000)}'`;
    const replies = await Promise.all(Array.from({ length: 20 }, () => served.post(body)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([400]));
    await served.stop();
  });

  it('requests on one connection come one by one, or it is closed', async () => {
    const served = await serving({ db });
    const one = `${head(11)}hello=world`;
    expect(await raw(served, one.repeat(1_000))).toBe('');
    expect((await served.post('hello=world')).status).toBe(400);
    await served.stop();
  });

  it('a connection is not idle while the database works for it', async () => {
    const slow: Database = {
      ...db,
      query: async (...asked) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return db.query(...asked);
      },
    };
    const { tablet: of, stop } = await serving({ db: slow, idleTimeoutMs: 100 });
    expect((await of('patient-tablet').ask('register')).reply.body).toContain('success:1');
    await stop();
  });

  it('an idle connection gives way to a new one, and the address that has too many gives its own', async () => {
    const served = await serving({ db, maxConnections: 4, maxConnectionsOfAddress: 3 });
    const closed: string[] = [];
    const opened = async (localAddress: string, what = ''): Promise<Socket> => {
      const socket = connect({ port: Number(new URL(served.url).port), host: '127.0.0.1', localAddress });
      socket.on('error', () => undefined).on('close', () => closed.push(localAddress));
      await once(socket, 'connect');
      socket.write(what);
      return socket;
    };
    const busy = head(100);
    for (let n = 0; n < 3; n += 1) await opened('127.0.0.2');
    const first = await opened('127.0.0.3', busy);
    await vi.waitFor(() => {
      expect(closed).toEqual([]);
    });
    await opened('127.0.0.2', busy);
    await vi.waitFor(() => {
      expect(closed).toEqual(['127.0.0.2']);
    });
    await opened('127.0.0.3', busy);
    await vi.waitFor(() => {
      expect(closed).toEqual(['127.0.0.2', '127.0.0.2']);
    });
    expect(first.destroyed).toBe(false);
    await served.stop();
  });

  it('extra strings are read once, until one changes', async () => {
    const text = (n: number): string => `question ${String(n)}: ${'x'.repeat(1_000)}`;
    for (const n of [1, 2]) {
      await db.query(
        `insert into extra_strings (task, name, value) select 'gad7', 'q' || n, $1 from generate_series(1, 100) n
         on conflict (task, name, language) do update set value = excluded.value`,
        [text(n)],
      );
      const reads: string[] = [];
      const query: Database['query'] = (sql, values) => (reads.push(sql), db.query(sql, values));
      const served = await serving({ db: { ...db, query } });
      const { ask } = served.tablet('reader');
      await ask('register');
      for (let asked = 0; asked < 3; asked += 1) {
        const { body } = (await ask('get_extra_strings')).reply;
        expect(body.split(text(n))).toHaveLength(101);
        expect(body).toMatch(/success:1\nsession_id:\d+\nsession_token:\S+\n$/);
      }
      await db.query(`update extra_strings set value = 'another' where name = 'q1'`);
      expect((await ask('get_extra_strings')).reply.body).toContain('another');
      expect(reads.filter((sql) => sql.startsWith('select task, name'))).toHaveLength(2);
      await served.stop();
    }
    await db.query('delete from extra_strings');
  });

  it('a reply that nobody reads is given up', async () => {
    await db.query(
      `insert into extra_strings (task, name, value) select 'phq9', 'q' || n, repeat('x', 1000) from generate_series(1, 20000) n`,
    );
    const entries: Parameters<Log>[0][] = [];
    const served = await serving({ db, replyTimeoutMs: 500, log: (entry) => entries.push(entry) });
    const body = tabletBody(new Map(Object.entries({ ...ofAlice, operation: 'get_extra_strings' })));
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1').pause();
    socket.write(head(body.length) + body);
    await vi.waitFor(
      () => {
        expect(entries.map(({ result }) => result)).toContain('the reply was not taken');
      },
      { timeout: 10_000 },
    );
    socket.destroy();
    await db.query('delete from extra_strings');
    await served.stop();
  });

  it('millions of fields are refused while they come in, and others are served meanwhile', async () => {
    const served = await serving({ db });
    const flood = fetch(served.url, { method: 'POST', headers: form, body: 'a&'.repeat(8_000_000) });
    const waits: number[] = [];
    for (let asked = 0; asked < 10; asked += 1) {
      const started = performance.now();
      await served.post('hello=world');
      waits.push(performance.now() - started);
    }
    expect(await (await flood).text()).toContain('error:What was sent holds too many answers');
    expect(Math.max(...waits)).toBeLessThan(1_000);
    await served.stop();
  });

  it('a photograph of 20 MB passes', async () => {
    const served = await serving({ db });
    const { ask } = served.tablet('photographer');
    await ask('register');
    await ask('start_upload');
    const photograph = Buffer.alloc(20_000_000, 'photograph').toString('base64');
    const fields = 'id,theblob,when_last_modified,_move_off_tablet';
    const values = `1,64'${photograph}','2026-03-01T12:00:00.000+00:00',0`;
    const { reply } = await ask('upload_record', { table: 'blobs', pkname: 'id', fields, values });
    expect(reply.body).toMatch(/^result:UPLOAD-INSERT\n/);
    expect((await ask('end_upload')).reply.body).toContain('success:1');
    await served.stop();
  });

  it('a database that does not answer is a server error, told to the tablet and logged', async () => {
    const cause: Record<string, unknown> = { code: 'odd', big: 1n };
    cause['itself'] = cause;
    const entries: Parameters<Log>[0][] = [];
    const down: Database = {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What is thrown need not be an error.
      query: () => Promise.reject(cause),
      transaction: () => Promise.reject(new Error('down')),
      close: () => Promise.resolve(),
    };
    const served = await serving({ db: down, log: (entry) => entries.push(entry) });
    const { reply } = await served.tablet('tablet-1').ask('start_upload');
    expect([reply.status, reply.body.split('\n')[1]]).toEqual([503, 'error:Server error']);
    expect(entries.at(-1)).toMatchObject({ status: 503, result: 'fault', cause });
    const health = await fetch(`${served.url}health`);
    expect([health.status, await health.text()]).toEqual([503, 'the database does not answer\n']);
    await served.stop();
  });
});

it.each([
  [1, { result: 'refused', reason: 'revoked-device' }],
  ['1', { result: 'defect', where: 'DeviceStore.findDeviceByName' }],
])('the log says why a host refused, and where a defect was, but no message (of the id %o)', async (id, expected) => {
  const entries: Parameters<Log>[0][] = [];
  const query: Database['query'] = async <Row>(sql: string, values?: readonly unknown[]) => {
    const isDevice = sql.includes('from devices where name = $1');
    // A row of the query for a device.
    return isDevice ? [{ id, name: values?.[0], isRevoked: true } as Row] : db.query<Row>(sql, values);
  };
  const served = await serving({ db: { ...db, query }, log: (entry) => entries.push(entry) });
  await served.tablet('tablet-1').ask('start_upload');
  expect(entries.at(-1)).toMatchObject(expected);
  expect(JSON.stringify(entries)).not.toContain('has been revoked');
  await served.stop();
});

describe('docs/running.md', () => {
  const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  const page = read('docs/running.md');
  const files = ['examples/reference-server', 'examples/postgres'].flatMap((folder) =>
    readdirSync(new URL(`../../../${folder}/`, import.meta.url)).map((file) => `${folder}/${file}`),
  );
  const source = files
    .filter((file) => file.endsWith('.ts'))
    .map(read)
    .join('');

  it.each([
    ['result', /(?:\bcode: |\bresult: |\brefusal\(\s*)['`]([^'`$]+)/g, 10],
    ['word that a user is told', /['`]([A-Z][^'`\n]+: please [^'`\n]+)['`]/g, 8],
  ])('has each %s', (_, pattern, least) => {
    const found = [...source.matchAll(pattern)].map(([, words = '']) => words.replace(/\$\{.*?\}/g, 'N'));
    expect(found.filter((words) => !page.includes(`\`${words}`))).toEqual([]);
    expect(found.length).toBeGreaterThanOrEqual(least);
  });
});

describe('the log', () => {
  const lines: string[] = [];
  const writing = (write: (line: string, done: (error?: Error) => void) => void): Writable =>
    new Writable({
      write: (line: Buffer, _, done) => {
        write(line.toString(), done);
      },
    });

  it('writes what JSON cannot', () => {
    const cause: Record<string, unknown> = { big: 1n };
    cause['itself'] = cause;
    logTo(
      writing((line, done) => {
        lines.push(line);
        done();
      }),
    )({ result: 'fault', cause });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      result: 'fault',
      cause: expect.stringContaining('big: 1n') as string,
    });
  });

  it('drops lines when nobody takes them, and says how many', async () => {
    const waiting: (() => void)[] = [];
    const log = logTo(
      writing((line, done) => {
        lines.push(line);
        waiting.push(done);
      }),
    );
    for (let n = 0; n < 30; n += 1) log({ result: 'x'.repeat(100_000) });
    await vi.waitFor(() => {
      waiting.shift()?.();
      log({ result: 'after' });
      expect(lines.at(-1)).toMatch(/"result":"after","dropped":\d+/);
    });
  });

  it('goes on when its pipe is closed', async () => {
    const closed = writing((_, done) => {
      done(new Error('EPIPE'));
    });
    const log = logTo(closed);
    log({ result: 'served' });
    await vi.waitFor(() => {
      expect(closed.destroyed).toBe(true);
    });
    expect(() => {
      log({ result: 'served' });
    }).not.toThrow();
  });
});
