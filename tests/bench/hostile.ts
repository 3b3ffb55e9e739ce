/** `npm run hostile`: what one client can do to the others, measured against `npm run serve` in a process of its own. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import { tablet, type Post } from '../../examples/tablets-day/tablet.js';
import { serverProcess } from '../support/server-process.js';
import { signInDistance } from './sign-in-times.js';

const password = 'Pass-Word 1';
const server = await serverProcess({ CAMCOPS_PASSWORD: password });
const post: Post = async (body) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(server.url, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
};
const tabletOf = (given: string, device = 'tablet-1') =>
  tablet(post, { camcops_version: '2.4.24', device, user: 'nurse', password: given });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** The longest that anybody else waits while something is going on. */
const longestWait = async (meanwhile: Promise<unknown>): Promise<number> => {
  let [isOver, longest] = [false, 0];
  const watched = meanwhile.then(() => (isOver = true));
  while (!isOver) {
    longest = Math.max(longest, await timed(() => post('hello=world')));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await watched;
  return longest;
};

/** In MB, as the system counts it: the most that the process has ever held, and what it holds now. */
const memory = (which: 'VmHWM' | 'VmRSS'): number => {
  const status = readFileSync(`/proc/${String(server.child.pid)}/status`, 'utf8');
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
};

let isMet = true;
const tell = (what: string, measured: number, unit: string, bound: number): void => {
  if (measured >= bound) isMet = false;
  console.log(`${what.padEnd(66)}${measured.toFixed(0).padStart(6)} ${unit}  (below ${String(bound)})`);
};

const nurse = tabletOf(password);
await nurse.ask('register');
await post('hello=world');
const atRest = memory('VmRSS');

/** From a thread of its own: to make and send such a body would hold up the one that measures. */
const flood = async (count: number): Promise<void> => {
  const code = `const { url, count } = require('node:worker_threads').workerData;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = Buffer.from('a&'.repeat(8_000_000));
    Promise.all(Array.from({ length: count }, () => fetch(url, { method: 'POST', headers, body }).catch(() => undefined)));`;
  await once(new Worker(code, { eval: true, workerData: { url: server.url, count } }), 'exit');
};
tell('a body of 8 million fields: the longest wait of another request', await longestWait(flood(1)), 'ms', 100);
await flood(100);
tell(`100 of them at once: memory held, beyond ${atRest.toFixed(0)} MB at rest`, memory('VmHWM') - atRest, 'MB', 500);

const guesses = Array.from({ length: 400 }, (_, n) =>
  tabletOf(`wrong ${String(n)}`, `guesser-${String(n)}`).ask('check_upload_user_and_device'),
);
let answer = '';
const wait = await timed(
  async () => (answer = (await tabletOf(password).ask('check_upload_user_and_device')).reply.body),
);
tell(
  `400 wrong sign-ins at once: wait of a right one, ${answer.includes('success:1') ? 'served' : 'REFUSED'}`,
  wait,
  'ms',
  2000,
);
if (!answer.includes('success:1')) isMet = false;
await Promise.all(guesses);

await nurse.ask('start_upload');
const photograph = Buffer.alloc(20_000_000, 'photograph').toString('base64');
const values = `1,64'${photograph}','2026-03-01T12:00:00.000+00:00',0`;
const record = { table: 'blobs', pkname: 'id', fields: 'id,theblob,when_last_modified,_move_off_tablet', values };
let stored = '';
tell(
  'a photograph of 20 MB',
  await timed(async () => (stored = (await nurse.ask('upload_record', record)).reply.body)),
  'ms',
  30_000,
);
if (!stored.includes('success:1')) isMet = false;

await server.end('SIGTERM');

tell('unknown, known and locked users, 1,000 tries each: how far apart', await signInDistance(), 'sd', 4);
process.exitCode = isMet ? 0 : 1;
