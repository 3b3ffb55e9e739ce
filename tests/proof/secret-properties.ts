/** No secret that was sent, or that the server gives, is told or printed where it does not belong. */
import fc from 'fast-check';
import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { none } from 'fp-ts/lib/Option.js';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';

import {
  admit,
  ClientVersion,
  defaultVersionPolicy,
  DeviceName,
  fault,
  handleTabletRequest,
  missingField,
  openTabletSession,
  OperationName,
  parseTabletRequest,
  refused,
  secret,
  TabletRequestFromForm,
  Username,
  type Answer,
  type Fault,
  type Ports,
  type TabletServer,
  type UserError,
} from 'camcops-tablet-session';
import { untyped } from '../support/untyped.js';
import { fullUser, ownFields, textFields } from './arbitraries.js';
import { holds, type NamedProperty } from './named-property.js';
import { handlersBy, portsOf } from './subjects.js';

/** Long enough not to be met by chance, and with a character that is in no name, version or number. */
const distinctive = fc
  .tuple(
    fc.string({
      unit: fc.constantFrom(...'abcdefghijkmnopqrstuvwxyz23456789'.split('')),
      minLength: 20,
      maxLength: 24,
    }),
    fc.constantFrom('!', ' ', '"', '\\', '\n', '%', 'é', '💊', "'", '/', ':'),
    fc.nat(20),
  )
  .map(([text, odd, at]) => text.slice(0, at) + odd + text.slice(at));

/** A text, and what else would give it away. */
const tracesOf = (text: string): readonly string[] => {
  const bytes = Buffer.from(text);
  const encodings = (['base64', 'base64url', 'hex'] as const).map((encoding) => bytes.toString(encoding));
  const percent = encodeURIComponent(text);
  return [
    ...[
      text,
      Array.from(text).reverse().join(''),
      text.toUpperCase(),
      JSON.stringify(text).slice(1, -1),
      inspect(text).slice(1, -1),
    ],
    ...[text.replaceAll('\n', '\\n'), text.replaceAll('\n', '\\n').replaceAll('\\', '\\\\'), percent],
    ...[percent.replaceAll('%20', '+'), encodings[0]?.replaceAll('=', '') ?? '', ...encodings],
  ];
};

/** All that a host might log of a value. */
const printed = (value: unknown): string => {
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return [
    ...[JSON.stringify(value), String(value), String(parts), parts.join()],
    format('%s %o %O %j %d', value, value, value, value, value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true, showProxy: true, maxArrayLength: Infinity }),
    inspect(value, { depth: 0 }),
    inspect(value, { depth: Infinity, customInspect: false, showHidden: true }),
  ].join('\n');
};

const tell = (text: string, secrets: readonly string[], what: string): void => {
  for (const each of secrets) {
    for (const trace of tracesOf(each)) assert.ok(!text.includes(trace), `${what} tells ${JSON.stringify(trace)}`);
  }
};

const isPair = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Where secrets are sent that have no business there. */
const misplacements: readonly ((given: string) => readonly unknown[])[] = [
  ...ownFields.map((name) => (given: string) => [[name, given]]),
  ...ownFields.map((name) => (given: string) => [[name, [given]]]),
  ...ownFields.map((name) => (given: string) => [[name, { given, toString: () => given }]]),
  (given) => [[given, 'x']],
  (given) => [['note', given], given, [given]],
  (given) => [
    ['password', given],
    ['password', given],
  ],
  (given) => [['camcops_version', `2.4.24-${given}`]],
];

type Sound = Required<Ports<never>>;

/** Ways of ports to do all that ports do, when they are asked with a secret. */
const waysOfPorts: readonly ((sound: Sound, given: string) => Ports<unknown>)[] = [
  (sound) => sound,
  (sound) => sound,
  (sound) => ({ ...sound, users: { authenticate: () => () => Promise.resolve(right(none)) } }),
  (sound) => ({ ...sound, devices: { findDeviceByName: () => () => Promise.resolve(left('down')) } }),
  (sound) => ({ ...sound, users: { authenticate: () => () => Promise.resolve(left('down')) } }),
  (sound, given) => ({ ...sound, users: { authenticate: () => () => Promise.resolve(untyped(right(given))) } }),
  (sound, given) => ({ ...sound, users: { authenticate: () => untyped(given) } }),
  (sound, given) => {
    const findSession = () => () => Promise.resolve(untyped(right({ given })));
    return { ...sound, sessions: { ...sound.sessions, findSession } };
  },
  (sound, given) => {
    const startSession = () => () => Promise.resolve(right(untyped({ id: 900, token: given })));
    return { ...sound, sessions: { ...sound.sessions, startSession } };
  },
];

/** What a handler may say, none of which is a secret. */
const answers: readonly Either<UserError | Fault<string>, Answer>[] = [
  right(undefined),
  right('welcome'),
  right({ a: 'b' }),
  left(refused('in my own words')),
  left(missingField('table')),
  left(fault('the handler broke')),
];

const given = fc.record({
  fields: textFields,
  password: distinctive,
  token: distinctive,
  started: distinctive,
  misplace: fc.option(fc.constantFrom(...misplacements), { freq: 2 }),
  known: fc.record({
    user: fc.constantFrom(fullUser, { ...fullUser, superuser: false }),
    registered: fc.boolean(),
    resumes: fc.boolean(),
  }),
  ports: fc.constantFrom(...waysOfPorts),
  answer: fc.constantFrom(...answers),
  method: fc.oneof({ weight: 9, arbitrary: fc.constant('POST') }, { weight: 1, arbitrary: distinctive }),
  id: fc.constantFrom('501', '501', '', 'x'),
});

const printedOf = (result: Either<unknown, unknown>): string =>
  printed(result) + printed(isRight(result) ? result.right : result.left);

const secretsAreKept = holds('no secret is told or printed', given, async (sent) => {
  const { password, token } = sent;
  const own = [
    ['password', password],
    ['session_id', sent.id],
    ['session_token', token],
  ] as const;
  const misplaced = sent.misplace?.(password) ?? [];
  const replaced = new Set(misplaced.map((pair) => (isPair(pair) ? pair[0] : undefined)));
  const fields = [...sent.fields, ...own].filter(([name]) => !replaced.has(name));
  const pairs = [...new Map(fields), ...misplaced];
  const form = untyped({ method: sent.method, fields: pairs });
  const secrets = [password, token, sent.started, ...(sent.method === 'POST' ? [] : [sent.method])];
  const sound = portsOf({ ...sent.known, started: { id: 900, token: secret(sent.started) } });

  const server: TabletServer<unknown> = {
    ports: sent.ports(sound, password),
    handlers: untyped(handlersBy(() => Promise.resolve(sent.answer))),
  };
  const { body, ...reply } = await handleTabletRequest(server)(form)();
  tell(printed(reply), secrets, 'the outcome');

  // A tablet is told one token: its own if its session was resumed, which is alice's; else a new one.
  const valueOf = new Map(pairs.map((pair) => (isPair(pair) ? [pair[0], pair[1]] : [pair, pair])));
  const isResumed = sent.known.resumes && valueOf.get('session_id') === '501' && valueOf.get('user') === 'alice';
  const lawful = String(isResumed ? valueOf.get('session_token') : sent.started).replaceAll('\n', '\\n');
  const [before = '', told = '\n'] = body.split('\nsession_token:');
  tell(before, secrets, 'the reply');
  assert.ok(told === '\n' || told === `${lawful}\n`, 'another token than its own is told');

  const decoded = TabletRequestFromForm.decode(form);
  tell(printedOf(decoded) + PathReporter.report(decoded).join(), secrets, 'the codec');
  for (const codec of [OperationName, DeviceName, Username, ClientVersion]) {
    const name = codec.decode(password);
    assert.ok(isLeft(name));
    tell(printedOf(name) + PathReporter.report(untyped(name)).join(), secrets, codec.name);
  }
  const request = parseTabletRequest(defaultVersionPolicy)(form);
  tell(printedOf(request), secrets, 'the request');
  if (isLeft(request)) return;
  const session = await openTabletSession(server.ports)(request.right)();
  tell(printedOf(session), secrets, 'the session');
  if (isRight(session)) tell(printedOf(admit(session.right)), secrets, 'the admission');
});

export const secretProperties: readonly NamedProperty[] = [secretsAreKept];
