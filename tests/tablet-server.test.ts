/** What a server lacks, at the start and in each reply. */
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  defaultVersionPolicy,
  handleTabletRequest,
  serverProblem,
  userErrorMessage,
  versionPolicy,
} from '../src/index.js';
import { markHandlers } from '../src/tablet-server.js';
import { broken, giving, good, rejected, watchUnhandled } from './support/broken-hosts.js';
import { post } from './support/fixtures.js';
import { untyped } from './support/untyped.js';

const resultOf = async (server: unknown) =>
  (await handleTabletRequest<unknown>(untyped(server))(post())()).outcome.result;

watchUnhandled();

describe('a server that cannot work says so at the start, and in every reply', () => {
  const thrown = new Error('not yet');
  const thrower = (): never => {
    throw thrown;
  };
  const withPorts = (difference: object) => () => broken({ ports: { ...good, ...difference } });
  const noPolicy = 'versions must be the right of versionPolicy(config), was';
  const lacking = ['devices.findDeviceByName', 'users.authenticate', 'sessions.findSession', 'sessions.startSession'];
  const cases: readonly (readonly [mistake: string, server: () => unknown, words: string])[] = [
    ['null', () => null, 'the server must be an object, was null'],
    ['a promise', rejected, 'the server must be an object, was a Promise'],
    ['no ports', () => broken({ ports: undefined }), 'ports must be an object, was undefined'],
    ['a promise of ports', () => broken({ ports: rejected() }), 'ports must be an object, was a Promise'],
    ['no users', withPorts({ users: undefined }), 'ports.users must be an object, was undefined'],
    ['sessions of null', withPorts({ sessions: null }), 'ports.sessions must be an object, was null'],
    ['devices of a text', withPorts({ devices: 'db' }), 'ports.devices must be an object, was a string'],
    ...lacking.map((path) => {
      const [port = '', name = ''] = path.split('.');
      const without = withPorts({ [port]: { ...good[port], [name]: undefined } });
      return [`no ${path}`, without, `ports.${path} must be a function, was undefined`] as const;
    }),
    ['no handlers', () => broken({ handlers: undefined }), 'handlers must be an object, was undefined'],
    [
      'a handler that was called',
      () => broken({ handlers: { register: rejected() } }),
      'handlers.register must be a function, was a Promise',
    ],
    [
      'a policy that is an Either',
      () => broken({ versions: versionPolicy({ supported: '*' }) }),
      `${noPolicy} an Either`,
    ],
    ['a policy that is a range', () => broken({ versions: '>=2.0.0' }), `${noPolicy} a string`],
    ['a policy of null', () => broken({ versions: null }), `${noPolicy} null`],
    ['messages that are no function', () => broken({ messages: {} }), 'messages must be a function, was an object'],
  ];
  it.each(cases)('%s', async (_, server, words) => {
    const defect = { code: 'defect', where: 'handleTabletRequest', cause: new TypeError(words) };
    expect(serverProblem(server())).toEqual(some(words));
    expect(await resultOf(server())).toEqual(defect);
    const reply = await handleTabletRequest<unknown>(untyped(server()))(untyped(undefined))();
    expect(reply).toMatchObject({ status: 503, outcome: { deprecatedClient: false, signIn: 'none', result: defect } });
  });

  it('what cannot even be looked at, with what it threw', async () => {
    const words = 'the server must be readable: reading threw';
    const cause = new TypeError(words, { cause: thrown });
    const handlers = Object.defineProperty({ upload_table: giving('x') }, 'register', { get: thrower });
    for (const server of [Object.defineProperty({ handlers: {} }, 'ports', { get: thrower }), broken({ handlers })]) {
      expect(serverProblem(server)).toEqual(some(words));
      expect(await resultOf(server)).toEqual({ code: 'defect', where: 'handleTabletRequest', cause });
    }
  });

  it('a host that lacks something, though a handler is spread in beside those derived from it', async () => {
    let calls = 0;
    const mine = () => {
      calls += 1;
      return () => Promise.resolve(right(undefined));
    };
    const marked = markHandlers({ field: 'host.uploads', rule: 'must be an object, was undefined' })({
      register: mine,
    });
    const handlers = { ...marked, upload_table: mine };
    const words = 'host.uploads must be an object, was undefined';
    expect(serverProblem(broken({ handlers }))).toEqual(some(words));
    const defect = { code: 'defect', where: 'handleTabletRequest', cause: new TypeError(words) };
    expect([await resultOf(broken({ handlers })), calls]).toEqual([defect, 0]);
    expect(JSON.stringify(handlers)).toBe('{}');
    // What the server itself lacks is told first.
    expect(serverProblem({ handlers })).toEqual(some('ports must be an object, was undefined'));
  });

  it('and of one that can work nothing is said', () => {
    const all = { versions: defaultVersionPolicy, messages: userErrorMessage };
    expect(serverProblem(broken({}))).toEqual(none);
    expect(serverProblem(broken(all))).toEqual(none);
    const { sessions: _, ...sessionless } = good;
    expect(serverProblem(broken({ ports: sessionless, handlers: { upload_table: giving('x') } }))).toEqual(none);
  });
});
