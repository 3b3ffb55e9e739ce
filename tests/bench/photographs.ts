/**
 * `tsx tests/bench/photographs.ts`: uploads 64 photographs of 12 MB to the server on PostgreSQL, a step each, as it is served, and says how
 * long the steps and their end take. Fails unless each is stored, to the byte. PHOTOGRAPHS and MEGABYTES make it small. SLOWER=5 makes the
 * server and its database five times slower.
 */
import { createHash, randomBytes } from 'node:crypto';

import { savePassword } from '../../examples/reference-server/accounts.js';
import { tablet } from '../../examples/tablets-day/tablet.js';
import { username } from '../support/fixtures.js';
import { serverProcess } from '../support/server-process.js';
import { postTo } from '../support/uploading.js';
import { databaseKinds, interruption, made, unmakeAll } from './load-databases.js';
import { photographFields } from './photograph-times.js';
import { slower } from './slower.js';

const setting = (name: string, usual: number): number => Number(process.env[name] ?? usual);
const [count, megabytes, slowdown] = [setting('PHOTOGRAPHS', 64), setting('MEGABYTES', 12), setting('SLOWER', 1)];
const account = { user: 'nurse', password: 'Pass-Word 1' };

const run = async (): Promise<void> => {
  const postgres = (await databaseKinds()).find(({ name }) => name === 'PostgreSQL');
  if (postgres === undefined) throw new Error('there is no PostgreSQL to upload to');
  const { open, settings } = await postgres.place();
  const db = await made(open, (opened) => opened.close());
  await savePassword(db, username(account.user), account.password, 'clinic');
  const server = await made(
    () => serverProcess(settings),
    (started) => started.end('SIGTERM'),
  );
  const [{ name } = { name: '' }] = await db.query<{ name: string }>('select current_database() as name');
  if (slowdown > 1)
    await made(
      () => Promise.resolve(slower(slowdown, Number(server.child.pid), name)),
      (end) => end(),
    );
  const { ask } = tablet(postTo(server.url), { camcops_version: '2.4.24', device: 'tablet-1', ...account });
  const served = async (operation: string, own: Readonly<Record<string, string>> = {}): Promise<number> => {
    const started = performance.now();
    const { reply } = await ask(operation, own);
    if (!reply.body.includes('success:1\n')) throw new Error(`${operation}: ${reply.body}`);
    return (performance.now() - started) / 1000;
  };

  await served('register', { devicefriendlyname: '' });
  await served('start_upload');
  const sent: string[] = [];
  let [longest, all] = [0, 0];
  for (let key = 1; key <= count; key += 1) {
    const photograph = randomBytes(megabytes * 1024 ** 2);
    sent.push(createHash('sha256').update(photograph).digest('hex'));
    const seconds = await served('upload_record', photographFields(key, photograph));
    [longest, all] = [Math.max(longest, seconds), all + seconds];
  }
  const end = await served('end_upload');
  let stored = 0;
  for (const [at, hash] of sent.entries()) {
    const found = await db.query(
      `select from records where table_name = 'blobs' and key = $1 and removed_in is null
         and encode(sha256(decode(values -> 'theblob' ->> 'blob', 'base64')), 'hex') = $2`,
      [at + 1, hash],
    );
    stored += found.length;
  }
  const times = `steps ${all.toFixed(0)} s, the longest ${longest.toFixed(1)} s; end_upload ${end.toFixed(1)} s`;
  console.log(`${String(count)} photographs of ${String(megabytes)} MB: ${times}; ${String(stored)} stored`);
  if (stored !== count) process.exitCode = 1;
};

try {
  await run();
} catch (error) {
  if (!interruption.signal.aborted) console.error(error);
  process.exitCode = 1;
} finally {
  await unmakeAll();
}
