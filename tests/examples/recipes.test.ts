/** Each recipe, over real HTTP, with the bodies that real tablets send. */
import { once } from 'node:events';
import { createServer, Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { createAdaptorServer } from '@hono/node-server';
import { right } from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expressApp } from '../../examples/recipes/express.js';
import { fastifyApp } from '../../examples/recipes/fastify.js';
import { honoApp } from '../../examples/recipes/hono.js';
import { nodeServer } from '../../examples/recipes/node-http.js';
import { tablet, type Post } from '../../examples/tablets-day/tablet.js';
import { handleTabletRequest, type TabletOutcome } from '../../src/index.js';
import { inMemoryPorts } from '../../src/testing/index.js';

const { ports } = inMemoryPorts({
  devices: [{ name: 'tablet-1' }],
  users: [{ username: 'alice', password: 'a b+c&d=é%' }],
});
const handle = handleTabletRequest({
  ports,
  handlers: {
    upload_table: (_, fields: URLSearchParams) => () => Promise.resolve(right(String(fields.get('record0')))),
  },
});

const log: TabletOutcome<unknown>[] = [];
const say = (outcome: TabletOutcome<unknown>): void => void log.push(outcome);

const servers: Record<string, () => Promise<Server>> = {
  express: () => Promise.resolve(createServer(expressApp(handle, say))),
  fastify: async () => {
    const app = fastifyApp(handle, say);
    await app.ready();
    return app.server;
  },
  hono: () => {
    const server = createAdaptorServer(honoApp(handle, say));
    return server instanceof Server ? Promise.resolve(server) : Promise.reject(new TypeError('not HTTP/1'));
  },
  'node-http': () => Promise.resolve(nodeServer(handle, say)),
};

describe.each(Object.keys(servers))('%s', (name) => {
  let server: Server;
  let url = '';
  const post: Post = async (body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(url, { method: 'POST', headers, body });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; ?charset=utf-8$/i);
    return { status: response.status, body: await response.text() };
  };

  beforeAll(async () => {
    server = (await servers[name]?.()) ?? createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${String(typeof address === 'object' && address?.port)}/`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const sent = { camcops_version: '2.4.24', device: 'tablet-1', user: 'alice', password: 'a b+c&d=é%' };

  it('serves a tablet, to the letter', async () => {
    const { reply } = await tablet(post, sent).ask('upload_table', { record0: "1,'a+b c%20&=é😀'" });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatch(/^result:1,'a\+b c%20&=é😀'\nsuccess:1\nsession_id:\d+\n/);
    expect(log.at(-1)).toMatchObject({ username: 'alice', result: { code: 'served' } });
  });

  it('sees a field that was sent twice', async () => {
    const reply = await post('camcops_version=2.4.24&device=tablet-1&device=tablet-2&operation=upload_table');
    expect(reply).toMatchObject({
      status: 200,
      body: expect.stringContaining('device was sent more than once') as string,
    });
  });

  it('tells what is no tablet, by an HTTP status', async () => {
    expect(await post('hello=world')).toEqual({ status: 400, body: 'Not a valid CamCOPS API request\n' });
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([405, 'Must use POST method\n']);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('has fewer than 30 lines', () => {
    const code = readFileSync(new URL(`../../examples/recipes/${name}.ts`, import.meta.url), 'utf8');
    expect(code.trimEnd().split('\n').length).toBeLessThan(30);
  });
});
