/** The configuration of nginx in docs/running.md, before the reference server: TLS, limits, and who the client is. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { embeddedDatabase, type Database } from '../../../examples/postgres/database.js';
import type { Log } from '../../../examples/reference-server/log.js';
import { tablet, type Post } from '../../../examples/tablets-day/tablet.js';
import { hasNginx, nginxBefore, type Proxy } from '../../support/nginx.js';
import { addUsers, password, serving, type Served } from '../../support/reference-server.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const page = readFileSync(new URL('../../../docs/running.md', import.meta.url), 'utf8');
const [, configuration = ''] = /^## A proxy with TLS\n[^]*?^```text\n([^]*?)^```$/m.exec(page) ?? [];
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const answerOf = async (asked: ClientRequest): Promise<{ readonly status: number; readonly body: string }> => {
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
};

it('docs/running.md has a configuration of nginx', () => {
  expect(configuration).toContain('proxy_pass http://127.0.0.1:8080;');
});

describe.skipIf(!hasNginx)('behind nginx, as docs/running.md configures it', () => {
  let [db, served]: [Database?, Served?] = [];
  const entries: Parameters<Log>[0][] = [];
  const proxies: Proxy[] = [];
  const before = async (own: string): Promise<Proxy> => {
    const proxy = await nginxBefore(new URL(served?.url ?? '').port, own);
    proxies.push(proxy);
    return proxy;
  };
  let proxy: Proxy;
  const post = async (body: string, headers: Readonly<Record<string, string>> = {}) =>
    answerOf(proxy.ask({ method: 'POST', headers: { ...form, ...headers } }).end(body));

  beforeAll(async () => {
    db = await embeddedDatabase();
    await addUsers(db, { alice: 'clinic' });
    served = await serving({ db, trustProxy: true, log: (entry) => entries.push(entry) });
    proxy = await before(configuration);
  });
  afterAll(async () => {
    for (const each of proxies) await each.end();
    await served?.stop();
    await db?.close();
  });

  it('a tablet uploads a photograph of 20 MB, over TLS', async () => {
    const overTls: Post = (body) => post(body);
    const { ask } = tablet(overTls, { camcops_version: '2.4.24', device: 'tablet-1', user: 'alice', password });
    expect((await ask('register')).reply.body).toContain('success:1');
    expect((await ask('start_upload')).reply.body).toContain('success:1');
    const values = `1,64'${Buffer.alloc(20_000_000, 'photograph').toString('base64')}','2026-03-01T12:00:00.000+00:00',0`;
    const fields = 'id,theblob,when_last_modified,_move_off_tablet';
    const sent = await ask('upload_record', { table: 'blobs', pkname: 'id', fields, values });
    expect(sent.reply.body).toContain('success:1');
    expect((await ask('end_upload')).reply.body).toContain('success:1');
  });

  it('the server is told who the client is, whatever the client says', async () => {
    await post('hello=world', { 'x-forwarded-for': '192.0.2.1' });
    expect(entries.at(-1)).toMatchObject({ address: '127.0.0.1', status: 400 });
  });

  it('a body that is too large is refused before the server sees it', async () => {
    const count = entries.length;
    const asked = proxy.ask({ method: 'POST', headers: { ...form, 'content-length': String(41 * 1024 * 1024) } });
    asked.on('error', () => undefined).flushHeaders();
    expect((await answerOf(asked)).status).toBe(413);
    expect(entries).toHaveLength(count);
  });

  it('one address may have so many requests at work, and no more', async () => {
    const two = await before(configuration.replace('clients 50;', 'clients 2;'));
    const holding = await Promise.all(
      [1, 2].map(async () => {
        const headers = { ...form, 'content-length': '100', expect: '100-continue' };
        const asked = two.ask({ method: 'POST', headers }).on('error', () => undefined);
        asked.flushHeaders();
        await once(asked, 'continue');
        return asked;
      }),
    );
    expect((await answerOf(two.ask({}).end())).status).toBe(429);
    for (const asked of holding) asked.destroy();
  });

  it('one address may send so many requests a second; some wait, and no more are served', async () => {
    const slow = await before(configuration.replace('100r/s', '1r/s').replace('burst=200', 'burst=1'));
    const answers = await Promise.all(Array.from({ length: 10 }, () => answerOf(slow.ask({}).end())));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([405, 429]));
    expect(statuses.filter((status) => status === 405).length).toBeGreaterThan(1);
  });
});
