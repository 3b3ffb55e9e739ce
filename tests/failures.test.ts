/** The mistakes that hosts make: what the outcome says lets them mend each without opening the source. */
import { left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  defaultVersionPolicy,
  fault,
  handleTabletRequest,
  openTabletSession,
  parseTabletRequest,
  secret,
} from '../src/index.js';
import { broken, giving, good, rejected, watchUnhandled } from './support/broken-hosts.js';
import { rightOf } from './support/decoded.js';
import { alice, device, post } from './support/fixtures.js';
import { untyped } from './support/untyped.js';

/** A promise that nobody awaits must not be made before its test runs. */
const givingNew = (make: () => unknown) => () => () => Promise.resolve(right(make()));
const givingLeft = (failure: unknown) => () => () => Promise.resolve(left(failure));

const stored = { id: 501, token: secret('tok-alice'), user: alice };
const form = post({ session_id: '501', session_token: 'tok-alice' });

const resultOf = async (server: unknown) => {
  const reply = await handleTabletRequest<unknown>(untyped(server))(form)();
  expect(reply.status).toBe(503);
  expect(reply.body).toMatch(/^success:0\nerror:Server error\nsession_id:.*\nsession_token:.*\n$/);
  return reply.outcome.result;
};

const oneArrow = 'returned a Promise: a TaskEither is a function that returns one';
const noTask = 'a TaskEither is a function that returns a Promise';
const noEither = 'it must be an Either (left or right)';
const noOption = ': the answer must be an Option (none or some), was';
const noAnswer = ': the answer must be undefined, a string or a plain object of strings, was';
const noFailure = ': a failure must be a refusal or a fault(cause), was';

type Mistake = readonly [mistake: string, given: unknown, words: string];

/** What every port may do wrong, and what each. */
const ofEveryPort: readonly Mistake[] = [
  ['is async without its second arrow', async () => Promise.resolve(right(none)), ` ${oneArrow}`],
  ['rejects, without its second arrow', rejected, ` ${oneArrow}`],
  ['returns an Either', () => right(none), ` returned an Either: ${noTask}`],
  ['returns nothing', () => undefined, ` returned undefined: ${noTask}`],
  ['answers nothing', () => () => Promise.resolve(undefined), ` answered undefined: ${noEither}`],
  ['answers null', () => () => Promise.resolve(null), ` answered null: ${noEither}`],
  ['answers an Option', () => () => Promise.resolve(some(device)), ` answered an Option: ${noEither}`],
  ['answers a row', () => () => Promise.resolve(device), ` answered an object: ${noEither}`],
];

const aDevice = (difference: object) => giving(some({ ...device, ...difference }));
const aUser = (difference: object) => giving(some({ ...alice, ...difference }));
const aSession = (difference: object) => giving(some({ ...stored, ...difference }));
const noId = ': id must be a number, was';
const noSessionId = ': id must be a whole number above 0, was';
const noUser = ': user must be an object, was';
const noToken = ': token must be a Secret that is not blank, was';
const noObject = ': the answer must be an object, was';
const another = 'must be the one asked for, was another';
const someRights = [alice.memberships[0], { groupId: 2, mayUpload: 'yes' }];

const ofPorts: Readonly<Record<string, readonly [port: string, ...mistakes: Mistake[]]>> = {
  'DeviceStore.findDeviceByName': [
    'devices',
    ['gives a bare row', giving(device), `${noOption} an object`],
    ['gives null', giving(null), `${noOption} null`],
    ['gives rows', giving([device]), `${noOption} an array`],
    ['gives a rejected promise', givingNew(() => some(rejected())), `${noObject} a Promise`],
    ['gives an Option in an Option', giving(some(some(device))), `${noObject} an Option`],
    ['gives some of nothing', giving(some(undefined)), `${noObject} undefined`],
    ['gives an id that is text', aDevice({ id: '11' }), `${noId} a string`],
    ['gives an id of BigInt', aDevice({ id: 11n }), `${noId} a bigint`],
    ['gives no id', aDevice({ id: NaN }), `${noId} a number that is not finite`],
    ['gives no name', aDevice({ name: null }), ': name must be a string, was null'],
    ['gives another device', aDevice({ name: 'Tablet-1' }), `: name ${another}`],
  ],
  'UserAuthenticator.authenticate': [
    'users',
    ['gives a boolean', giving(true), `${noOption} a boolean`],
    ['gives an Either', giving(right(alice)), `${noOption} an Either`],
    ['leaves memberships out', aUser({ memberships: undefined }), ': memberships must be an array, was undefined'],
    [
      'gives a group in clear',
      aUser({ uploadGroupId: 1 }),
      `: uploadGroupId must be an Option (none or some), was a number`,
    ],
    [
      'gives a group that is text',
      aUser({ uploadGroupId: some('1') }),
      ': uploadGroupId must be a number, was a string',
    ],
    ['gives a flag as a number', aUser({ superuser: 0 }), ': superuser must be a boolean, was a number'],
    [
      'gives a right as a text',
      aUser({ memberships: someRights }),
      ': memberships[1].mayUpload must be a boolean, was a string',
    ],
    ['gives null among memberships', aUser({ memberships: [null] }), ': memberships[0] must be an object, was null'],
    ['gives another user', aUser({ username: 'Alice' }), `: username ${another}`],
    [
      'binds a user to no well-formed device',
      aUser({ onlyDevice: 'tablet 1' }),
      ': onlyDevice must be a well-formed device name, was a string',
    ],
    [
      'binds a user to an Option',
      aUser({ onlyDevice: some('tablet-1') }),
      ': onlyDevice must be a well-formed device name, was an Option',
    ],
    [
      'gives a malformed username',
      aUser({ username: 'al ice' }),
      ': username must be a well-formed username, was a string',
    ],
  ],
  'SessionStore.findSession': [
    'sessions',
    ['gives a token in clear', aSession({ token: 'tok-alice' }), `${noToken} a string`],
    ['gives an id that is text', aSession({ id: '501' }), `${noSessionId} a string`],
    ['gives a session of another id', aSession({ id: 502 }), `: id ${another}`],
    ['gives a session of another token', aSession({ token: secret('x') }), `: token ${another}`],
    [
      'names a device in clear',
      aSession({ device: 'tablet-1' }),
      ': device must be an Option (none or some), was a string',
    ],
    [
      'names a malformed device',
      aSession({ device: some('') }),
      ': device must be a well-formed device name, was a string',
    ],
    ['leaves the user out', aSession({ user: undefined }), `${noUser} undefined`],
    ['gives a promise of a user', givingNew(() => some({ ...stored, user: rejected() })), `${noUser} a Promise`],
    [
      "gives a user's memberships as a text",
      aSession({ user: { ...alice, memberships: '' } }),
      ': user.memberships must be an array, was a string',
    ],
  ],
  'SessionStore.startSession': [
    'sessions',
    ['gives an Option', giving(some(stored)), `${noObject} an Option`],
    ['gives null', giving(null), `${noObject} null`],
    ['gives a blank token', giving({ id: 900, token: secret('') }), `${noToken} an object`],
    ['gives id 0', giving({ id: 0, token: secret('x') }), `${noSessionId} a number`],
  ],
};

watchUnhandled();

describe.each(Object.entries(ofPorts))('%s', (where, [port, ...mistakes]) => {
  it.each([...ofEveryPort, ...mistakes])('%s', async (_, given, words) => {
    const method = where.slice(where.indexOf('.') + 1);
    const ports = { ...good, [port]: { ...good[port], [method]: given } };
    const defect = { code: 'defect', where, cause: new TypeError(where + words) };
    const result = await resultOf(broken({ ports }));
    expect(result).toEqual(defect);
    expect('cause' in result && Object.keys(Object.getOwnPropertyDescriptors(result.cause))).not.toContain('cause');
    const request = rightOf(parseTabletRequest(defaultVersionPolicy)(form));
    expect(await openTabletSession(untyped(ports))(request)()).toEqual(left(defect));
  });
});

describe('a handler', () => {
  const where = 'the handler of upload_table';

  it.each<Mistake>([
    ...ofEveryPort,
    ['gives null', giving(null), `${noAnswer} null`],
    ['gives a number', giving(7), `${noAnswer} a number`],
    ['gives an array', giving(['a']), `${noAnswer} an array`],
    ['gives a Map', giving(new Map([['a', 'b']])), `${noAnswer} a Map`],
    ['gives an Option', giving(none), `${noAnswer} an Option`],
    ['gives a right', giving(right('x')), `${noAnswer} an Either`],
    ['gives a left', giving(left('x')), `${noAnswer} an Either`],
    ['gives a Date', giving(new Date(0)), `${noAnswer} an object`],
    ['gives a reserved key', giving({ success: '1' }), ': success is reserved: the package writes it'],
    [
      'gives a reserved key of its session',
      giving({ session_id: '' }),
      ': session_id is reserved: the package writes it',
    ],
    ['gives a number under a key', giving({ rows: 7 }), ': rows must be a string, was a number'],
    ['gives a number as if it were a promise', giving({ then: 7 }), ': then must be a string, was a number'],
    ['gives null under a key', giving({ rows: null }), ': rows must be a string, was null'],
    ['gives a promise under a key', givingNew(() => ({ rows: rejected() })), ': rows must be a string, was a Promise'],
    ['gives a malformed key', giving({ 'a b': '' }), ': a key of the answer must be letters, digits and underscores'],
    ['fails with an Error', givingLeft(new Error('down')), `${noFailure} an Error`],
    ['fails with a text', givingLeft('down'), `${noFailure} a string`],
    ['fails with nothing', givingLeft(undefined), `${noFailure} undefined`],
    ['fails with null', givingLeft(null), `${noFailure} null`],
    ['fails with a code that is none', givingLeft({ code: '23505' }), `${noFailure} an object`],
    ['fails with such a code and a cause', givingLeft({ code: '23505', cause: 'x' }), `${noFailure} an object`],
    ['refuses without data', givingLeft({ code: 'missing-field' }), `${noFailure} an object`],
    ['refuses for no text', givingLeft({ code: 'refused', message: 'No', reason: 7 }), `${noFailure} an object`],
  ])('%s', async (_, given, words) => {
    const result = await resultOf(broken({ handlers: { upload_table: given } }));
    expect(result).toEqual({ code: 'defect', where, cause: new TypeError(where + words) });
  });

  it('may pass on the defect of another function', async () => {
    const defect = { code: 'defect', where: 'the database', cause: new Error('down') };
    expect(await resultOf(broken({ handlers: { upload_table: givingLeft(defect) } }))).toEqual(defect);
  });

  it('keeps the failure that is none as the cause of its defect', async () => {
    const down = new Error('down');
    const result = await resultOf(broken({ handlers: { upload_table: givingLeft(down) } }));
    expect(result.code === 'defect' && result.cause).toHaveProperty('cause', down);
  });

  it('of its own kind of fault is no mistake', async () => {
    const down = new Error('down');
    expect(await resultOf(broken({ handlers: { upload_table: givingLeft(fault(down)) } }))).toEqual(fault(down));
  });
});

describe('ports that cannot be asked, in the name of openTabletSession', () => {
  const thrown = new Error('not yet');
  const thrower = (): never => {
    throw thrown;
  };

  it.each([
    ['no users', { ...good, users: undefined }, new TypeError('ports.users must be an object, was undefined')],
    ['null', null, new TypeError('ports must be an object, was null')],
    [
      'a getter that throws',
      Object.defineProperty({}, 'devices', { get: thrower }),
      new TypeError('the ports must be readable: reading threw', { cause: thrown }),
    ],
  ])('%s', async (_, ports, cause) => {
    const request = rightOf(parseTabletRequest(defaultVersionPolicy)(form));
    const opened = await openTabletSession(untyped(ports))(request)();
    expect(opened).toEqual(left({ code: 'defect', where: 'openTabletSession', cause }));
  });
});
