/** The README's server: run as the README says, by its own `curl` lines, by a real client's day, and by the laws. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';

import { decoded } from './support/decoded.js';
import { blocksOf, clientsDay, filesOfDay, readme, running, serverFiles, writeFiles } from './support/readme-server.js';

const curls = blocksOf(readme, 'sh').flatMap((block) => block.match(/^curl .*$/gm) ?? []);
const tsx = import.meta.resolve('tsx');

/** A folder that finds the package, with files in it. */
const folderWith = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = fileURLToPath(new URL(`.tmp/readme-${name}`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFiles(folder, files);
  return folder;
};

it('is short', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  const [server, ...others] = blocksOf(readme, 'ts');
  expect(server?.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  expect([others, curls.length]).toEqual([[], 2]);
});

describe('the complete server', () => {
  const { state, post } = running(() => folderWith('server', serverFiles), tsx);

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

describe("the real client's day copy-stepwise", () => {
  const { post } = running(() => folderWith('day', filesOfDay()), tsx);

  it('completes', async () => {
    const [got, expected] = await clientsDay(post);
    expect(got).toEqual(expected);
    expect(got.length).toBe(21);
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
  const cwd = folderWith('laws', { ...serverFiles, 'laws.ts': laws });
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', tsx, 'laws.ts'], {
    cwd,
    env: { ...process.env, PORT: '0' },
    encoding: 'utf8',
  });
  const Result = t.type({ broken: t.array(t.string), all: t.number });
  const { broken, all } = decoded(Result, JSON.parse(stdout === '' ? JSON.stringify(stderr) : stdout));
  expect(broken).toEqual([]);
  expect(all).toBeGreaterThan(50);
}, 60_000);
