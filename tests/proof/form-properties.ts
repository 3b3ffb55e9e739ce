/** Any form gets a reply, and a form is read in one way whatever holds it. */
import fc from 'fast-check';
import { isLeft, isRight, type Either } from 'fp-ts/lib/Either.js';
import { toNullable, type Option } from 'fp-ts/lib/Option.js';
import assert from 'node:assert/strict';

import {
  ClientVersion,
  defaultVersionPolicy,
  DeviceName,
  handleTabletRequest,
  openTabletSession,
  OperationName,
  parseClientVersion,
  parseTabletRequest,
  TabletRequestFromForm,
  Username,
  versionPolicy,
  type Fields,
  type Secret,
  type TabletRequest,
} from 'camcops-tablet-session';
import { rightOf } from '../support/decoded.js';
import { untyped } from '../support/untyped.js';
import { anyForm, anyText, anyValue, ownFields, textFields } from './arbitraries.js';
import { otherNames } from './generated-requests.js';
import { holds, type NamedProperty } from './named-property.js';
import { assertReadable, portsOf, serverOf } from './subjects.js';

const post = (fields: Fields) => ({ method: 'POST', fields });

const revealed = (value: Option<Secret>): string | null => toNullable(value)?.reveal() ?? null;

/** A request with its secrets in clear, so that two can be compared. */
const inClear = (request: TabletRequest): object => ({
  ...request,
  password: revealed(request.password),
  sessionToken: revealed(request.sessionToken),
});

const everyVersion = rightOf(versionPolicy({ supported: '*' }));

/** What parsing comes to, comparable. */
const parsed = (fields: Fields): object => {
  const request = parseTabletRequest(everyVersion)(post(fields));
  return isLeft(request) ? request.left : inClear(request.right);
};

const anyReply = holds(
  'any form whatever gets a reply that a tablet can read, and no step throws',
  fc.tuple(anyForm, anyValue),
  async ([makeForm, make]) => {
    const { outcome, ...reply } = await handleTabletRequest(serverOf())(untyped(makeForm()))();
    assertReadable(reply);
    assert.notEqual(outcome.result.code, 'fault');
    assert.equal(reply.status === 405, outcome.result.code === 'not-post');

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
  },
);

/** A getter of a field that is the handler's. */
const untouchable = {
  enumerable: true,
  get: () => {
    throw new Error('a field of the handler was looked at');
  },
};
const otherName = fc.oneof(
  fc.constantFrom(...otherNames),
  anyText.filter((text) => !ownFields.includes(text)),
);
const among = fc.tuple(textFields, fc.array(fc.tuple(fc.nat(7), otherName), { maxLength: 4 }));

const readAlike = holds(
  'a form is the same in every container, whatever else is in it, and to the codec',
  among,
  ([fields, others]) => {
    const expected = parsed(fields);
    const object = Object.fromEntries(fields);
    const data = new FormData();
    for (const [name, value] of fields) data.append(name, value);
    const pairs: unknown[] = [...fields];
    for (const [at, name] of others) pairs.splice(at, 0, Object.defineProperty([name], 1, untouchable));
    const containers: readonly Fields[] = [
      ...[new URLSearchParams(object), data, new Map(fields), new Set(fields), object],
      ...[Object.assign(untyped(Object.create(null)), object), untyped(pairs)],
      untyped(Object.defineProperty({ ...object }, 'table', untouchable)),
    ];
    for (const container of containers) assert.deepEqual(parsed(container), expected);

    const request = TabletRequestFromForm.decode(post(fields));
    assert.equal(isLeft(request), 'code' in expected);
    if (isLeft(request)) return;
    assert.deepEqual(inClear(request.right), expected);
    assert.ok(TabletRequestFromForm.is(request.right));
    const again = TabletRequestFromForm.decode(TabletRequestFromForm.encode(request.right));
    assert.deepEqual(inClear(rightOf(again)), expected);
  },
);

export const formProperties: readonly NamedProperty[] = [anyReply, readAlike];
