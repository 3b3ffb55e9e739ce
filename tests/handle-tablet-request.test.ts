import { left, right } from 'fp-ts/lib/Either.js';
import { fromNullable, isSome, none, some } from 'fp-ts/lib/Option.js';
import { of } from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';

import {
  admit,
  defaultVersionPolicy,
  handleTabletRequest,
  missingField,
  openTabletSession,
  parseTabletRequest,
  refused,
  secret,
  userErrorMessage,
  versionPolicy,
  type Device,
  type DeviceName,
  type Ports,
  type StoredSession,
  type TabletForm,
  type TabletServer,
  type User,
  type UserError,
  type Username,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { alice, device, fieldsOf, post } from './support/fixtures.js';
import { untyped } from './support/untyped.js';

const down = new Error('the database is down');
const thrower = (): never => {
  throw down;
};

const giving =
  <A>(answer: A) =>
  () =>
    of(answer);
const ports: Ports<Error> & { sessions: object } = {
  devices: { findDeviceByName: giving(some(device)) },
  users: { authenticate: giving(some(alice)) },
  sessions: { findSession: giving(none), startSession: giving({ id: 900, token: secret('new-token') }) },
};
const withoutUsers = { ...ports, users: { authenticate: giving(none) } };
const withoutDevices = { ...ports, devices: { findDeviceByName: giving(none) } };

const answering = (answer: unknown): TabletServer<Error> => ({
  ports,
  handlers: { upload_table: () => () => untyped(Promise.resolve(answer)) },
});
const serve = <E>(server: TabletServer<E>, differences: Parameters<typeof post>[0] = {}) =>
  handleTabletRequest(server)(post(differences))();

const session = 'session_id:900\nsession_token:new-token\n';
const noSession = 'session_id:\nsession_token:\n';
const serverError = (known: string) => ({ status: 503, body: `success:0\nerror:Server error\n${known}` });

describe('a request that is served', () => {
  it('gets what its handler answers', async () => {
    const reply = await serve(answering(right({ rows: '3' })));
    expect(reply).toMatchObject({ status: 200, body: `rows:3\nsuccess:1\n${session}` });
  });

  it.each(['register_patient', 'register', 'get_allowed_tables', 'upload_table'] as const)(
    'gives the handler of %s the admission that admit gives, and its fields in any container',
    async (operation) => {
      const pairs = fieldsOf({ operation });
      const request = rightOf(parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields: pairs }));
      const admission = rightOf(admit(rightOf(await openTabletSession(ports)(request)())));
      const form = new FormData();
      for (const [name, value] of pairs) form.append(name, value);
      const iterables = [
        pairs,
        new Map(pairs),
        new Set(pairs),
        new URLSearchParams([...pairs].map(([...pair]) => pair)),
        form,
      ];
      const object = Object.fromEntries(pairs);
      for (const fields of [...iterables, object, Object.freeze({ __proto__: null, ...object })]) {
        const given: unknown[][] = [];
        const handler = (...all: unknown[]) => {
          given.push(all);
          return () => Promise.resolve(right(undefined));
        };
        await handleTabletRequest({ ports, handlers: { [operation]: handler } })({ method: 'POST', fields })();
        expect(given).toEqual([[admission, fields]]);
        expect(given[0]?.[1]).toBe(fields);
      }
    },
  );

  it('does nothing until its task is run, and all of it again when it is run again', async () => {
    let asked = 0;
    const users = {
      authenticate: () => () => {
        asked += 1;
        return Promise.resolve(right(some(alice)));
      },
    };
    const task = handleTabletRequest({ ports: { ...ports, users }, handlers: {} })(post());
    expect(asked).toBe(0);
    await task();
    await task();
    expect(asked).toBe(2);
  });

  it('calls ports and handlers as methods, for hosts that write them as classes', async () => {
    class Host {
      readonly #devices = new Map([[device.name, device]]);
      readonly #users = new Map([[alice.username, alice]]);
      readonly #sessions = new Map<number, StoredSession>();
      findDeviceByName(name: DeviceName) {
        return of(fromNullable(this.#devices.get(name)));
      }
      authenticate(name: Username) {
        return of(fromNullable(this.#users.get(name)));
      }
      findSession(id: number) {
        return of(fromNullable(this.#sessions.get(id)));
      }
      startSession(user: User) {
        return of({ id: this.#sessions.size + 1, token: secret('t'), user });
      }
      upload_table() {
        return of(`${String(this.#devices.size)} devices`);
      }
    }
    const host = new Host();
    const server = { ports: { devices: host, users: host, sessions: host }, handlers: host };
    const form = post({ session_id: '501', session_token: 'stale' });
    expect((await handleTabletRequest(server)(form)()).body).toMatch(/^result:1 devices\nsuccess:1\nsession_id:1\n/);
  });

  it('gives back devices and users as the host extended them', async () => {
    const ward: Device & { readonly ward: string } = { ...device, ward: 'Ward 7' };
    const nurse: User & { readonly grade: number } = { ...alice, grade: 5 };
    const grades: number[] = [];
    const handle = handleTabletRequest({
      ports: {
        devices: { findDeviceByName: giving(some(ward)) },
        users: { authenticate: giving(some(nurse)) },
        sessions: {
          findSession: (id, token) => of(some({ id, token, user: nurse })),
          startSession: ({ grade }: typeof nurse) => {
            grades.push(grade);
            return of({ id: 900, token: secret('new-token') });
          },
        },
      },
      handlers: {
        upload_table: ({ device: { ward }, user: { grade }, session: { user } }) =>
          of(`${ward} ${String(grade)} ${String(isSome(user) && user.value.grade)}`),
      },
    });
    const form = post({ session_id: '501', session_token: 'tok' });
    expect((await handle(post())()).body).toMatch(/^result:Ward 7 5 5\n/);
    expect((await handle(form)()).body).toMatch(/^result:Ward 7 5 5\n/);
    expect(grades).toEqual([5]);
  });

  it('is held to the policy of its server', async () => {
    const versions = rightOf(versionPolicy({ supported: '>=2.0.4 <2.4.0' }));
    const reply = await serve({ ...answering(right(undefined)), versions });
    expect(reply.body).toBe(
      `success:0\nerror:Tablet CamCOPS version too new: is 2.4.24, need >=2.0.4 <2.4.0\n${noSession}`,
    );
  });
});

describe('the operations that the package answers', () => {
  const checks = ['check_device_registered', 'check_upload_user_and_device'];

  it.each(checks)('%s', async (operation) => {
    const known = await serve<Error>({ ports, handlers: {} }, { operation });
    expect(known).toMatchObject({ status: 200, body: `result:${operation}\nsuccess:1\n${session}` });
    const unknown = await serve<Error>({ ports: withoutDevices, handlers: {} }, { operation });
    expect(unknown).toMatchObject({ status: 200, body: `success:0\nerror:Unregistered device\n${session}` });
    expect(unknown.outcome.result).toEqual({ code: 'unregistered-device' });
  });

  it.each(checks)("give way to the host's own: %s", async (operation) => {
    const reply = await serve<Error>({ ports, handlers: { [operation]: giving('own') } }, { operation });
    expect(reply.body).toMatch(/^result:own\n/);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['by the gate', { ports: withoutUsers, handlers: {} }, 'invalid-credentials', noSession],
    ['for want of a handler', { ports, handlers: {} }, 'unsupported-operation', session],
    ['by its handler', answering(left(missingField('table'))), 'missing-field', session],
    ["in its handler's own words", answering(left(refused('No such table', 'gone'))), 'refused', session],
  ] satisfies [string, TabletServer<Error>, string, string][])('%s', async (_, server, code, known) => {
    const reply = await serve(server);
    expect(reply).toMatchObject({ status: 200, outcome: { result: { code } } });
    expect(reply.body).toMatch(/^success:0\nerror:[^\n]+\nsession_id/);
    expect(reply.body.endsWith(known)).toBe(true);
  });

  const notATablet = 'Not a valid CamCOPS API request\n';
  const inProtocol = /^success:0\nerror:[^\n]+\nsession_id:\nsession_token:\n$/;
  it.each([
    ['another method', { method: 'GET', fields: fieldsOf() }, 405, 'Must use POST method\n'],
    ['another method, and no body', { method: 'GET', fields: untyped(undefined) }, 405, 'Must use POST method\n'],
    ['no version', post({ camcops_version: undefined }), 400, notATablet],
    ['a blank version', post({ camcops_version: '' }), 400, notATablet],
    ['a bad name and no version', post({ camcops_version: undefined, device: 'a b' }), 400, notATablet],
    ['a bad name and a bad version', post({ camcops_version: 'x', user: 'a b' }), 200, inProtocol],
    ['two versions', { method: 'POST', fields: [...fieldsOf(), ...fieldsOf()] }, 200, inProtocol],
    ['a version that is a file', { method: 'POST', fields: { camcops_version: new Blob([]) } }, 200, inProtocol],
  ] satisfies [string, TabletForm, number, string | RegExp][])('%s: an HTTP status', async (_, form, status, body) => {
    const reply = await handleTabletRequest({ ports, handlers: {} })(form)();
    expect(reply.status).toBe(status);
    expect(reply.headers['allow']).toBe(status === 405 ? 'POST' : undefined);
    if (typeof body === 'string') expect(reply.body).toBe(body);
    else expect(reply.body).toMatch(body);
  });
});

describe("the words of refusals may be the host's own", () => {
  const german = (error: UserError): string =>
    error.code === 'invalid-credentials' ? 'Kennwort falsch' : userErrorMessage(error);
  const saying = (messages: unknown, handler: unknown = right(undefined)) =>
    serve({ ...answering(handler), messages: untyped(messages) });

  it('in another language', async () => {
    const reply = await serve({ ports: withoutUsers, handlers: {}, messages: german });
    expect(reply.body).toBe(`success:0\nerror:Kennwort falsch\n${noSession}`);
    expect(reply.outcome.result).toEqual({ code: 'invalid-credentials' });
    const refusal = await serve({ ports, handlers: {}, messages: german }, { camcops_version: '1.14' });
    expect(refusal.body).toContain('error:Tablet CamCOPS version too old: is 1.14.0, need 2.0.0\n');
  });

  it.each([
    ['a\r\nsuccess:1', 'a\\r\\nsuccess:1'],
    ['back\\slash', 'back\\\\slash'],
    ['\\n', '\\\\n'],
    ['', ''],
  ])('which forge no line: %j', async (words, told) => {
    expect((await saying(() => words, left(refused('No')))).body).toBe(`success:0\nerror:${told}\n${session}`);
  });

  it.each([
    ['undefined', () => undefined, 'messages must return a string, returned undefined'],
    ['a number', () => 7, 'messages must return a string, returned a number'],
    ['a promise', () => Promise.reject(down), 'messages must return a string, returned a Promise'],
    ['what throws', thrower, undefined],
  ])('but %s is a defect, which keeps session and sign-in', async (_, messages, words) => {
    const reply = await saying(messages, left(refused('No')));
    expect(reply).toMatchObject({ ...serverError(session), outcome: { signIn: 'password', username: 'alice' } });
    const cause = words === undefined ? down : new TypeError(words);
    expect(reply.outcome.result).toEqual({ code: 'defect', where: 'messages', cause });
  });

  it('have nothing to say to what is no tablet', async () => {
    const handle = handleTabletRequest({ ports, handlers: {}, messages: () => 'Nein' });
    expect((await handle({ method: 'POST', fields: {} })()).body).toBe('Not a valid CamCOPS API request\n');
    expect((await handle({ method: 'GET', fields: fieldsOf() })()).body).toBe('Must use POST method\n');
  });
});

describe('any form whatever', () => {
  const handle = handleTabletRequest(answering(right(undefined)));

  it.each([
    ['no fields', { method: 'POST' }],
    ['pairs that are none', { method: 'POST', fields: [null, 'camcops_version', 7, []] }],
    ['an iterator that throws', { method: 'POST', fields: { [Symbol.iterator]: thrower } }],
    ['a getter that throws', Object.defineProperty({ method: 'POST' }, 'fields', { get: thrower })],
  ])('%s is no tablet', async (_, form) => {
    const noTablet = { status: 400, body: 'Not a valid CamCOPS API request\n' };
    expect(await handle(untyped(form))()).toMatchObject(noTablet);
  });

  it.each([
    ['undefined', undefined],
    ['a text', 'camcops_version=2.4.24'],
    ['a proxy that throws', new Proxy({}, { get: thrower, has: thrower })],
  ])('%s is no POST', async (_, form) => {
    expect(await handle(untyped(form))()).toMatchObject({ status: 405, body: 'Must use POST method\n' });
  });

  it('a pair without a value has sent its field', async () => {
    const reply = await handle(untyped({ method: 'POST', fields: [['camcops_version']] }))();
    expect(reply.outcome.result).toMatchObject({ code: 'invalid-field', field: 'camcops_version' });
  });
});
