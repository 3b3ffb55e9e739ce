/** `npm run serve` and `npm run admin`: settings, starts and stops, one process for each folder, and what an administrator does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { postgresDatabase } from '../../../examples/postgres/database.js';
import { defaultCost, hashPassword, isPassword } from '../../../examples/postgres/users.js';
import { tablet, tabletBody } from '../../../examples/tablets-day/tablet.js';
import { freshDatabase, hasPostgres } from '../../support/postgres.js';
import { runToEnd, serverProcess, type ServerProcess } from '../../support/server-process.js';
import { postTo } from '../../support/uploading.js';

// Each starts processes, which takes seconds.
vi.setConfig({ testTimeout: 120_000 });

const password = 'Pass-Word 1';
const ofNurse = { camcops_version: '2.4.24', user: 'nurse', password };

let folder = '';
const running: ServerProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reference-server-'));
});
afterAll(async () => {
  // Those of a test that has failed.
  for (const { child } of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});
const serve = async (settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> => {
  const started = await serverProcess({ DATA_FOLDER: folder, CAMCOPS_PASSWORD: password, ...settings });
  running.push(started);
  return started;
};

describe('npm run serve', () => {
  it('says what it has added, and on SIGTERM finishes what is under way', async () => {
    const { url, said, logged, says, end } = await serve();
    expect(said()).toContain('Added the user nurse');
    expect(await (await fetch(`${url}health`)).text()).toBe('ok\n');
    expect(said()).toContain('A patient of the group clinic must have sex AND anyidnum, and to leave the tablet');
    expect(said()).toContain('ID number 1 is the Hospital number.');
    // It would register a tablet.
    expect(said()).not.toContain('curl');
    const { ask } = tablet(postTo(`${url}camcops/database`), { ...ofNurse, device: 'tablet-1' });
    expect((await ask('register')).reply.body).toMatch(
      /^databaseTitle:Reference server\n[^]*idDescription1:Hospital number\n[^]*success:1\n/,
    );

    const sent = tabletBody(new Map(Object.entries({ ...ofNurse, device: 'tablet-1', operation: 'register' })));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    const head = ['POST / HTTP/1.1', 'Host: x', 'Content-Type: application/x-www-form-urlencoded'];
    socket.write([...head, `Content-Length: ${String(sent.length)}`, '', sent.slice(0, 10)].join('\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ended = end('SIGTERM');
    await says('Finishing');
    socket.write(sent.slice(10));
    expect(await ended).toBe(0);
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*\r\n\r\n[^]*success:1\n/i);
    expect(said()).toContain('Done.');
    // Of /health, and of two tablets.
    expect(logged().trimEnd().split('\n')).toEqual(Array(3).fill(expect.stringMatching(/^\{"at":.*\}$/)));
    expect(said()).not.toContain(password);
  });

  it('as it comes, prints a curl that is served as it stands', async () => {
    const { said, says, end } = await serverProcess({});
    await says('curl');
    const [, body = '', at = ''] = /curl -d '(.*)' (http\S+)/.exec(said()) ?? [];
    expect((await postTo(at)(body)).body).toContain('success:1\n');
    await end('SIGTERM');
  });

  it('one process has a folder, and a second refuses to start; sessions count on after a restart', async () => {
    const { url, said, end } = await serve({ CAMCOPS_PASSWORD: 'another password' });
    expect(said()).toContain('Users as before.');
    expect(said()).not.toContain('nurse');
    const sessionOf = async (at: string): Promise<number> => {
      const { reply } = await tablet(postTo(at), { ...ofNurse, device: 'tablet-1' }).ask('get_id_info');
      return Number(/^session_id:(\d+)$/m.exec(reply.body)?.[1]);
    };
    const before = await sessionOf(url);
    const [code, words] = await runToEnd('main', ['0'], { DATA_FOLDER: folder });
    expect([code, words]).toEqual([1, expect.stringContaining(`Another server uses the folder ${folder}`)]);
    expect(words).not.toContain('    at ');

    // However the first ends: the lock goes with it.
    await end('SIGKILL');
    const again = await serve({ TITLE: 'Another title' });
    expect(await sessionOf(again.url)).toBeGreaterThan(before);
    // Tablets notice the title by the version.
    const { ask } = tablet(postTo(again.url), { ...ofNurse, device: 'tablet-1' });
    expect((await ask('get_id_info')).reply.body).toMatch(
      /^databaseTitle:Another title\n[^]*\nserverCamcopsVersion:2\.4\.25\n/,
    );
    await again.end('SIGTERM');
  });

  it('waits for no client for ever', async () => {
    const { url, says, end } = await serve({ GRACE_SECONDS: '1' });
    const stopped = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    stopped.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ended = end('SIGTERM');
    await says('Finishing');
    expect(await ended).toBe(0);
    stopped.destroy();
  });

  it('goes on when nobody reads its log', async () => {
    const { url, child, end } = await serve();
    child.stdout?.destroy();
    for (let n = 0; n < 5; n += 1) expect((await postTo(url)('hello=world')).status).toBe(400);
    await end('SIGTERM');
  });

  it('says what is wrong with a setting, and does not start', async () => {
    const [code, said] = await runToEnd('main', ['0'], { GRACE_SECONDS: 'soon' });
    expect([code, said]).toEqual([1, 'GRACE_SECONDS must be a whole number from 0 to 3600\n']);
  });
});

describe.skipIf(!hasPostgres)('two servers that start together on a database without users', () => {
  it.each([
    ['add one user, whose password one of them prints', freshDatabase(), undefined],
    ['keep the user that an administrator adds meanwhile', freshDatabase(), 'of the administrator'],
  ])('%s', async (_, url, ofAdministrator) => {
    const db = await postgresDatabase(url);
    const starting = await db.transaction(async (query) => {
      // Both may read the users, but neither may add one until both wait.
      await query('lock table users in exclusive mode');
      const both = [0, 1].map(() => serverProcess({ DATABASE_URL: url }));
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      const until = Date.now() + 30_000;
      while ((await db.query(waiting)).length < 2) {
        if (Date.now() > until) throw new Error('they do not wait');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const sql = `insert into users (username, password_hash) values ('nurse', $1)`;
      if (ofAdministrator !== undefined) await query(sql, [await hashPassword(defaultCost, ofAdministrator)]);
      return both;
    });
    const servers = await Promise.all(starting);
    running.push(...servers);
    const printed = servers.flatMap(({ said }) => /The password of nurse is (\S+)/.exec(said())?.[1] ?? []);
    expect(printed).toHaveLength(ofAdministrator === undefined ? 1 : 0);
    const [user] = await db.query<{ hash: string }>('select password_hash as hash from users');
    expect(await isPassword(ofAdministrator ?? printed[0] ?? '', user?.hash ?? '')).toBe(true);
    for (const { end } of servers) await end('SIGTERM');
    await db.close();
  });
});

describe('of a folder without a database', () => {
  let [missing, others, started] = ['', '', ''];
  beforeAll(async () => {
    missing = join(folder, 'missing');
    [others, started] = [await mkdtemp(join(tmpdir(), 'others-')), await mkdtemp(join(tmpdir(), 'started-'))];
    await writeFile(join(others, 'notes.txt'), 'of somebody');
    await writeFile(join(started, 'server.lock'), '');
  });
  afterAll(() => Promise.all([others, started].map((each) => rm(each, { recursive: true }))));

  it('npm run admin says so, and leaves it as it is', async () => {
    const words = 'DATA_FOLDER must hold a database: check its path, or start the server there first\n';
    for (const each of [missing, others, started])
      expect(await runToEnd('admin', ['list', 'users'], { DATA_FOLDER: each })).toEqual([1, words]);
    expect(await readdir(folder)).not.toContain('missing');
    expect(await readdir(others)).toEqual(['notes.txt']);
  });

  it('npm run serve refuses it if it holds anything else than the lock', async () => {
    const [code, said] = await runToEnd('main', ['0'], { DATA_FOLDER: others });
    expect([code, said]).toEqual([1, expect.stringContaining('DATA_FOLDER must hold a database, or be empty\n')]);
    expect(await readdir(others)).toEqual(['notes.txt']);
    const { end } = await serve({ DATA_FOLDER: started });
    expect(await end('SIGTERM')).toBe(0);
  });
});

it('npm run admin refuses a database in memory', async () => {
  const words =
    'Set DATABASE_URL or DATA_FOLDER, as for the server: a database in memory would end with this command\n';
  expect(await runToEnd('admin', ['idnumber', '1', 'Hospital number', 'HN'], {})).toEqual([1, words]);
});

it('npm run admin works on the database of the server, which must be stopped', async () => {
  const admin = (...args: readonly string[]) =>
    runToEnd('admin', args, { DATA_FOLDER: folder }, 'ends with spaces  \r\n');
  expect(await admin('user', 'nurse', 'clinic')).toEqual([0, expect.stringContaining('may sign in')]);
  expect(await admin('nothing')).toEqual([1, expect.stringMatching(/^The command must be one of [^\n]*\n$/)]);
  const { url, end } = await serve();
  expect(await admin('unlock', 'nurse')).toEqual([1, expect.stringContaining('Another server uses the folder')]);
  const nurse = tablet(postTo(url), { ...ofNurse, password: 'ends with spaces  ', device: 'tablet-1' });
  expect((await nurse.ask('get_id_info')).reply.body).toContain('success:1');
  await end('SIGTERM');
});

const admin = `"${process.execPath}" --import tsx examples/reference-server/admin.ts`;

it.each(['list groups', 'export phq9'])(
  'npm run admin -- %s ends quietly if its reader needs no more',
  async (command) => {
    const script = `set -o pipefail; ${admin} ${command} | true`;
    const shell = spawn('bash', ['-c', script], { env: { ...process.env, DATA_FOLDER: folder } });
    let said = '';
    shell.stderr.on('data', (data: Buffer) => (said += data.toString()));
    expect(await once(shell, 'close')).toEqual([0, null]);
    expect(said).toBe('');
  },
);

it.skipIf(process.platform !== 'linux')('a password that is typed on a terminal is not shown', async () => {
  const terminal = spawn('script', ['-qec', `${admin} user typist clinic`, '/dev/null'], {
    env: { ...process.env, DATA_FOLDER: folder },
  });
  let said = '';
  terminal.stdout.on('data', (data: Buffer) => {
    if (!said.includes('not shown') && data.includes('not shown')) terminal.stdin.write('typed by hand\r');
    said += data.toString();
  });
  expect(await once(terminal, 'close')).toEqual([0, null]);
  expect(said).toContain('typist may sign in');
  expect(said).not.toContain('typed by hand');
});
