/** No secret that was sent, or that the server gives, is told or printed where it does not belong. */
import fc from 'fast-check';
import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';

import {
  admit,
  ClientVersion,
  defaultVersionPolicy,
  DeviceName,
  handleTabletRequest,
  openTabletSession,
  OperationName,
  parseTabletRequest,
  secret,
  TabletRequestFromForm,
  Username,
  type Ports,
  type TabletServer,
} from 'camcops-tablet-session';
import { untyped } from '../support/untyped.js';
import { ownFields, textFields } from './arbitraries.js';
import { holds, type NamedProperty } from './named-property.js';
import { handlersOf, portsOf } from './subjects.js';

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

/** Ports that do all that ports do, when they are asked with a secret. */
const portsBy: readonly ((given: string) => Ports<unknown>)[] = [
  () => portsOf(),
  () => portsOf({ resumes: false }),
  () => portsOf({ resumes: false, signsIn: false }),
  () => portsOf({ resumes: false, registered: false }),
  () => ({ ...portsOf(), devices: { findDeviceByName: () => () => Promise.resolve(left('down')) } }),
  () => ({ ...portsOf(), users: { authenticate: () => () => Promise.resolve(left('down')) } }),
  (given) => ({ ...portsOf(), users: { authenticate: () => () => Promise.resolve(untyped(right(given))) } }),
  (given) => ({ ...portsOf({ resumes: false }), users: { authenticate: () => untyped(given) } }),
  (given) => {
    const sessions = { ...portsOf().sessions, findSession: () => () => Promise.resolve(untyped(right({ given }))) };
    return { ...portsOf(), sessions };
  },
  (given) => {
    const startSession = () => () => Promise.resolve(right(untyped({ id: 900, token: given })));
    return { ...portsOf(), sessions: { ...portsOf({ resumes: false }).sessions, startSession } };
  },
];

const given = fc.record({
  fields: textFields,
  password: distinctive,
  token: distinctive,
  started: distinctive,
  misplace: fc.option(fc.constantFrom(...misplacements), { freq: 2 }),
  portsOf: fc.constantFrom(...portsBy),
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

  const server: TabletServer<unknown> = { ports: sent.portsOf(password), handlers: handlersOf() };
  const { body, ...reply } = await handleTabletRequest(server)(form)();
  // A tablet is told the token that it sent itself, if its session was resumed.
  const resumed = pairs.some((pair) => {
    const [name, value] = isPair(pair) ? pair : [];
    return name === 'session_token' && body.endsWith(`\nsession_token:${String(value).replaceAll('\n', '\\n')}\n`);
  });
  tell(resumed ? body.slice(0, body.indexOf('\nsession_token:')) : body, secrets, 'the reply');
  tell(printed(reply), secrets, 'the outcome');

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

const newTokensAreKept = holds(
  'a new token is told to its tablet, and printed nowhere',
  fc.tuple(distinctive, distinctive),
  async ([password, started]) => {
    const ports = portsOf({ resumes: false, started: { id: 900, token: secret(started) } });
    const fields = { camcops_version: '2.4.24', operation: 'register', user: 'alice', password };
    const { body, ...reply } = await handleTabletRequest({ ports, handlers: handlersOf() })({
      method: 'POST',
      fields,
    })();
    assert.ok(body.endsWith(`session_token:${started.replaceAll('\n', '\\n')}\n`));
    tell(printed(reply), [password, started], 'the outcome');
    const request = parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields });
    assert.ok(isRight(request));
    const session = await openTabletSession(ports)(request.right)();
    assert.ok(isRight(session));
    tell(printedOf(session) + printedOf(admit(session.right)), [password, started], 'the session');
  },
);

export const secretProperties: readonly NamedProperty[] = [secretsAreKept, newTokensAreKept];
