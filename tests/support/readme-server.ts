/** The README's server: its files, a process that runs it, and a real client's day against it. */
import { spawn } from 'node:child_process';
import { scryptSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import * as t from 'io-ts';
import { afterAll, beforeAll } from 'vitest';

import { decoded } from './decoded.js';
import { freePort } from './listening.js';

const read = (file: string): Buffer => readFileSync(new URL(file, import.meta.url));

export const readme = read('../../README.md').toString('utf8');

/** The blocks of a language in a page. */
export const blocksOf = (page: string, language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

const [server = ''] = blocksOf(readme, 'ts');

/** By name. */
type Files = Readonly<Record<string, string>>;

/** The server as the README has it. */
export const serverFiles: Files = { 'server.ts': server };

export const writeFiles = (folder: string, files: Files): void => {
  for (const [file, content] of Object.entries(files)) writeFileSync(`${folder}/${file}`, content);
};

type Post = (body: string) => Promise<{ readonly status: number; readonly body: string }>;

/** Runs `server.ts` of a folder, by Node and tsx, while the tests of a group run. */
export const running = (folder: () => string, tsx: string) => {
  const state = { port: '', log: '' };
  let stop = (): void => undefined;
  const post: Post = async (body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`http://127.0.0.1:${state.port}/`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  beforeAll(async () => {
    state.port = String(await freePort());
    const env = { ...process.env, PORT: state.port };
    const child = spawn(process.execPath, ['--import', tsx, 'server.ts'], { cwd: folder(), env });
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
  });
  afterAll(() => {
    stop();
  });
  return { state, post };
};

const Day = t.type({ id: t.string, steps: t.array(t.type({ operation: t.string, body: t.string, expect: t.string })) });

const days = gunzipSync(read('../vectors/client-days/days.jsonl.gz')).toString('utf8').trimEnd().split('\n');
const steps = days.map((line) => decoded(Day, JSON.parse(line))).find(({ id }) => id === 'copy-stepwise')?.steps ?? [];

/** The server for the day: with the password of its bodies. */
export const filesOfDay = (): Files => {
  const password = new URLSearchParams(steps[0]?.body).get('password') ?? '';
  const [, salt = '', hash = ''] = /\['(\w{16})', '(\w{64})'\]/.exec(server) ?? [];
  return { 'server.ts': server.replace(hash, scryptSync(password, salt, 32).toString('hex')) };
};

/** What the client got at each step of the day `copy-stepwise`, and what it should get. */
export const clientsDay = async (
  post: Post,
): Promise<readonly [got: readonly string[], expected: readonly string[]]> => {
  let session = { id: '', token: '' };
  const got: string[] = [];
  for (const { operation, body } of steps) {
    const sent = body
      .replace(/session_id=[^&]*/, `session_id=${session.id}`)
      .replace(/session_token=[^&]*/, `session_token=${session.token}`);
    const reply = await post(sent);
    const read = new Map(reply.body.split('\n').map((line) => [/^[^:]*/.exec(line)?.[0], line.replace(/^[^:]*:/, '')]));
    session = { id: read.get('session_id') ?? '', token: read.get('session_token') ?? '' };
    got.push(`${operation} ${read.get('success') === '1' ? 'success' : reply.body}`);
  }
  return [got, steps.map((step) => `${step.operation} ${step.expect}`)];
};
