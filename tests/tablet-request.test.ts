/** The checks of a form, one example of each; `names`, `client-version` and the independent model have the rest. */
import { inspect } from 'node:util';

import { left, map, right, type Either } from 'fp-ts/lib/Either.js';
import { map as mapOption, none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import {
  defaultVersionPolicy,
  duplicateField,
  invalidField,
  missingVersion,
  nonsensicalVersion,
  notPost,
  parseTabletRequest,
  reservedDeviceName,
  reservedUsername,
  secret,
  TabletRequestFromForm,
  userErrorMessage,
  versionPolicy,
  type Fields,
  type Secret,
  type TabletRequest,
  type UserError,
} from '../src/index.js';
import { fieldNames, type FieldName } from '../src/tablet-form.js';
import { rightOf } from './support/decoded.js';
import { untyped } from './support/untyped.js';

const operationRule = 'must be 1 to 64 letters, digits and underscores';
const nameRule = 'must be 1 to 191 letters, digits or any of , _ - { }';
const textRule = 'must be text';
const ruleOf = (name: FieldName): string => {
  if (name === 'operation') return operationRule;
  return name === 'device' || name === 'user' ? nameRule : textRule;
};
const invalid = (name: FieldName) => left(invalidField(name, ruleOf(name)));

const parse = parseTabletRequest(defaultVersionPolicy);
const post = (fields: Fields) => ({ method: 'POST', fields });

const good = {
  operation: 'upload_table',
  device: 'tablet-1',
  user: 'alice',
  password: 'pw-alice',
  session_id: '501',
  session_token: 'tok-alice',
  camcops_version: '2.4.24',
};
const pairs = Object.entries(good);

const reveal = mapOption((hidden: Secret) => hidden.reveal());

/** A request with its secrets in clear: all secrets are equal to vitest. */
const inClear = ({ password, sessionToken, ...rest }: TabletRequest) => ({
  ...rest,
  password: reveal(password),
  sessionToken: reveal(sessionToken),
});
const clear = <E>(outcome: Either<E, TabletRequest>) => map(inClear)(outcome);
const parsed = (fields: Fields) => clear(parse(post(fields)));
const parsedBut = (difference: Readonly<Record<string, unknown>>) => parsed({ ...good, ...difference });

const goodInClear = {
  operation: some('upload_table'),
  deviceName: some('tablet-1'),
  username: some('alice'),
  password: some('pw-alice'),
  sessionId: some(501),
  sessionToken: some('tok-alice'),
  clientVersion: '2.4.24',
};
const goodBut = (difference: object) => right({ ...goodInClear, ...difference });
const bare = { operation: none, deviceName: none, username: none, password: none, sessionId: none, sessionToken: none };

describe('a good form', () => {
  const form = new FormData();
  for (const [name, value] of pairs) form.append(name, value);

  it.each<readonly [label: string, fields: Fields]>([
    ['an object', good],
    ['pairs', pairs],
    ['a Map', new Map(pairs)],
    ['URLSearchParams', new URLSearchParams(good)],
    ['FormData', form],
    ['an object with fields of others', { ...good, table: ['phq9'], data: 7 }],
    ['an object without prototype', { __proto__: null, ...good }],
  ])('of %s is a request', (_, fields) => {
    expect(parsed(fields)).toStrictEqual(goodBut({}));
  });

  it('needs no more than a version, and mistakes no field for another', () => {
    const camcops_version = '2.4.24';
    expect(parsed({ camcops_version })).toStrictEqual(goodBut(bare));
    expect(parsed({ camcops_version, password: 'pw' })).toStrictEqual(goodBut({ ...bare, password: some('pw') }));
    const token = { sessionToken: some('tok') };
    expect(parsed({ camcops_version, session_token: 'tok' })).toStrictEqual(goodBut({ ...bare, ...token }));
  });
});

describe('the order of refusals', () => {
  const mends: readonly (readonly [mended: FieldName, values: readonly unknown[], refusal: object])[] = [
    ['operation', ['up load'], duplicateField('device')],
    ['device', ['tablet 1'], duplicateField('user')],
    ['user', ['al ice'], duplicateField('password')],
    ['password', [['pw']], duplicateField('session_id')],
    ['session_id', [501], duplicateField('session_token')],
    ['session_token', [null], duplicateField('camcops_version')],
    ['camcops_version', [2], invalidField('operation', operationRule)],
    ['operation', ['upload_table'], invalidField('device', nameRule)],
    ['device', ['Server'], invalidField('user', nameRule)],
    ['user', ['System'], invalidField('password', textRule)],
    ['password', ['pw'], invalidField('session_id', textRule)],
    ['session_id', ['none'], invalidField('session_token', textRule)],
    ['session_token', ['tok'], invalidField('camcops_version', textRule)],
    ['camcops_version', [''], missingVersion],
    ['camcops_version', ['v2'], nonsensicalVersion],
    ['camcops_version', ['1.14'], reservedDeviceName],
    ['device', ['tablet-1'], reservedUsername],
    ['user', ['alice'], { code: 'version-too-old', actual: '1.14.0', required: '2.0.0' }],
  ];

  it('is as documented', () => {
    const fields = new Map<string, readonly unknown[]>(fieldNames.map((name) => [name, ['bad one', 'bad two']]));
    const sent = () => [...fields].flatMap(([name, values]) => values.map((value) => [name, value] as const));
    expect(parsed(sent())).toStrictEqual(left(duplicateField('operation')));
    for (const [mended, values, refusal] of mends) {
      expect(parse({ method: 'GET', fields: sent() })).toStrictEqual(left(notPost));
      fields.set(mended, values);
      expect(parsed(sent())).toStrictEqual(left(refusal));
    }
    fields.set('camcops_version', ['2.4.24']);
    const mended = { password: some('pw'), sessionId: none, sessionToken: some('tok') };
    expect(parsed(sent())).toStrictEqual(goodBut(mended));
  });
});

describe('the policy', () => {
  const supported = '>=2.3.0 <3 || >=3.2.0 <4';
  const strict = parseTabletRequest(rightOf(versionPolicy({ supported, deprecated: '*' })));

  it.each([
    ['1.5', left({ code: 'version-too-old', actual: '1.50.0', required: '2.3.0' })],
    ['2.3.0-rc.1+b', left({ code: 'version-too-old', actual: '2.3.0-rc.1+b', required: '2.3.0' })],
    ['2.3.0', goodBut({ clientVersion: '2.3.0' })],
    ['3', left({ code: 'version-blocked', actual: '3.0.0', supported })],
    ['3.2.0+b', goodBut({ clientVersion: '3.2.0+b' })],
    ['4', left({ code: 'version-too-new', actual: '4.0.0', supported })],
  ])('is asked of the canonical version: %s', (camcops_version, outcome) => {
    expect(clear(strict(post({ ...good, camcops_version })))).toStrictEqual(outcome);
  });
});

it.each(['GET', 'HEAD', 'PUT', 'post', 'POST ', ''])('the method %j is refused', (method) => {
  expect(parse({ method, fields: good })).toStrictEqual(left(notPost));
});

describe('names', () => {
  it('are kept as they are', () => {
    const names = { operation: 'Fly_2', device: 'a,_-{}', user: '__proto__' };
    const kept = { operation: some('Fly_2'), deviceName: some('a,_-{}'), username: some('__proto__') };
    expect(parsedBut(names)).toStrictEqual(goodBut(kept));
  });

  it.each(['server', 'Server', 'SERVER', 'sErVeR'])('the device may not be %s, but the user may', (name) => {
    expect(parsedBut({ device: name })).toStrictEqual(left(reservedDeviceName));
    expect(parsedBut({ user: name })).toStrictEqual(goodBut({ username: some(name) }));
  });

  it.each(['system', 'System', 'SYSTEM', 'sYsTeM'])('the user may not be %s, but the device may', (name) => {
    expect(parsedBut({ user: name })).toStrictEqual(left(reservedUsername));
    expect(parsedBut({ device: name })).toStrictEqual(goodBut({ deviceName: some(name) }));
  });

  it.each(['server1', 'serve', '{server}', 'server-', 'system1', 'syste', '_system'])('%s is not reserved', (name) => {
    const kept = { deviceName: some(name), username: some(name) };
    expect(parsedBut({ device: name, user: name })).toStrictEqual(goodBut(kept));
  });
});

describe('session_id', () => {
  const largest = 9007199254740991;

  it.each<readonly [id: number, ...texts: string[]]>([
    [1, '1'],
    [501, '501', '+501', '0501', '+0501'],
    [7, `${'0'.repeat(300)}7`],
    [largest, String(largest)],
  ])('%d may be written so', (id, ...texts) => {
    for (const text of texts) expect(parsedBut({ session_id: text })).toStrictEqual(goodBut({ sessionId: some(id) }));
  });

  it.each([
    ['what is not above 0', ...'0 -0 +0 000 -1 -501'.split(' ')],
    ['numbers too large', ...'9007199254740992 9007199254740993'.split(' '), '9'.repeat(400)],
    ['signs', ...'+ - +-1 --1 ++1 1- 1+1'.split(' ')],
    ['other notations', ...'5e2 5E2 0x1f5 0b1 501n 501.0 501. .5 5_01 5,01 NaN Infinity [501]'.split(' ')],
    ['words', ...'null undefined None true abc __proto__'.split(' ')],
    ['white space', ' ', ' 501', '501 ', '5 01', '501\n', '\n501', '501\r\n', '501\n501', '501\0'],
    ['other digits', '\u0665\u0660\u0661', '\uff15\uff10\uff11', '\u00b2', '\u2212501', '\uff0b501'],
    ['what is not seen', '501\u200b', '\ufeff501', '\ud800'],
  ])('%s is as if absent', (_, ...texts) => {
    for (const text of texts) expect(parsedBut({ session_id: text })).toStrictEqual(goodBut({ sessionId: none }));
  });
});

it.each([...['pw', '  pw\t', '\r\n', '0', '[secret]', 'a:b&c=d%20+', 'пароль', '\u200b', '\ud800', 'pw\0', 'e\u0301']])(
  'a password and a token are kept as they are: %j',
  (text) => {
    const kept = { password: some(text), sessionToken: some(text) };
    expect(parsedBut({ password: text, session_token: text })).toStrictEqual(goodBut(kept));
  },
);

describe.each<readonly [name: FieldName, blank: unknown, space: unknown]>([
  ['operation', goodBut({ operation: none }), invalid('operation')],
  ['device', goodBut({ deviceName: none }), invalid('device')],
  ['user', goodBut({ username: none }), invalid('user')],
  ['password', goodBut({ password: none }), goodBut({ password: some(' ') })],
  ['session_id', goodBut({ sessionId: none }), goodBut({ sessionId: none })],
  ['session_token', goodBut({ sessionToken: none }), goodBut({ sessionToken: some(' ') })],
  ['camcops_version', left(missingVersion), left(nonsensicalVersion)],
])('%s', (name, blank, space) => {
  const others = pairs.filter(([key]) => key !== name);

  it('counts as absent if it is blank, but not if it is white space', () => {
    expect(parsed(others)).toStrictEqual(blank);
    expect(parsedBut({ [name]: '' })).toStrictEqual(blank);
    expect(parsedBut({ [name]: ' ' })).toStrictEqual(space);
  });

  it('must be a text', () => {
    const objects: readonly unknown[] = [new Blob(['a']), { toString: () => 'a' }, Object('a'), secret('a'), ['a']];
    for (const value of [null, undefined, 501, true, Symbol('a'), ...objects]) {
      expect(parsedBut({ [name]: value })).toStrictEqual(invalid(name));
      expect(parsed([...others, [name, value]])).toStrictEqual(invalid(name));
    }
  });

  it('may not come twice, the same or not, blank or not', () => {
    for (const value of [good[name], '', 'bad \0 value', null]) {
      expect(parsed([...pairs, [name, value]])).toStrictEqual(left(duplicateField(name)));
      expect(parsed([[name, value], ...pairs])).toStrictEqual(left(duplicateField(name)));
    }
  });
});

it.each<readonly [label: string, form: unknown, refusal: UserError]>([
  ['undefined', undefined, notPost],
  ['a text', 'camcops_version=2.4.24', notPost],
  ['a form without a method', { fields: good }, notPost],
  ['a form without fields', { method: 'POST' }, missingVersion],
])('%s is refused', (_, form, refusal) => {
  expect(parse(untyped(form))).toStrictEqual(left(refusal));
  expect(PathReporter.report(TabletRequestFromForm.decode(form))).toStrictEqual([userErrorMessage(refusal)]);
});

describe('TabletRequestFromForm', () => {
  const { encode } = TabletRequestFromForm;
  const decode = (form: unknown) => TabletRequestFromForm.decode(form);
  const is = (input: unknown): boolean => TabletRequestFromForm.is(input);
  const request = rightOf(decode(post(good)));
  const versionAlone = rightOf(decode(post({ camcops_version: '2.4.24' })));

  it('decodes like parseTabletRequest, but for the policy', () => {
    expect(clear(decode(post(good)))).toStrictEqual(goodBut({}));
    const old = post({ ...good, camcops_version: '1.14' });
    expect(clear(decode(old))).toStrictEqual(goodBut({ clientVersion: '1.14.0' }));
    expect(TabletRequestFromForm.name).toBe('TabletRequestFromForm');
  });

  it.each<readonly [message: string, form: unknown]>([
    ['Must use POST method', { method: 'GET', fields: { ...good, user: 'the sentinel' } }],
    ['The field user was sent more than once', post([...pairs, ['user', 'the sentinel']])],
    [`Bad device field: ${nameRule}`, post({ ...good, device: 'the sentinel' })],
    ['CamCOPS tablet version nonsensical', post({ ...good, camcops_version: 'the sentinel' })],
    ["Tablets cannot use the device name 'server'", post({ ...good, device: 'server', password: 'the sentinel' })],
    ["Tablets cannot use the username 'system'", post({ ...good, user: 'system', password: 'the sentinel' })],
  ])('refuses with the words of the refusal, and repeats nothing: %s', (message, form) => {
    const type = TabletRequestFromForm;
    const Body = t.type({ form: type, password: t.string });
    const alone = decode(form);
    const within = Body.decode({ form, password: 'the sentinel' });
    expect(alone).toStrictEqual(left([{ value: undefined, context: [{ key: '', type }], message }]));
    const context = [
      { key: '', type: Body },
      { key: 'form', type },
    ];
    expect(within).toStrictEqual(left([{ value: undefined, context, message }]));
    expect(JSON.stringify(within) + inspect(within, { depth: Infinity })).not.toContain('sentinel');
  });

  it('encodes the form that a tablet would send', () => {
    expect(encode(request)).toStrictEqual(post(pairs));
    expect(encode(versionAlone)).toStrictEqual(post([['camcops_version', '2.4.24']]));
  });

  it.each<readonly [label: string, fields: Fields]>([
    ['an old version', { ...good, camcops_version: '1.5' }],
    ['odd secrets', { ...good, password: ' \r\n\ud800', session_token: 'a:b\0' }],
    ['an odd session id', { ...good, session_id: '+000501' }],
    ['the largest session id', { ...good, session_id: '9007199254740991' }],
    ['no session id', { ...good, session_id: 'x' }],
    ['names of Object', { ...good, operation: '__proto__', device: 'constructor', user: '__proto__' }],
  ])('decodes what it encoded: %s', (_, fields) => {
    const first = rightOf(decode(post(fields)));
    expect(is(first)).toBe(true);
    expect(clear(decode(encode(first)))).toStrictEqual(right(inClear(first)));
  });

  const noIds = [0, -1, 1.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1, '501', 501n].map((id) => some(id));
  const noSecrets = [some('pw'), some('[secret]'), secret('pw'), some(secret(''))];
  it.each<readonly [key: keyof TabletRequest, passing: readonly unknown[], failing: readonly unknown[]]>([
    ['operation', [none, some('fly')], [some('a b'), some(''), some(1)]],
    ['deviceName', [none, some('tablet-1')], [some('a b'), some(''), some('x'.repeat(192)), some('Server')]],
    ['username', [none, some('alice')], [some('a b'), some(''), some(['alice']), some('SYSTEM')]],
    ['password', [none, some(secret('pw'))], noSecrets],
    ['sessionToken', [none, some(secret('tok'))], noSecrets],
    ['sessionId', [none, some(1), some(Number.MAX_SAFE_INTEGER)], [...noIds, 501]],
    ['clientVersion', ['2.4.24', '0.0.0', '1.0.0-rc.1+b'], ['1.5', '2', 'v2.4.24', '', 2, some('2.4.24'), none]],
  ])('is holds for a right %s, and for no wrong one', (key, passing, failing) => {
    for (const value of passing) {
      expect([is({ ...request, [key]: value }), is({ ...versionAlone, [key]: value })]).toEqual([true, true]);
    }
    for (const value of [...failing, null, undefined, {}, [], { _tag: 'some', value: 1 }]) {
      expect(is({ ...request, [key]: value })).toBe(false);
    }
    const { [key]: _, ...others } = request;
    expect(is(others)).toBe(false);
    expect(is(Object.defineProperty(others, key, { get: () => JSON.parse('{') as unknown }))).toBe(false);
  });

  it('is holds for nothing else', () => {
    const printed: unknown = JSON.parse(JSON.stringify(request));
    const others = [null, undefined, 'request', [request], {}, new Map(Object.entries(request)), post(good), printed];
    for (const input of others) expect(is(input)).toBe(false);
  });

  it('gives a request that shows neither password nor token', () => {
    const options = { depth: Infinity, showHidden: true };
    const printed = inspect(request, options) + inspect(request, { ...options, customInspect: false });
    expect(printed + JSON.stringify(request)).not.toMatch(/pw-alice|tok-alice/);
  });
});
