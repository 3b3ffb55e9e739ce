/** The README's server: run as the README says, by its own `curl` lines, by a real client's day, and by the laws. */
import { spawn, spawnSync } from 'node:child_process';
import { scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as t from 'io-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { decoded } from './support/decoded.js';

const read = (file: string): Buffer => readFileSync(new URL(file, import.meta.url));
const readme = read('../README.md').toString('utf8');
const blocksOf = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

const [server = '', ...others] = blocksOf('ts');
const [tables = ''] = blocksOf('json');
const curls = blocksOf('sh').flatMap((block) => block.match(/^curl .*$/gm) ?? []);

/** A folder that finds the package, with files in it. */
const folderWith = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = fileURLToPath(new URL(`.tmp/readme-${name}/`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(`${folder}${file}`, content);
  return folder;
};

const freePort = async (): Promise<string> => {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  listening.close();
  await once(listening, 'close');
  return typeof address === 'object' && address !== null ? String(address.port) : '';
};

/** Runs the server of a folder while the tests of a group run. */
const running = (folder: () => string) => {
  const state = { port: '', log: '' };
  let stop = (): void => undefined;
  const post = async (body: string): Promise<{ readonly status: number; readonly body: string }> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`http://127.0.0.1:${state.port}/`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  beforeAll(async () => {
    state.port = await freePort();
    const env = { ...process.env, PORT: state.port };
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'server.ts'], {
      cwd: folder(),
      env,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (state.log += text.toString()));
    stop = () => void child.kill();
    for (let tries = 0; tries < 200; tries += 1) {
      try {
        await post('');
        return;
      } catch {
        await setTimeout(50);
      }
    }
    throw new Error(`the server did not start: ${state.log}`);
  }, 30_000);
  afterAll(() => {
    stop();
  });
  return { state, post };
};

it('is short', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  expect(server.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  expect([others, curls.length]).toEqual([[], 2]);
});

describe('the complete server', () => {
  const { state, post } = running(() => folderWith('server', { 'server.ts': server, 'tables.json': tables }));

  it.each([
    [0, 'databaseTitle:'],
    [1, 'result:Success\nsuccess:1\n'],
  ])('curl line %i succeeds', (index, begin) => {
    const line = curls[index]?.replace('http://127.0.0.1:8080/', `http://127.0.0.1:${state.port}/`) ?? '';
    expect(line).toContain(state.port);
    const { stdout } = spawnSync('bash', ['-c', `${line} --silent`], { encoding: 'utf8' });
    expect(stdout.slice(0, begin.length)).toBe(begin);
    expect(stdout).toContain('success:1\n');
  });

  it('refuses a wrong password, and never logs it', async () => {
    const refusal =
      'success:0\nerror:Invalid username/password (or user not authorized)\nsession_id:\nsession_token:\n';
    const guess = 'camcops_version=2.4.24&device=tablet-1&user=nurse&password=guessed&operation=start_upload';
    expect((await post(guess)).body).toBe(refusal);
    expect((await post(guess.replace('nurse', 'nobody').replace('guessed', 'correct+horse'))).body).toBe(refusal);
    expect(state.log).toContain("signIn: 'failed'");
    expect(state.log).not.toMatch(/guessed|correct horse/);
  });

  it('goes on when a body breaks off, and bounds the size of a body', async () => {
    const socket = connect(Number(state.port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\ncamcops_version=2.4.24&');
    await setTimeout(50);
    socket.destroy();
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `head -c 60000000 /dev/zero | curl -s -o /dev/null -w '%{http_code}' --data-binary @- http://127.0.0.1:${state.port}/`,
      ],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('413');
    expect((await post('hello=world')).status).toBe(400);
  });
});

const Day = t.type({ id: t.string, steps: t.array(t.type({ operation: t.string, body: t.string, expect: t.string })) });
const Tables = t.record(t.string, t.type({ columns: t.array(t.string) }));

describe("the real client's day copy-stepwise", () => {
  const days = gunzipSync(read('vectors/client-days/days.jsonl.gz')).toString('utf8').trimEnd().split('\n');
  const steps =
    days.map((line) => decoded(Day, JSON.parse(line))).find(({ id }) => id === 'copy-stepwise')?.steps ?? [];
  const password = new URLSearchParams(steps[0]?.body).get('password') ?? '';
  const [, salt = '', hash = ''] = /\['(\w{16})', '(\w{64})'\]/.exec(server) ?? [];

  const { post } = running(() => {
    const known = Object.entries(decoded(Tables, JSON.parse(read('vectors/client-days/tables.json').toString('utf8'))));
    const columns = Object.fromEntries(known.map(([name, table]) => [name, table.columns]));
    return folderWith('day', {
      'server.ts': server.replace(hash, scryptSync(password, salt, 32).toString('hex')),
      'tables.json': JSON.stringify(columns),
    });
  });

  it('completes', async () => {
    let session = { id: '', token: '' };
    const told: string[] = [];
    for (const { operation, body } of steps) {
      const sent = body
        .replace(/session_id=[^&]*/, `session_id=${session.id}`)
        .replace(/session_token=[^&]*/, `session_token=${session.token}`);
      const reply = await post(sent);
      const { id, token, success } =
        /^success:(?<success>.)\n(?:error:.*\n)?session_id:(?<id>.*)\nsession_token:(?<token>.*)\n$/m.exec(reply.body)
          ?.groups ?? {};
      session = { id: id ?? '', token: token ?? '' };
      told.push(`${operation} ${success === '1' ? 'success' : reply.body}`);
    }
    expect(told).toEqual(steps.map((step) => `${step.operation} ${step.expect}`));
    expect(told.length).toBe(21);
  });
});

/** The laws, over what the server exports. It prints which are broken, and how many there are. */
const laws = `
import { admissionTo, portLaws, uploadLaws } from 'camcops-tablet-session/testing';
import { memory, ports, server } from './server.js';

const run = async () => {
  memory.addDevice({ name: 'Tablet-1' });
  const portSubjects = {
    deviceName: 'Tablet-1',
    username: 'nurse',
    password: 'correct horse',
    expireSession: async ({ id }: { readonly id: number }) => memory.endSession(id),
    changePassword: async (username: string, password: string) => memory.addUser({ username, password }),
  };
  const uploadSubjects = {
    admission: admissionTo('end_upload'),
    otherUser: admissionTo('end_upload', { user: { id: 2, username: 'bob' } }),
    otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
    tables: ['phq9', 'patient_idnum'] as const,
    column: 'patient_id',
    versions: async ({ name }: { readonly name: string }, table: string) => memory.versions(name, table),
  };
  const all = [...portLaws(ports, portSubjects), ...uploadLaws(memory.host.uploads, uploadSubjects)];
  const broken: string[] = [];
  for (const { name, check } of all) {
    const verdict = await check();
    if (verdict._tag === 'Left') broken.push(name + ': ' + verdict.left);
  }
  console.log(JSON.stringify({ broken, all: all.length }));
  server.close();
};
void run();
`;

it('keeps the laws of ports and of uploads', () => {
  const cwd = folderWith('laws', { 'server.ts': server, 'tables.json': tables, 'laws.ts': laws });
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), 'laws.ts'], {
    cwd,
    env: { ...process.env, PORT: '0' },
    encoding: 'utf8',
  });
  const Result = t.type({ broken: t.array(t.string), all: t.number });
  const { broken, all } = decoded(Result, JSON.parse(stdout === '' ? JSON.stringify(stderr) : stdout));
  expect(broken).toEqual([]);
  expect(all).toBeGreaterThan(50);
}, 60_000);
