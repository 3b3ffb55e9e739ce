/** A server with a small heap, to which tablets send photographs as large as a body may be: nothing acknowledged is lost, and it goes on. */
import { createHash } from 'node:crypto';
import { toNullable } from 'fp-ts/lib/Option.js';

import { cell } from '../../src/operations/index.js';
import { versionsIn } from './history.js';
import { serverProcess } from './server-process.js';
import { deviceAt, password, uploadOnce } from './uploading.js';
import type { Victim } from './victims.js';

const heapMegabytes = 256;
const maxBody = 40 * 1024 * 1024;
/** In base64, with room for the other fields. A multiple of 3 needs no padding, which would be percent-encoded. */
const photographBytes = Math.floor((maxBody - 4096) / 4) * 3;
const tablets = 3;

const digest = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Uploads one photograph, by the method of its number: its digest, if it is acknowledged. */
const sendPhotograph = async (url: string, device: string, count: number): Promise<string | undefined> => {
  const ask = deviceAt(url, device);
  const photograph = Buffer.alloc(photographBytes, `${device} ${String(count)} `);
  const fields = {
    id: String(count),
    theblob: `64'${photograph.toString('base64')}'`,
    when_last_modified: `'${new Date().toISOString()}'`,
    _move_off_tablet: '0',
  };
  const columns = Object.keys(fields).join();
  const whole = { finalizing: '0', pknameinfo: '{"blobs":"id"}', dbdata: JSON.stringify({ blobs: [fields] }) };
  const record = { table: 'blobs', pkname: 'id', fields: columns, values: Object.values(fields).join() };
  const isAcknowledged =
    (await ask('register')) &&
    (count % 2 === 0
      ? await ask('upload_entire_database', whole)
      : (await ask('start_upload')) && (await ask('upload_record', record)) && (await ask('end_upload')));
  return isAcknowledged ? digest(photograph) : undefined;
};

export interface HeapReport {
  readonly sent: number;
  readonly acknowledged: number;
  readonly wrong: readonly string[];
}

/** Each of some tablets sends so many photographs, all at once. */
export const smallHeapTrial = async (victim: Victim, photographs: number): Promise<HeapReport> => {
  const options = { NODE_OPTIONS: `--max-old-space-size=${String(heapMegabytes)}`, CAMCOPS_PASSWORD: password };
  const server = await serverProcess({ ...victim.settings, ...options });
  const sendAll = async (device: string): Promise<readonly (string | undefined)[]> => {
    const sent: (string | undefined)[] = [];
    for (let count = 0; count < photographs; count += 1) sent.push(await sendPhotograph(server.url, device, count));
    return sent;
  };
  const devices = Array.from({ length: tablets }, (_, n) => `camera-${String(n + 1)}`);
  const sent = (await Promise.all(devices.map(sendAll))).flat();
  const acknowledged = sent.filter((one) => one !== undefined);
  const after = await uploadOnce(server.url, 'tablet-after', 1, 5);
  const hasEnded = server.child.exitCode !== null || server.child.signalCode !== null;
  if (!hasEnded) await server.end('SIGTERM');

  const db = await victim.open();
  const stored = new Set<string>();
  for (const device of devices) {
    for (const { row } of await versionsIn(db, device, 'blobs')) {
      const value = toNullable(cell('theblob')(row));
      if (value instanceof Uint8Array) stored.add(digest(value));
    }
  }
  await db.close();
  const lost = acknowledged.filter((one) => !stored.has(one)).length;
  return {
    ...{ sent: sent.length, acknowledged: acknowledged.length },
    wrong: [
      ...(lost > 0 ? [`lost: ${String(lost)} photographs`] : []),
      ...(acknowledged.length === 0 ? ['no photograph was acknowledged'] : []),
      ...(after?.isAcknowledged === true ? [] : [`the server does not go on${hasEnded ? ': it has ended' : ''}`]),
    ],
  };
};
