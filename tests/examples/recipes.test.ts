/** Each recipe, over real HTTP, with the bodies that real tablets send. */
import { once } from 'node:events';
import { createServer, Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { createAdaptorServer } from '@hono/node-server';
import * as t from 'io-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expressApp } from '../../examples/recipes/express.js';
import { fastifyApp } from '../../examples/recipes/fastify.js';
import { honoApp } from '../../examples/recipes/hono.js';
import { nodeServer } from '../../examples/recipes/node-http.js';
import type { Posted } from '../../examples/tablets-day/tablet.js';
import { handleTabletRequest, type TabletOutcome } from '../../src/index.js';
import { operationHandlers } from '../../src/operations/index.js';
import { inMemoryHost } from '../../src/testing/index.js';
import { decoded } from '../support/decoded.js';
import { textOfFile } from '../support/recorded-file.js';
import { tablesBeside } from '../support/replay.js';

const file = new URL('../vectors/client-days/days.jsonl.gz', import.meta.url).pathname;
const Day = t.type({ id: t.string, steps: t.array(t.type({ operation: t.string, body: t.string })) });
const days = textOfFile(file)
  .trim()
  .split('\n')
  .map((line) => decoded(Day, JSON.parse(line)));
/** A tablet of today, from registration to an upload in one step. */
const { steps } = days.find(({ id }) => id === 'onestep-copy') ?? { steps: [] };

const { ports, host } = inMemoryHost({
  users: [{ username: 'nurse', password: 'p&w d+%;é' }],
  tables: tablesBeside(file),
});
const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });

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
  const post = async (body: string): Promise<Posted> => {
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

  it("serves a real tablet's day, to the letter", async () => {
    expect(steps.length).toBeGreaterThan(5);
    for (const { operation, body } of steps) {
      // A session that this server does not know: the password counts.
      const reply = await post(body);
      expect([operation, reply.status, reply.body]).toEqual([operation, 200, expect.stringContaining('success:1\n')]);
      expect(log.at(-1)).toMatchObject({ operation, username: 'nurse', result: { code: 'served' } });
    }
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
