/** Each recipe, mounted in an app that has other routes and parsers, over real HTTP, with the bodies that real tablets send. */
import { once } from 'node:events';
import { request, Server, type IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { TabletOutcome } from '../../src/index.js';
import { operationHandlers } from '../../src/operations/index.js';
import { inMemoryHost, type InMemoryHost } from '../../src/testing/index.js';
import { clientDayMismatches, clientDaysOf } from '../support/client-days.js';
import { listening } from '../support/listening.js';
import { tablesBeside } from '../support/replay.js';
import { maxFields, recipes } from './recipe-apps.js';

vi.spyOn(console, 'error').mockReturnValue(undefined);
const log: TabletOutcome<unknown>[] = [];

const file = new URL('../vectors/client-days/days.jsonl.gz', import.meta.url).pathname;
const days = clientDaysOf(file);
/** Of whatever types its requests are. */
const isServer = (value: unknown): value is Server => value instanceof Server;
const dayOf = (wanted: string) => {
  const day = days.find(({ id }) => id === wanted);
  if (day === undefined) throw new Error(`no day ${wanted}`);
  return day;
};

/** One table of the real client's, with all its records again and again, to 2,000: some 6 MB. Each has a key of its own. */
const longer = (body: string): string => {
  const records = [...body.matchAll(/&record\d+=\d+(%2C[^&]*)/g)].map(([, values = '']) => values);
  const again = Array.from({ length: 2_000 - records.length }, (_, at) => {
    const n = at + records.length;
    return `&record${String(n)}=${String(n + 1)}${records[n % records.length] ?? ''}`;
  });
  return body.replace(`nrecords=${String(records.length)}`, 'nrecords=2000') + again.join('');
};

const megabyte = 1024 * 1024;
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
/** Of the real client, but for plus signs in place of `%20`, which it never sends. */
const asNurse = 'camcops_version=2.4.24&device=tablet-1&user=nurse&password=p%26w+d%2B%25%3B%C3%A9';

describe.each(Object.entries(recipes))('%s', (name, app) => {
  const stops: (() => Promise<void>)[] = [];
  const listen = async ({ ports, host }: InMemoryHost): Promise<string> => {
    const server = await app({ ports, handlers: operationHandlers(host) }, (outcome) => log.push(outcome));
    if (!isServer(server)) throw new TypeError('an app must be a server of node:http');
    const { url: root, stop } = await listening(server);
    stops.push(stop);
    return `${root}camcops/database`;
  };
  let url = '';
  const post = async (body: string): Promise<readonly [status: number, body: string]> => {
    const response = await fetch(url, { method: 'POST', headers, body });
    return [response.status, await response.text()];
  };
  const goesOn = async (): Promise<void> => {
    expect(await post(`${asNurse}&operation=check_device_registered`)).toEqual([
      200,
      expect.stringContaining('error:'),
    ]);
    expect(log.at(-1)).toMatchObject({ username: 'nurse', result: { code: 'unregistered-device' } });
  };

  beforeAll(async () => {
    url = await listen(inMemoryHost({ users: [{ username: 'nurse', password: 'p&w d+%;é' }] }));
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  it("stores a real tablet's day to the letter, with a table of 2,000 records and 6 MB", async () => {
    const { id, steps } = dayOf('awkward-multistep');
    const upload = steps.slice(0, 1 + steps.findIndex(({ operation }) => operation === 'end_upload'));
    const large = upload.map((step) =>
      step.body.includes('&table=bmi&') ? { ...step, body: longer(step.body) } : step,
    );
    expect(Math.max(...large.map(({ body }) => body.length))).toBeGreaterThan(6_000_000);
    const mismatches = await clientDayMismatches({ id, steps: large }, tablesBeside(file), async (world) => {
      const memory = inMemoryHost({ users: world.users, tables: world.tables });
      const there = await listen(memory);
      return {
        post: async (body) => (await fetch(there, { method: 'POST', headers, body })).text(),
        versions: (device, table) => Promise.resolve(memory.versions(device, table)),
      };
    });
    expect(mismatches).toEqual([]);
  });

  it('reads plus signs, percent-encoding and UTF-8', async () => {
    const another = asNurse.replace('tablet-1', 'tablet-2');
    for (const body of [another, another.replace('%C3%A9', 'é')]) {
      expect(await post(`${body}&operation=register`)).toEqual([200, expect.stringContaining('success:1')]);
      expect(log.at(-1)).toMatchObject({ operation: 'register', signIn: 'password' });
    }
  });

  it('sees a field that was sent twice', async () => {
    const [status, body] = await post(`${asNurse}&device=tablet-2&operation=upload_table`);
    expect([status, body]).toEqual([200, expect.stringContaining('device was sent more than once')]);
  });

  it('tells what is no tablet, by an HTTP status', async () => {
    expect(await post('hello=world')).toEqual([400, 'Not a valid CamCOPS API request\n']);
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([405, 'Must use POST method\n']);
    expect(response.headers.get('allow')).toBe('POST');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; ?charset=utf-8$/i);
  });

  it('takes as many fields as it says, and no more', async () => {
    const most = maxFields[name] ?? 30_000;
    const [status] = await post(`${asNurse}&operation=check_device_registered${'&a=b'.repeat(most - 5)}`);
    expect([status, log.at(-1)?.username]).toEqual([200, 'nurse']);
    expect((await post('&a'.repeat(most)))[0]).toBe(413);
    await goesOn();
  });

  it.each([
    ['by its content-length', { 'content-length': String(41 * megabyte) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('refuses a body that is too long, %s, and goes on', async (_, length) => {
    const sending = request(url, { method: 'POST', headers: { ...headers, ...length } });
    sending.on('error', () => undefined).on('socket', (socket) => socket.on('error', () => undefined));
    sending.end('x'.repeat(41 * megabyte));
    // Some close the connection with their answer, and a client that is still sending may not see it.
    const answer = await once(sending, 'response').catch(String);
    if (typeof answer === 'string') expect(answer).toMatch(/EPIPE|ECONNRESET|socket hang up/);
    else {
      const [response] = answer as [IncomingMessage];
      expect(response.statusCode).toBe(413);
      // Not where in the code it was refused.
      expect(await text(response)).not.toMatch(/node_modules|recipes|\bat /);
    }
    await goesOn();
  });

  it('goes on when a client goes away in the middle of its body', async () => {
    const sending = request(url, { method: 'POST', headers: { ...headers, 'content-length': '100' } });
    sending.on('error', () => undefined);
    sending.write('camcops_version=2.4.24');
    await once(sending, 'socket');
    await new Promise((resolve) => sending.write('&user=nurse', resolve));
    sending.destroy();
    await goesOn();
  });

  it('leaves the other paths of the app, and their parser, as they are', async () => {
    const before = log.length;
    const told = async (path: string, body: string): Promise<readonly unknown[]> => {
      const response = await fetch(new URL(path, url), { method: 'POST', headers, body });
      return [response.status, await response.text()];
    };
    expect(await told('/form', 'a=1&b=x+y')).toEqual([200, 'x y']);
    expect((await told('/camcops', 'a=1'))[0]).toBe(404);
    expect((await told('/camcops/database/else', 'a=1'))[0]).toBe(404);
    expect(log.length).toBe(before);
    await goesOn();
  });

  it('has fewer than 40 lines beside its imports', () => {
    const file = name.split(',', 1)[0] ?? '';
    const code = readFileSync(new URL(`../../examples/recipes/${file}.ts`, import.meta.url), 'utf8');
    const lines = code.replaceAll(/^import [^;]*;/gm, '').split('\n');
    expect(lines.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length).toBeLessThan(40);
  });
});
