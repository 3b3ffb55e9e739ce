/** The README's server, run as it stands there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tablet, type Post } from '../examples/tablets-day/tablet.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = '']) => block);

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Writes a block where it finds the package, and runs it. */
const run = (name: string, code: string, env: Readonly<Record<string, string>>) => {
  mkdirSync(new URL('.tmp', import.meta.url), { recursive: true });
  const file = fileURLToPath(new URL(`.tmp/${name}.ts`, import.meta.url));
  writeFileSync(file, code);
  return spawn(process.execPath, ['--import', 'tsx', file], { cwd: root, env: { ...process.env, ...env } });
};

describe('the complete server', () => {
  const [server = ''] = blocks;

  it('has fewer than 40 lines', () => {
    expect(server).toContain('createServer(');
    expect(server.trimEnd().split('\n').length).toBeLessThan(40);
  });

  let stop = (): void => undefined;
  let post: Post = () => Promise.reject(new Error('not started'));
  let port = 0;
  const log: string[] = [];

  beforeAll(async () => {
    port = await freePort();
    const running = run('server', server, { PORT: String(port) });
    running.stdout.on('data', (line: Buffer) => log.push(line.toString()));
    running.stderr.on('data', (line: Buffer) => log.push(line.toString()));
    stop = () => void running.kill();
    post = async (body) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const response = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', headers, body });
      return { status: response.status, body: await response.text() };
    };
    for (let tries = 0; tries < 200; tries += 1) {
      try {
        await post('');
        return;
      } catch {
        await setTimeout(50);
      }
    }
    throw new Error(`the server did not start: ${log.join('')}`);
  }, 30_000);
  afterAll(() => {
    stop();
  });

  it('registers a tablet, takes its upload, and resumes its session', async () => {
    const ward = tablet(post, { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'demo' });
    const told = async (operation: string, fields = {}) => (await ward.ask(operation, fields)).reply.body;

    const refused = /^success:0\nerror:Unregistered device\nsession_id:1\nsession_token:[0-9a-f]{32}\n$/;
    expect(await told('upload_table', { table: 'phq9', nrecords: '2' })).toMatch(refused);
    expect(await told('register')).toMatch(/^databaseTitle:Demonstration\nsuccess:1\nsession_id:1\n/);
    expect(await told('upload_table', { table: 'phq9', nrecords: '2' })).toMatch(
      /^result:2 records of phq9 from tablet-1\nsuccess:1\nsession_id:1\n/,
    );
    expect(log.join('')).not.toContain('demo"');
  });

  it('goes on when a body breaks off', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\ncamcops_version=2.4.24&');
    await setTimeout(50);
    socket.destroy();
    await setTimeout(50);
    expect((await post('hello=world')).status).toBe(400);
  });

  it('refuses a wrong password, and what is no tablet', async () => {
    const stranger = tablet(post, { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'guess' });
    expect((await stranger.ask('start_upload')).reply.body).toBe(
      'success:0\nerror:Invalid username/password (or user not authorized)\nsession_id:\nsession_token:\n',
    );
    expect(await post('hello=world')).toEqual({ status: 400, body: 'Not a valid CamCOPS API request\n' });
  });
});

it('every other block of code runs too', async () => {
  for (const [index, block] of blocks.slice(1).entries()) {
    const running = run(`block-${String(index)}`, block, {});
    expect(await once(running, 'exit')).toEqual([0, null]);
  }
});
