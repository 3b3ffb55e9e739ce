/** Properties of forms and of replies. */
import fc from 'fast-check';
import { isLeft, isRight, left, type Either } from 'fp-ts/lib/Either.js';
import { toNullable, type Option } from 'fp-ts/lib/Option.js';
import assert from 'node:assert/strict';

import {
  ClientVersion,
  defaultVersionPolicy,
  DeviceName,
  duplicateColumn,
  duplicateField,
  handleTabletRequest,
  invalidColumn,
  invalidField,
  invalidTable,
  missingField,
  notInteger,
  openTabletSession,
  OperationName,
  parseClientVersion,
  parseTabletRequest,
  refused,
  reservedColumn,
  secret,
  TabletRequestFromForm,
  unsupportedOperation,
  userErrorMessage,
  Username,
  versionPolicy,
  type Fields,
  type Secret,
  type TabletRequest,
  type TabletServer,
  type UserError,
} from 'camcops-tablet-session';
import { rightOf } from '../support/decoded.js';
import { untyped } from '../support/untyped.js';
import { anyForm, anyText, anyValue, ownFields, textFields, type TextFields } from './arbitraries.js';
import { holds, type NamedProperty } from './named-property.js';
import { assertReadable, handlersOf, portsOf, serverOf, toldBy } from './subjects.js';

const post = <F>(fields: F): { readonly method: string; readonly fields: F } => ({ method: 'POST', fields });

const revealed = (value: Option<Secret>): string | null => toNullable(value)?.reveal() ?? null;

/** A request with its secrets in clear, so that two can be compared. */
const inClear = (request: TabletRequest): object => ({
  ...request,
  password: revealed(request.password),
  sessionToken: revealed(request.sessionToken),
});

/** What parsing comes to, comparable. */
const parsed = (form: unknown, policy = defaultVersionPolicy): object => {
  const request = parseTabletRequest(policy)(untyped(form));
  return isLeft(request) ? request.left : inClear(request.right);
};

// Any form whatever

const anyReply = holds('any form whatever gets a reply that a tablet can read', anyForm, async (form) => {
  const { outcome, ...reply } = await handleTabletRequest(serverOf())(untyped(form()))();
  assertReadable(reply);
  assert.notEqual(outcome.result.code, 'fault');
  assert.equal(reply.status === 405, outcome.result.code === 'not-post');
});

const noThrow = holds('no step throws, whatever it is given', fc.tuple(anyForm, anyValue), async ([makeForm, make]) => {
  const [form, value] = [makeForm(), make()];
  const request = parseTabletRequest(defaultVersionPolicy)(untyped(form));
  if (isRight(request)) assert.ok(isRight(await openTabletSession(portsOf())(request.right)()));
  assert.ok(isRight(TabletRequestFromForm.decode(form)) || isLeft(request));
  for (const codec of [OperationName, DeviceName, Username, ClientVersion]) {
    const decoded: Either<unknown, unknown> = codec.decode(value);
    assert.ok(!codec.is(value) || isRight(decoded));
  }
  assert.ok(!TabletRequestFromForm.is(value));
  assert.equal(isRight(parseClientVersion(value)), isRight(ClientVersion.decode(value)));
});

// No value forges a line

const key = fc.oneof(
  { weight: 12, arbitrary: fc.string({ unit: fc.constantFrom('a', 'bZ', '9', '_'), minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom('success', 'session_id', 'session_token', 'a\nb', 'a:b', '', '__proto__') },
  { weight: 1, arbitrary: anyText },
);
const isLawfulKey = (name: string): boolean =>
  /^[A-Za-z0-9_]+$/.test(name) && !['success', 'session_id', 'session_token'].includes(name);

/** CR and LF as the two characters that stand for them. */
const onOneLine = (text: string): string => text.split('\r').join('\\r').split('\n').join('\\n');
/** The text that an `error` stands for. */
const unescaped = (text: string): string =>
  text.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character === 'r' ? '\r' : character));

const anyToken = anyText.filter((text) => text !== '');

const forged = fc.record({
  answer: fc.oneof(fc.constant(undefined), anyText, fc.dictionary(key, anyText, { maxKeys: 5 })),
  id: fc.integer({ min: 1 }),
  token: anyToken,
});
const startedForm = post({
  camcops_version: '2.4.24',
  operation: 'register',
  device: 'tablet-1',
  user: 'alice',
  password: 'pw',
});
const sessionLines = (id: number, token: string): readonly (readonly [string, string])[] => [
  ['session_id', String(id)],
  ['session_token', onOneLine(token)],
];

const answersAreWhole = holds('no answer and no token forges a line', forged, async ({ answer, id, token }) => {
  const ports = portsOf({ resumes: false, started: { id, token: secret(token) } });
  const { status, body } = await handleTabletRequest({ ports, handlers: handlersOf(answer) })(startedForm)();
  assertReadable({ status, body });
  const lines = typeof answer === 'object' ? Object.entries(answer) : [['result', answer ?? 'register'] as const];
  const isLawful = lines.every(([name]) => isLawfulKey(name));
  const told = isLawful
    ? [...lines.map(([name, value]) => [name, onOneLine(value)]), ['success', '1']]
    : [
        ['success', '0'],
        ['error', 'Server error'],
      ];
  assert.deepEqual([status, toldBy(body)], [isLawful ? 200 : 503, [...told, ...sessionLines(id, token)]]);
});

const anyRefusal: fc.Arbitrary<UserError> = fc
  .tuple(fc.nat(9), anyText, anyText)
  .map(
    ([which, a, b]) =>
      [
        refused(a),
        missingField(a),
        duplicateField(a),
        invalidField(a, b),
        unsupportedOperation(a),
        invalidTable(a),
        invalidColumn(a, b),
        reservedColumn(a, b),
        duplicateColumn(a, b),
        notInteger(a, b),
      ][which] ?? refused(a),
  );

const refusalsAreWhole = holds(
  'no refusal forges a line, and its words can be got back',
  fc.tuple(anyRefusal, anyToken, fc.option(anyText)),
  async ([refusal, token, message]) => {
    const server: TabletServer<never> = {
      ports: portsOf({ resumes: false, started: { id: 900, token: secret(token) } }),
      handlers: { register: () => () => Promise.resolve(left(refusal)) },
      ...(message !== null && { messages: () => message }),
    };
    const { status, body, outcome } = await handleTabletRequest(server)(startedForm)();
    assertReadable({ status, body });
    const [success, error, ...session] = toldBy(body);
    assert.deepEqual([status, success, session], [200, ['success', '0'], sessionLines(900, token)]);
    assert.equal(unescaped(error?.[1] ?? ''), message ?? userErrorMessage(refusal));
    assert.deepEqual(outcome.result, refusal);
  },
);

// One reading of a form, whichever way it is read

const everyVersion = rightOf(versionPolicy({ supported: '*' }));

const encodedAndDecoded = holds(
  'the codec reads as the parser does, and an encoded request decodes to itself',
  textFields,
  (fields) => {
    const request = TabletRequestFromForm.decode(post(fields));
    const read = parsed(post(fields), everyVersion);
    if (isLeft(request)) {
      assert.ok('code' in read);
      return;
    }
    assert.deepEqual(inClear(request.right), read);
    assert.ok(TabletRequestFromForm.is(request.right));
    const again = TabletRequestFromForm.decode(TabletRequestFromForm.encode(request.right));
    assert.deepEqual(inClear(rightOf(again)), inClear(request.right));
  },
);

const asFormData = (fields: TextFields): FormData => {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
};
/** URLSearchParams and FormData hold no lone surrogates. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
const sayable = textFields.map((fields) => fields.map(([name, value]) => [name, wellFormed(value)] as const));

const containersAgree = holds('a form is the same in every container', sayable, (fields) => {
  const expected = parsed(post(fields));
  const object = Object.fromEntries(fields);
  const containers: readonly Fields[] = [
    new URLSearchParams(Object.fromEntries(fields)),
    asFormData(fields),
    new Map(fields),
    new Set(fields),
    object,
    Object.assign(untyped(Object.create(null)), object),
  ];
  for (const container of containers) assert.deepEqual(parsed(post(container)), expected);
});

// What is not its own

/** A pair whose value must not be looked at. */
const untouchable = (name: unknown): unknown =>
  Object.defineProperty([name], 1, {
    get: () => {
      throw new Error('a field of the handler was looked at');
    },
  });
const otherName: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>('table', 'Operation', 'user ', 'device[]', 'camcops_version\0', '', '__proto__', 7, null),
  fc.constantFrom(
    'username',
    'deviceName',
    'device_id',
    'token',
    'sessionid',
    'version',
    'SESSION_TOKEN',
    'cmd',
    'pwd',
  ),
  anyText.filter((text) => !ownFields.includes(text)),
);
const otherPair = otherName.map(untouchable);
const amongOthers = fc.tuple(textFields, fc.array(fc.tuple(fc.nat(7), otherPair), { minLength: 1, maxLength: 4 }));

const othersDoNotCount = holds('a session depends on no field but its own', amongOthers, async ([fields, others]) => {
  const pairs: unknown[] = [...fields];
  for (const [at, other] of others) pairs.splice(at, 0, other);
  assert.deepEqual(parsed(post(pairs)), parsed(post(fields)));
  const object = Object.defineProperty(Object.fromEntries(fields), 'table', {
    enumerable: true,
    get: () => {
      throw new Error('a field of the handler was looked at');
    },
  });
  assert.deepEqual(parsed(post(object)), parsed(post(fields)));
  const handle = handleTabletRequest(serverOf());
  assert.deepEqual(await handle(untyped(post(pairs)))(), await handle(post(fields))());
});

export const formProperties: readonly NamedProperty[] = [
  anyReply,
  noThrow,
  answersAreWhole,
  refusalsAreWhole,
  encodedAndDecoded,
  containersAgree,
  othersDoNotCount,
];
