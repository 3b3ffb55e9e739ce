import { inspect } from 'node:util';

import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { map as mapOption, none, some, toUndefined } from 'fp-ts/lib/Option.js';
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
import { rightOf } from './support/decoded.js';

const fieldNames = [
  'operation',
  'device',
  'user',
  'password',
  'session_id',
  'session_token',
  'camcops_version',
] as const;
type FieldName = (typeof fieldNames)[number];

const operationRule = 'must be 1 to 64 letters, digits and underscores';
const nameRule = 'must be 1 to 191 letters, digits or any of , _ - { }';
const textRule = 'must be text';

const parse = parseTabletRequest(defaultVersionPolicy);
const parsed = (fields: Fields): Either<UserError, TabletRequest> => parse({ method: 'POST', fields });
/** As a host without TypeScript may call it. */
const parsedForm = (form: unknown): unknown => Reflect.apply(parse, undefined, [form]);

const good = {
  operation: 'upload_table',
  device: 'tablet-1',
  user: 'alice',
  password: 'pw-alice',
  session_id: '501',
  session_token: 'tok-alice',
  camcops_version: '2.4.24',
};
const withField = (name: FieldName, value: unknown): Fields => ({ ...good, [name]: value });

const reveal = mapOption((hidden: Secret) => hidden.reveal());

/** A request with its secrets in clear: all secrets are equal to vitest. */
const inClear = ({ password, sessionToken, ...rest }: TabletRequest) => ({
  ...rest,
  password: reveal(password),
  sessionToken: reveal(sessionToken),
});
const clearRequest = (outcome: Either<unknown, TabletRequest>) =>
  isRight(outcome) ? right(inClear(outcome.right)) : outcome;

const goodInClear = {
  operation: some('upload_table'),
  deviceName: some('tablet-1'),
  username: some('alice'),
  password: some('pw-alice'),
  sessionId: some(501),
  sessionToken: some('tok-alice'),
  clientVersion: '2.4.24',
};
const bareInClear = {
  operation: none,
  deviceName: none,
  username: none,
  password: none,
  sessionId: none,
  sessionToken: none,
  clientVersion: '2.4.24',
};

describe('a good form', () => {
  const form = new FormData();
  for (const [name, value] of Object.entries(good)) form.append(name, value);

  it.each<readonly [label: string, fields: Fields]>([
    ['an object', good],
    ['pairs', Object.entries(good)],
    ['a Map', new Map(Object.entries(good))],
    ['URLSearchParams', new URLSearchParams(good)],
    ['FormData', form],
    ['an object with fields of others', { ...good, table: ['phq9'], data: 7 }],
    ['an object without prototype', { __proto__: null, ...good }],
  ])('of %s is a request', (_, fields) => {
    expect(clearRequest(parsed(fields))).toStrictEqual(right(goodInClear));
  });

  it('needs no more than a version', () => {
    expect(clearRequest(parsed({ camcops_version: '2.4.24' }))).toStrictEqual(right(bareInClear));
  });
});

describe('the order of refusals', () => {
  const older = '1.14';
  const mends: readonly (readonly [mended: string, values: readonly unknown[], refusal: UserError])[] = [
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
    ['camcops_version', [older], reservedDeviceName],
    ['device', ['tablet-1'], reservedUsername],
  ];
  const fields = new Map<string, readonly unknown[]>(fieldNames.map((name) => [name, ['bad one', 'bad two']]));
  const pairs = () => [...fields].flatMap(([name, values]) => values.map((value) => [name, value] as const));

  it('is as documented', () => {
    expect(parse({ method: 'GET', fields: pairs() })).toStrictEqual(left(notPost));
    expect(parsed(pairs())).toStrictEqual(left(duplicateField('operation')));
    for (const [mended, values, refusal] of mends) {
      fields.set(mended, values);
      expect(parse({ method: 'GET', fields: pairs() })).toStrictEqual(left(notPost));
      expect(parsed(pairs())).toStrictEqual(left(refusal));
    }
    fields.set('user', ['alice']);
    expect(parsed(pairs())).toStrictEqual(left({ code: 'version-too-old', actual: '1.14.0', required: '2.0.0' }));
    fields.set('camcops_version', ['2.4.24']);
    expect(clearRequest(parsed(pairs()))).toStrictEqual(
      right({ ...goodInClear, password: some('pw'), sessionId: none, sessionToken: some('tok') }),
    );
  });
});

describe('the policy', () => {
  const strict = parseTabletRequest(rightOf(versionPolicy({ supported: '>=2.3.0 <3 || >=3.2.0 <4', deprecated: '*' })));
  const supported = '>=2.3.0 <3 || >=3.2.0 <4';

  it.each([
    ['2.2.8', left({ code: 'version-too-old', actual: '2.2.8', required: '2.3.0' })],
    ['2.3.0', right('2.3.0')],
    ['3', left({ code: 'version-blocked', actual: '3.0.0', supported })],
    ['3.2.0+b', right('3.2.0+b')],
    ['4', left({ code: 'version-too-new', actual: '4.0.0', supported })],
  ])('says of %s', (camcops_version, expected) => {
    const outcome = strict({ method: 'POST', fields: { ...good, camcops_version } });
    expect(isRight(outcome) ? right(outcome.right.clientVersion) : outcome).toStrictEqual(expected);
  });

  it.each([
    ['2', '2.0.0'],
    ['2.5', '2.50.0'],
    ['2.4.24-rc.1+b', '2.4.24-rc.1+b'],
  ])('is asked of the canonical version: %s is %s', (sent, canonical) => {
    expect(clearRequest(parsed(withField('camcops_version', sent)))).toStrictEqual(
      right({ ...goodInClear, clientVersion: canonical }),
    );
  });
});

describe('methods', () => {
  it.each(['GET', 'HEAD', 'PUT', 'post', 'POST ', ''])('%j is refused', (method) => {
    expect(parse({ method, fields: good })).toStrictEqual(left(notPost));
  });
});

describe('names', () => {
  const longest = 'x'.repeat(191);
  const nameCases: readonly (readonly [label: string, value: string, passes: boolean])[] = [
    ['one letter', 'a', true],
    ['zero', '0', true],
    ['a UUID in braces', '{4d1c8ee0-9a33-4f6b-b5d5-0a6f3f4e7b11}', true],
    ['every sign that may be', ',_-{}', true],
    ['a name of Object', '__proto__', true],
    ['191 characters', longest, true],
    ['192 characters', `${longest}x`, false],
    ['a space', ' ', false],
    ['a trailing newline', 'a\n', false],
    ['a trailing CR LF', 'a\r\n', false],
    ['a dot', 'a.b', false],
    ['an Arabic digit', '\u0663', false],
    ['a Cyrillic letter', '\u0430', false],
    ['a zero-width space', 'a\u200b', false],
    ['a lone surrogate', '\ud800', false],
    ['a long s', '\u017fy\u017ftem', false],
  ];

  it.each(nameCases)('of devices and users: %s', (_, value, passes) => {
    expect(clearRequest(parsed(withField('device', value)))).toStrictEqual(
      passes ? right({ ...goodInClear, deviceName: some(value) }) : left(invalidField('device', nameRule)),
    );
    expect(clearRequest(parsed(withField('user', value)))).toStrictEqual(
      passes ? right({ ...goodInClear, username: some(value) }) : left(invalidField('user', nameRule)),
    );
  });

  it.each<readonly [string, boolean]>([
    ['upload_table', true],
    ['fly', true],
    ['Upload_Table', true],
    ['0', true],
    ['__proto__', true],
    ['x'.repeat(64), true],
    ['x'.repeat(65), false],
    ['upload-table', false],
    ['upload,table', false],
    ['{register}', false],
    [' register', false],
    ['register\n', false],
    ['register\0', false],
    ['r\u0435gister', false],
    ['\u0663', false],
    ['\ud800', false],
  ])('of operations: %j', (value, passes) => {
    expect(clearRequest(parsed(withField('operation', value)))).toStrictEqual(
      passes ? right({ ...goodInClear, operation: some(value) }) : left(invalidField('operation', operationRule)),
    );
  });

  it.each(['server', 'Server', 'SERVER', 'sErVeR'])('the device may not be %s, but the user may', (name) => {
    expect(parsed(withField('device', name))).toStrictEqual(left(reservedDeviceName));
    expect(clearRequest(parsed(withField('user', name)))).toStrictEqual(
      right({ ...goodInClear, username: some(name) }),
    );
  });

  it.each(['system', 'System', 'SYSTEM', 'sYsTeM'])('the user may not be %s, but the device may', (name) => {
    expect(parsed(withField('user', name))).toStrictEqual(left(reservedUsername));
    expect(clearRequest(parsed(withField('device', name)))).toStrictEqual(
      right({ ...goodInClear, deviceName: some(name) }),
    );
  });

  it.each(['server1', 'serve', '{server}', 'server-', 'system1', 'syste', '_system'])('%s is not reserved', (name) => {
    expect(clearRequest(parsed({ ...good, device: name, user: name }))).toStrictEqual(
      right({ ...goodInClear, deviceName: some(name), username: some(name) }),
    );
  });
});

describe('session_id', () => {
  it.each<readonly [text: string, id: number]>([
    ['1', 1],
    ['501', 501],
    ['+501', 501],
    ['0501', 501],
    ['+0501', 501],
    [`${'0'.repeat(300)}7`, 7],
    ['9007199254740991', 9007199254740991],
  ])('%j is %d', (text, id) => {
    expect(clearRequest(parsed(withField('session_id', text)))).toStrictEqual(
      right({ ...goodInClear, sessionId: some(id) }),
    );
  });

  it.each([
    ...['', '0', '-0', '+0', '000', '-1', '-501', '-9007199254740991', '9007199254740992', '9007199254740993'],
    ...[
      '9'.repeat(17),
      '9'.repeat(400),
      '+',
      '-',
      '+-1',
      '--1',
      '++1',
      '1-',
      '1+1',
      '5e2',
      '5E2',
      '0x1f5',
      '0b1',
      '501n',
    ],
    ...[
      '501.0',
      '501.',
      '.5',
      '5_01',
      '5,01',
      ' 501',
      '501 ',
      ' 501 ',
      '501\n',
      '\n501',
      '501\r\n',
      '501\0',
      '5 01',
      ' ',
    ],
    ...[
      '\u0665\u0660\u0661',
      '\uff15\uff10\uff11',
      '\u00b2',
      '501\u200b',
      '\ufeff501',
      '\u2212501',
      '\uff0b501',
      '\ud800',
    ],
    ...['NaN', 'Infinity', 'null', 'undefined', 'None', 'true', '[501]', 'abc', '501\n501', '__proto__'],
  ])('%j is as if absent', (text) => {
    expect(clearRequest(parsed(withField('session_id', text)))).toStrictEqual(
      right({ ...goodInClear, sessionId: none }),
    );
  });
});

describe('password and session_token', () => {
  it.each([
    'pw',
    ' ',
    '  pw\t',
    '\r\n',
    'pw\n',
    '0',
    '[secret]',
    'a:b&c=d%20+',
    '\u043f\u0430\u0440\u043e\u043b\u044c',
    '\u200b',
    '\ud800',
    'pw\0',
    'e\u0301',
    '__proto__',
  ])('%j is kept as it is', (text) => {
    expect(clearRequest(parsed({ ...good, password: text, session_token: text }))).toStrictEqual(
      right({ ...goodInClear, password: some(text), sessionToken: some(text) }),
    );
  });

  it('are not mistaken for each other', () => {
    expect(clearRequest(parsed({ camcops_version: '2.4.24', password: 'pw' }))).toStrictEqual(
      right({ ...bareInClear, password: some('pw') }),
    );
    expect(clearRequest(parsed({ camcops_version: '2.4.24', session_token: 'tok' }))).toStrictEqual(
      right({ ...bareInClear, sessionToken: some('tok') }),
    );
  });
});

describe('blank and white space', () => {
  const rows: readonly (readonly [name: FieldName, blank: unknown, space: unknown])[] = [
    ['operation', right({ ...goodInClear, operation: none }), left(invalidField('operation', operationRule))],
    ['device', right({ ...goodInClear, deviceName: none }), left(invalidField('device', nameRule))],
    ['user', right({ ...goodInClear, username: none }), left(invalidField('user', nameRule))],
    ['password', right({ ...goodInClear, password: none }), right({ ...goodInClear, password: some(' ') })],
    ['session_id', right({ ...goodInClear, sessionId: none }), right({ ...goodInClear, sessionId: none })],
    [
      'session_token',
      right({ ...goodInClear, sessionToken: none }),
      right({ ...goodInClear, sessionToken: some(' ') }),
    ],
    ['camcops_version', left(missingVersion), left(nonsensicalVersion)],
  ];

  it.each(rows)('%s', (name, blank, space) => {
    const absent = Object.entries(good).filter(([key]) => key !== name);
    expect(clearRequest(parsed(absent))).toStrictEqual(blank);
    expect(clearRequest(parsed(withField(name, '')))).toStrictEqual(blank);
    expect(clearRequest(parsed(withField(name, ' ')))).toStrictEqual(space);
  });
});

const noTexts: readonly (readonly [label: string, value: unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 501],
  ['a boolean', true],
  ['a bigint', 501n],
  ['a symbol', Symbol('a')],
  ['an empty array', []],
  ['an array of a text', ['a']],
  ['an object', { a: 'a' }],
  ['an object that prints as text', { toString: () => 'a' }],
  ['a text object', Object('a')],
  ['a secret', secret('a')],
  ['a file', new Blob(['a'])],
  ['a function', () => 'a'],
];
const ruleOf = (name: FieldName): string => {
  if (name === 'operation') return operationRule;
  return name === 'device' || name === 'user' ? nameRule : textRule;
};

describe.each(fieldNames)('%s', (name) => {
  const refusal = left(invalidField(name, ruleOf(name)));

  it.each(noTexts)('may not be %s', (_, value) => {
    expect(parsed(withField(name, value))).toStrictEqual(refusal);
    expect(parsed([...Object.entries(good).filter(([key]) => key !== name), [name, value]])).toStrictEqual(refusal);
  });

  it('may not be a file of a FormData', () => {
    const form = new FormData();
    for (const [key, value] of Object.entries(good)) if (key !== name) form.append(key, value);
    form.append(name, new Blob(['a']), 'a.txt');
    expect(parsed(form)).toStrictEqual(refusal);
  });

  it('may not come twice, the same or not, blank or not', () => {
    for (const value of [good[name], '', 'bad \u0000 value', null]) {
      expect(parsed([...Object.entries(good), [name, value]])).toStrictEqual(left(duplicateField(name)));
      expect(parsed([[name, value], ...Object.entries(good)])).toStrictEqual(left(duplicateField(name)));
    }
    const twice = new URLSearchParams(good);
    twice.append(name, good[name]);
    expect(parsed(twice)).toStrictEqual(left(duplicateField(name)));
  });

  it('is not taken from a prototype', () => {
    const others = Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    const outcome = parsed({ __proto__: { [name]: 'inherited value' }, ...others });
    expect(isLeft(outcome) ? outcome.left : undefined).toStrictEqual(
      name === 'camcops_version' ? missingVersion : undefined,
    );
  });
});

describe('10 MB', () => {
  const letters = 'a'.repeat(10_000_000);
  const outcomeOf = (name: FieldName, value: string): UserError | TabletRequest => {
    const outcome = parsed(withField(name, value));
    return isLeft(outcome) ? outcome.left : outcome.right;
  };

  it.each<readonly [name: FieldName, value: string, outcome: object]>([
    ['operation', letters, invalidField('operation', operationRule)],
    ['device', letters, invalidField('device', nameRule)],
    ['user', letters, invalidField('user', nameRule)],
    ['camcops_version', letters, nonsensicalVersion],
    ['camcops_version', '2'.repeat(10_000_000), nonsensicalVersion],
  ])('is refused in %s', (name, value, outcome) => {
    expect(outcomeOf(name, value)).toStrictEqual(outcome);
  });

  it('is kept where any text may be', () => {
    const outcome = parsed({ ...good, password: letters, session_token: letters });
    expect(isRight(outcome)).toBe(true);
    if (isLeft(outcome)) return;
    expect(toUndefined(outcome.right.password)?.reveal() === letters).toBe(true);
    expect(toUndefined(outcome.right.sessionToken)?.reveal() === letters).toBe(true);
  });

  it('is no session id', () => {
    for (const value of [letters, '5'.repeat(10_000_000), `+${'5'.repeat(10_000_000)}x`]) {
      expect(outcomeOf('session_id', value)).toHaveProperty('sessionId', none);
    }
    expect(outcomeOf('session_id', `${'0'.repeat(10_000_000)}5`)).toHaveProperty('sessionId', some(5));
  });

  it('is not looked at elsewhere', () => {
    expect(clearRequest(parsed({ ...good, database: letters }))).toStrictEqual(right(goodInClear));
  });
});

describe('what is no form', () => {
  const throwing = (): never => {
    throw new Error('touched');
  };
  const explosive: object = new Proxy({}, { get: throwing, has: throwing, getOwnPropertyDescriptor: throwing });

  it.each<readonly [label: string, form: unknown, refusal: UserError]>([
    ['undefined', undefined, notPost],
    ['null', null, notPost],
    ['a text', 'camcops_version=2.4.24', notPost],
    ['a function', () => good, notPost],
    ['what explodes', explosive, notPost],
    ['an array', [good], notPost],
    ['an empty object', {}, notPost],
    ['a form without a method', { fields: good }, notPost],
    ['a form without fields', { method: 'POST' }, missingVersion],
    ['fields that are a text', { method: 'POST', fields: 'camcops_version=2.4.24' }, missingVersion],
    ['fields that explode', { method: 'POST', fields: explosive }, missingVersion],
    ['pairs that are texts', { method: 'POST', fields: ['camcops_version=2.4.24', 'camcops_version'] }, missingVersion],
    ['inherited fields', { method: 'POST', fields: { __proto__: good } }, missingVersion],
  ])('%s is refused', (_, form, refusal) => {
    expect(parsedForm(form)).toStrictEqual(left(refusal));
    const decoded = TabletRequestFromForm.decode(form);
    expect(PathReporter.report(decoded)).toStrictEqual([userErrorMessage(refusal)]);
  });
});

describe('secrecy', () => {
  const prints: readonly (readonly [label: string, print: (value: unknown) => string])[] = [
    ['JSON.stringify', (value) => JSON.stringify(value)],
    ['String', (value) => String(value)],
    ['inspect', (value) => inspect(value, { depth: Infinity, showHidden: true })],
    [
      'inspect without custom inspection',
      (value) => inspect(value, { depth: Infinity, showHidden: true, customInspect: false }),
    ],
  ];

  it.each(prints)('%s of a request shows no password and no token', (_, print) => {
    const request = rightOf(parsed({ ...good, password: 'sentinel-pw', session_token: 'sentinel-tok' }));
    expect(print(request)).not.toContain('sentinel');
    expect([toUndefined(request.password)?.reveal(), toUndefined(request.sessionToken)?.reveal()]).toStrictEqual([
      'sentinel-pw',
      'sentinel-tok',
    ]);
  });

  const bad = 'the sentinel';
  const refusedForms: readonly (readonly [label: string, method: string, fields: Fields])[] = [
    ['every field', 'POST', Object.fromEntries(fieldNames.map((name) => [name, bad]))],
    ['every field, by GET', 'GET', Object.fromEntries(fieldNames.map((name) => [name, bad]))],
    ['every field, as an array', 'POST', Object.fromEntries(fieldNames.map((name) => [name, [bad]]))],
    ['the method', 'the sentinel', good],
    [
      'secrets beside an old version',
      'POST',
      { ...good, password: bad, session_token: bad, session_id: bad, camcops_version: '1' },
    ],
    [
      'secrets beside a reserved device',
      'POST',
      { ...good, password: bad, session_token: bad, session_id: bad, device: 'server' },
    ],
    [
      'secrets beside a reserved user',
      'POST',
      { ...good, password: bad, session_token: bad, session_id: bad, user: 'system' },
    ],
    [
      'secrets beside no version',
      'POST',
      { ...good, password: bad, session_token: bad, session_id: bad, camcops_version: '' },
    ],
    ['a field of another', 'POST', { ...good, sentinel: bad, user: 'no user' }],
    ...fieldNames.map(
      (name) =>
        [
          `${name}, twice`,
          'POST',
          [
            [name, bad],
            [name, bad],
            ['password', bad],
          ],
        ] as const,
    ),
    ...fieldNames.map((name) => [`${name}, as an array`, 'POST', withField(name, [bad])] as const),
    ...(['operation', 'device', 'user', 'camcops_version'] as const).map(
      (name) => [name, 'POST', { ...good, password: bad, session_token: bad, [name]: bad }] as const,
    ),
  ];

  it.each(refusedForms)('a refusal repeats nothing of %s', (_, method, fields) => {
    const outcome = parse({ method, fields });
    expect(isLeft(outcome)).toBe(true);
    if (isRight(outcome)) return;
    for (const text of [inspect(outcome.left, { depth: Infinity, showHidden: true }), userErrorMessage(outcome.left)]) {
      expect(text).not.toContain('sentinel');
    }
  });

  it.each(refusedForms.filter(([label]) => !label.includes('old version')))(
    'an error of the codec holds nothing of %s',
    (_, method, fields) => {
      const Body = t.type({ password: t.string, form: TabletRequestFromForm });
      for (const outcome of [
        TabletRequestFromForm.decode({ method, fields }),
        Body.decode({ password: 'sentinel-pw', form: { method, fields } }),
      ]) {
        expect(isLeft(outcome)).toBe(true);
        expect(PathReporter.report(outcome).join('\n')).not.toContain('sentinel');
        expect(JSON.stringify(outcome)).not.toContain('sentinel');
        expect(inspect(outcome, { depth: Infinity })).not.toContain('sentinel');
      }
    },
  );
});

describe('TabletRequestFromForm', () => {
  const request = rightOf(parsed(good));
  const bare = rightOf(parsed({ camcops_version: '2.4.24' }));

  it('decodes like parseTabletRequest, but for the policy', () => {
    expect(clearRequest(TabletRequestFromForm.decode({ method: 'POST', fields: good }))).toStrictEqual(
      right(goodInClear),
    );
    expect(
      clearRequest(TabletRequestFromForm.decode({ method: 'POST', fields: withField('camcops_version', '1.14') })),
    ).toStrictEqual(right({ ...goodInClear, clientVersion: '1.14.0' }));
    expect(TabletRequestFromForm.name).toBe('TabletRequestFromForm');
  });

  it.each<readonly [message: string, form: unknown]>([
    ['Must use POST method', { method: 'GET', fields: good }],
    ['The field user was sent more than once', { method: 'POST', fields: [...Object.entries(good), ['user', 'bob']] }],
    [`Bad device field: ${nameRule}`, { method: 'POST', fields: withField('device', 'a b') }],
    ['Not a valid CamCOPS API request', { method: 'POST', fields: {} }],
    ['CamCOPS tablet version nonsensical', { method: 'POST', fields: withField('camcops_version', 'v2') }],
    ["Tablets cannot use the device name 'server'", { method: 'POST', fields: withField('device', 'server') }],
    ["Tablets cannot use the username 'system'", { method: 'POST', fields: withField('user', 'system') }],
  ])('refuses with the words of the refusal: %s', (message, form) => {
    const Body = t.type({ form: TabletRequestFromForm });
    expect(TabletRequestFromForm.decode(form)).toStrictEqual(
      left([{ value: undefined, context: [{ key: '', type: TabletRequestFromForm }], message }]),
    );
    expect(Body.decode({ form })).toStrictEqual(
      left([
        {
          value: undefined,
          context: [
            { key: '', type: Body },
            { key: 'form', type: TabletRequestFromForm },
          ],
          message,
        },
      ]),
    );
  });

  it('encodes the form that a tablet would send', () => {
    expect(TabletRequestFromForm.encode(request)).toStrictEqual({ method: 'POST', fields: Object.entries(good) });
    expect(TabletRequestFromForm.encode(bare)).toStrictEqual({
      method: 'POST',
      fields: [['camcops_version', '2.4.24']],
    });
  });

  it.each<readonly [label: string, fields: Fields]>([
    ['every field', good],
    ['a version alone', { camcops_version: '2.4.24' }],
    ['an old version', { ...good, camcops_version: '1.5' }],
    ['a build', { ...good, camcops_version: '2.4.24-rc.1+b' }],
    ['odd secrets', { ...good, password: ' \r\n\ud800', session_token: 'a:b\0' }],
    ['an odd session id', { ...good, session_id: '+000501' }],
    ['the largest session id', { ...good, session_id: '9007199254740991' }],
    ['no session id', { ...good, session_id: 'x' }],
    ['names of Object', { ...good, operation: '__proto__', device: 'constructor', user: '__proto__' }],
  ])('decodes what it encoded: %s', (_, fields) => {
    const first = rightOf(TabletRequestFromForm.decode({ method: 'POST', fields }));
    expect(TabletRequestFromForm.is(first)).toBe(true);
    const again = TabletRequestFromForm.decode(TabletRequestFromForm.encode(first));
    expect(clearRequest(again)).toStrictEqual(right(inClear(first)));
  });

  it.each<readonly [key: keyof TabletRequest, passing: readonly unknown[], failing: readonly unknown[]]>([
    ['operation', [none, some('fly')], [some('a b'), some(''), some(1)]],
    ['deviceName', [none, some('tablet-1')], [some('a b'), some(''), some('x'.repeat(192))]],
    ['username', [none, some('alice')], [some('a b'), some(''), some(['alice'])]],
    ['password', [none, some(secret('pw'))], [some('pw'), some('[secret]'), secret('pw')]],
    ['sessionToken', [none, some(secret('tok'))], [some('tok'), some('[secret]'), secret('tok')]],
    [
      'sessionId',
      [none, some(1), some(Number.MAX_SAFE_INTEGER)],
      [
        some(0),
        some(-1),
        some(1.5),
        some(NaN),
        some(Infinity),
        some(Number.MAX_SAFE_INTEGER + 1),
        some('501'),
        some(501n),
        501,
      ],
    ],
    ['clientVersion', ['2.4.24', '0.0.0', '1.0.0-rc.1+b'], ['1.5', '2', 'v2.4.24', '', 2, some('2.4.24'), none]],
  ])('is holds for a right %s, and for no wrong one', (key, passing, failing) => {
    expect(passing.map((value) => TabletRequestFromForm.is({ ...request, [key]: value }))).not.toContain(false);
    expect(passing.map((value) => TabletRequestFromForm.is({ ...bare, [key]: value }))).not.toContain(false);
    const wrong = [...failing, null, undefined, {}, [], { _tag: 'some', value: 1 }];
    expect(wrong.map((value) => TabletRequestFromForm.is({ ...request, [key]: value }))).not.toContain(true);
    expect(TabletRequestFromForm.is(Object.fromEntries(Object.entries(request).filter(([name]) => name !== key)))).toBe(
      false,
    );
  });

  it.each<readonly [label: string, input: unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'request'],
    ['an array', [request]],
    ['an empty object', {}],
    ['a Map', new Map(Object.entries(request))],
    ['the form itself', { method: 'POST', fields: good }],
    ['a request printed as JSON', JSON.parse(JSON.stringify(request))],
  ])('is does not hold for %s', (_, input) => {
    expect(TabletRequestFromForm.is(input)).toBe(false);
  });
});

describe('TabletRequestFromForm.is', () => {
  const request = rightOf(TabletRequestFromForm.decode({ method: 'POST', fields: good }));

  it('holds for what it decodes', () => {
    expect(TabletRequestFromForm.is(request)).toBe(true);
  });

  it.each<readonly [label: string, input: unknown]>([
    ['a reserved device', { ...request, deviceName: some('Server') }],
    ['a reserved user', { ...request, username: some('SYSTEM') }],
    ['a blank password', { ...request, password: some(secret('')) }],
    ['a blank token', { ...request, sessionToken: some(secret('')) }],
    ['a session id of 0', { ...request, sessionId: some(0) }],
    [
      'a getter that throws',
      Object.defineProperty({ ...request }, 'password', { get: () => JSON.parse('{') as unknown }),
    ],
  ])('does not hold with %s', (_, input) => {
    expect(TabletRequestFromForm.is(input)).toBe(false);
  });
});
