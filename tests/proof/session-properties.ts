/** Properties of sessions and of admissions. */
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { none, some, toNullable } from 'fp-ts/lib/Option.js';
import assert from 'node:assert/strict';

import {
  admit,
  defaultVersionPolicy,
  handleTabletRequest,
  openTabletSession,
  parseTabletRequest,
  tabletSession,
  versionPolicy,
  type TabletRequest,
  type TabletSession,
  type User,
} from 'camcops-tablet-session';
import { device } from '../support/fixtures.js';
import { rightOf } from '../support/decoded.js';
import { anyUser, operation, textFields, type TextFields } from './arbitraries.js';
import { holds, type NamedProperty } from './named-property.js';
import { portsOf, serverOf } from './subjects.js';

const parse = (fields: TextFields) => parseTabletRequest(defaultVersionPolicy)({ method: 'POST', fields });
const lawful = { camcops_version: '2.4.24', device: 'tablet-1', user: 'alice', password: 'pw' };
const requestTo = (name: string): TabletRequest => rightOf(parse(Object.entries({ ...lawful, operation: name })));

// Admission

const found = fc.record({
  user: fc.option(anyUser, { freq: 5 }),
  registered: fc.boolean(),
  name: fc.oneof(operation, fc.constantFrom('nonsense', 'constructor', '__proto__')),
});

const may = (user: User, flag: 'mayUpload' | 'mayRegisterDevices'): boolean => {
  const group = toNullable(user.uploadGroupId);
  return group !== null && (user.superuser || user.memberships.some((each) => each.groupId === group && each[flag]));
};

const admissionProves = holds('an admission is proof', found, ({ user, registered, name }) => {
  const known = { device: registered ? some(device) : none, user: user === null ? none : some(user), session: none };
  const session = tabletSession(requestTo(name))(known);
  const admission = admit(session);
  if (isLeft(admission)) return;
  const { right: admitted } = admission;
  assert.equal(admitted.operation, name);
  assert.equal(admitted.session, session);
  assert.equal(admitted.privilege === 'anyone', ['check_device_registered', 'register_patient'].includes(name));
  if (admitted.privilege === 'anyone') return;
  assert.ok(user !== null && admitted.user === user);
  if (admitted.privilege === 'registration') assert.ok(may(user, 'mayRegisterDevices'));
  else assert.ok(may(user, 'mayUpload') && registered && admitted.device === device);
});

// No hidden state, nothing changed

const inClear = (session: TabletSession): object => ({
  ...session,
  sessionToken: toNullable(session.sessionToken)?.reveal(),
});

/** The reply to a form, and its session opened twice. */
const allOf = async (fields: TextFields): Promise<readonly object[]> => {
  const reply = await handleTabletRequest(serverOf())({ method: 'POST', fields })();
  const request = parse(fields);
  if (isLeft(request)) return [reply, request, request];
  const open = openTabletSession(portsOf())(request.right);
  return [reply, ...(await Promise.all([open(), open()])).map((session) => inClear(rightOf(session)))];
};

const openedTwice = holds(
  'opening twice gives equal values, whatever was opened between',
  fc.tuple(textFields, textFields),
  async ([fields, others]) => {
    const before = await allOf(fields);
    await allOf(others);
    assert.deepEqual(await allOf(fields), before);
    assert.deepEqual(before[1], before[2]);
  },
);

const deepFrozen = <A>(value: A): A => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Reflect.ownKeys(value)) deepFrozen(Reflect.get(value, key));
  }
  return value;
};

const frozen = holds(
  'frozen inputs work, and none is changed',
  fc.tuple(textFields, anyUser, fc.boolean()),
  async ([fields, user, asObject]) => {
    const inputs = () => ({
      server: {
        ...serverOf({ user }),
        versions: rightOf(versionPolicy(deepFrozen({ supported: '>=1.5.0 <3.0.0 || >=4.0.0', deprecated: '<2.0.0' }))),
      },
      form: {
        method: 'POST',
        fields: asObject ? Object.fromEntries(fields) : fields.map(([name, value]) => [name, value] as const),
      },
    });
    const [thawed, cold] = [inputs(), deepFrozen(inputs())];
    const copy = structuredClone(thawed.form);
    const expected = await handleTabletRequest(thawed.server)(thawed.form)();
    assert.deepEqual(thawed.form, copy);
    assert.deepEqual(await handleTabletRequest(cold.server)(cold.form)(), expected);
    const request = parseTabletRequest(cold.server.versions)(cold.form);
    if (isLeft(request)) return;
    const session = deepFrozen(rightOf(await openTabletSession(cold.server.ports)(deepFrozen(request.right))()));
    assert.deepEqual(admit(session), admit({ ...session }));
  },
);

export const sessionProperties: readonly NamedProperty[] = [admissionProves, openedTwice, frozen];
