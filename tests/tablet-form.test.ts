import { describe, expect, it } from 'vitest';

import { fieldNames, fieldReader, isBlank, readForm, repeated, hasVersion, type Received } from '../src/tablet-form.js';

type Pair = [name: string, value: string];

const pairs: readonly Pair[] = [
  ['operation', 'upload_table'],
  ['device', 'tablet-1'],
  ['user', 'alice'],
  ['password', 'pw-\u00e9 \r\n'],
  ['session_id', '501'],
  ['session_token', 'tok=='],
  ['camcops_version', '2.4.24'],
];
const all: Readonly<Record<string, Received>> = Object.fromEntries(pairs);
const nothing: Readonly<Record<string, Received>> = Object.fromEntries(fieldNames.map((name) => [name, undefined]));

const sentBy = (fields: unknown) => readForm({ method: 'POST', fields }).sent;

const throwing = (): never => {
  throw new Error('touched');
};
const explosive: object = new Proxy(
  {},
  { get: throwing, has: throwing, getOwnPropertyDescriptor: throwing, ownKeys: throwing },
);
const withGetter = (name: string): object =>
  Object.defineProperty({ ...all }, name, { get: throwing, enumerable: true });

const revoked = Proxy.revocable([], {});
revoked.revoke();

function* generated() {
  yield* pairs;
}
function* interrupted() {
  yield* pairs;
  throw new Error('interrupted');
}

const formData = (of: readonly Pair[]): FormData => {
  const form = new FormData();
  for (const [name, value] of of) form.append(name, value);
  return form;
};

describe('fieldNames', () => {
  it('are the seven, in the order of their checks', () => {
    expect(fieldNames).toStrictEqual(pairs.map(([name]) => name));
  });
});

describe('readForm reads all seven fields', () => {
  const carriers: readonly (readonly [label: string, fields: unknown])[] = [
    ['URLSearchParams', new URLSearchParams(pairs)],
    ['FormData', formData(pairs)],
    ['a Map', new Map(pairs)],
    ['a Set of pairs', new Set(pairs)],
    ['pairs', pairs],
    ['frozen pairs', Object.freeze(pairs.map((pair) => Object.freeze(pair)))],
    ['longer pairs', pairs.map((pair) => [...pair, 'more'])],
    ['a generator', generated()],
    ['a proxy of pairs', new Proxy(pairs, {})],
    ['a plain object', { ...all }],
    ['an object without prototype', { __proto__: null, ...all }],
    ['an object parsed from JSON', JSON.parse(JSON.stringify(all)) as unknown],
    ['a proxy of an object', new Proxy({ ...all }, {})],
    [
      'getters',
      Object.defineProperties({}, Object.fromEntries(pairs.map(([name, value]) => [name, { get: () => value }]))),
    ],
    ['pairs in another order', [...pairs].reverse()],
    ['an object among fields that are not ours', { table: 'phq9', ...all, Device: 'x', 'device ': 'x' }],
    [
      'pairs among fields that are not ours',
      [['table', 'phq9'], ...pairs, ['table', ''], ['DEVICE', 'x'], ['device\0', 'x']],
    ],
    [
      'pairs among what is no pair',
      ['device', 5, true, null, undefined, {}, { 0: 'device', 1: 'x' }, new Set(['device']), [], ...pairs],
    ],
    [
      'pairs among names that are no text',
      [[['device'], 'x'], [Object('device'), 'x'], [undefined], [null], [Symbol('device')], ...pairs],
    ],
  ];

  it.each(carriers)('of %s', (_, fields) => {
    expect(sentBy(fields)).toStrictEqual(all);
  });

  it("of a form that inherits them, as a framework's request may", () => {
    expect(readForm({ __proto__: { method: 'POST', fields: all } })).toStrictEqual({ isPost: true, sent: all });
  });

  it('whatever their length', () => {
    const huge = 'x'.repeat(10_000_000);
    for (const name of fieldNames) {
      expect(sentBy({ [name]: huge })[name] === huge).toBe(true);
      expect(sentBy([[name, huge]])[name] === huge).toBe(true);
    }
  });
});

describe('readForm looks at nothing else', () => {
  it('of an object', () => {
    const asked: unknown[] = [];
    const object = Object.defineProperty({ ...all, blob: 'x' }, 'table', { get: throwing, enumerable: true });
    const watched = new Proxy(object, {
      get: (target, key, receiver): unknown => {
        asked.push(key);
        return Reflect.get(target, key, receiver);
      },
      ownKeys: throwing,
    });
    expect(sentBy(watched)).toStrictEqual(all);
    expect(asked).toStrictEqual([...fieldNames]);
  });

  it('of a pair', () => {
    const other = Object.defineProperty(['table', ''], 1, { get: throwing });
    expect(sentBy([other, ...pairs])).toStrictEqual(all);
  });

  const ignored: readonly (readonly [label: string, fields: unknown])[] = [
    ['inherited properties', { __proto__: all }],
    ['properties of __proto__', JSON.parse('{"__proto__":{"device":"x","camcops_version":"2.4.24"}}') as unknown],
    [
      'names in other letters',
      { Device: 'x', USER: 'x', 'camcops-version': '2.4.24', dеvice: 'x', 'device\u200b': 'x' },
    ],
    ['names of Object', { constructor: 'x', toString: 'x', hasOwnProperty: 'x' }],
    [
      'pairs under names of Object',
      [
        ['__proto__', 'x'],
        ['constructor', 'x'],
      ],
    ],
    ['a pair that is no array', [{ 0: 'device', 1: 'x', length: 2 }]],
    ['a pair that is a Set', [new Set(['device', 'x'])]],
    ['empty pairs', [[], [undefined]]],
    ['an empty array', []],
    ['an empty Map', new Map()],
    [
      'a Map under other keys',
      new Map<unknown, string>([
        [Symbol('device'), 'x'],
        [['device'], 'x'],
      ]),
    ],
    ['bytes', new Uint8Array(9)],
    ['a text object', Object('device=x&camcops_version=2.4.24')],
    ['a text', 'device=x&camcops_version=2.4.24'],
    ['a number', 7],
    ['a function', Object.assign(() => all, all)],
    ['a symbol', Symbol('device')],
    ['null', null],
    ['undefined', undefined],
  ];

  it.each(ignored)('such as %s', (_, fields) => {
    expect(readForm({ method: 'POST', fields })).toStrictEqual({ isPost: true, sent: nothing });
  });
});

describe('what came in a field', () => {
  const noTexts: readonly (readonly [label: string, value: unknown])[] = [
    ['null', null],
    ['undefined', undefined],
    ['a number', 5],
    ['a bigint', 5n],
    ['a boolean', false],
    ['a symbol', Symbol('x')],
    ['a function', () => 'x'],
    ['an empty array', []],
    ['an array of a text', ['x']],
    ['an object', {}],
    ['an object that prints as text', { toString: () => 'x', toJSON: () => 'x' }],
    ['a text object', Object('x')],
    ['bytes', Buffer.from('x')],
    ['a file', new Blob(['x'])],
    ['what explodes', explosive],
  ];

  it.each(noTexts)('is marked if it is %s', (_, value) => {
    for (const name of fieldNames) {
      for (const sent of [
        sentBy({ ...all, [name]: value }),
        sentBy([...pairs.filter(([key]) => key !== name), [name, value]]),
      ]) {
        expect(sent).toStrictEqual({ ...all, [name]: sent[name] });
        expect(typeof sent[name]).toBe('symbol');
        expect(sent[name]).not.toBe(repeated);
        expect(isBlank(sent[name])).toBe(false);
      }
    }
  });

  it('is marked if it is a file of a FormData, or a pair without a value', () => {
    for (const name of fieldNames) {
      const form = formData([]);
      form.append(name, new Blob(['x']), 'x.txt');
      const marks = [sentBy(form)[name], sentBy([[name]])[name]];
      expect(marks.map((mark) => typeof mark)).toStrictEqual(['symbol', 'symbol']);
      expect(marks).not.toContain(repeated);
    }
  });

  it.each([
    ['twice the same', ['x', 'x']],
    ['two', ['x', 'y']],
    ['three', ['x', 'y', 'z']],
    ['blank first', ['', 'x']],
    ['blank last', ['x', '']],
    ['twice blank', ['', '']],
    ['no text first', [undefined, 'x']],
    ['no text last', ['x', null]],
    ['twice no text', [undefined, undefined]],
  ] as const)('is repeated if there are: %s', (_, values) => {
    for (const name of fieldNames) {
      const others = pairs.filter(([key]) => key !== name);
      expect(sentBy([...values.map((value) => [name, value]), ...others])).toStrictEqual({ ...all, [name]: repeated });
    }
  });

  it('is repeated in every carrier that can show it', () => {
    const twice: readonly Pair[] = [...pairs, ['device', 'tablet-2']];
    for (const fields of [new URLSearchParams(twice), formData(twice), new Set(twice)]) {
      expect(sentBy(fields)).toStrictEqual({ ...all, device: repeated });
    }
    expect(sentBy(new Map(twice))).toStrictEqual({ ...all, device: 'tablet-2' });
  });
});

describe('the method', () => {
  it.each<readonly [unknown, boolean]>([
    ['POST', true],
    ['post', false],
    ['Post', false],
    [' POST', false],
    ['POST\n', false],
    ['P\u041eST', false],
    ['GET', false],
    ['PUT', false],
    ['', false],
    [undefined, false],
    [null, false],
    [['POST'], false],
    [Object('POST'), false],
    [{ toString: () => 'POST' }, false],
  ])('%o: %s', (method, isPost) => {
    expect(readForm({ method, fields: all })).toStrictEqual({ isPost, sent: all });
  });

  it('counts, whatever the fields are', () => {
    for (const fields of [undefined, null, 'camcops_version=2.4.24', 7, {}, []]) {
      expect(readForm({ method: 'GET', fields })).toStrictEqual({ isPost: false, sent: nothing });
    }
  });

  it('is none if there is none', () => {
    expect(readForm({ fields: pairs }).isPost).toBe(false);
    expect(readForm([]).isPost).toBe(false);
  });
});

describe('what cannot be read has sent nothing', () => {
  const formless: readonly (readonly [label: string, form: unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['a text', 'POST'],
    ['a number', 7],
    ['a boolean', true],
    ['a symbol', Symbol('POST')],
    ['a function', Object.assign(() => undefined, { method: 'POST', fields: all })],
    ['a form that explodes', explosive],
    ['a form that is a revoked proxy', revoked.proxy],
  ];
  const unreadable: readonly (readonly [label: string, form: unknown])[] = [
    ['fields that throw', Object.defineProperty({ method: 'POST' }, 'fields', { get: throwing })],
    ['fields that explode', { method: 'POST', fields: explosive }],
    ['fields that are a revoked proxy', { method: 'POST', fields: revoked.proxy }],
    ['a pair that is a revoked proxy', { method: 'POST', fields: [...pairs, revoked.proxy] }],
    ['a value that throws', { method: 'POST', fields: withGetter('device') }],
    ['a last value that throws', { method: 'POST', fields: withGetter('camcops_version') }],
    ['pairs that end in an error', { method: 'POST', fields: interrupted() }],
    ['an iterator that is none', { method: 'POST', fields: { ...all, [Symbol.iterator]: 'device' } }],
    ['an iterator of nothing', { method: 'POST', fields: { ...all, [Symbol.iterator]: () => undefined } }],
  ];

  it.each(formless)('%s, which is not a POST either', (_, form) => {
    expect(readForm(form)).toStrictEqual({ isPost: false, sent: nothing });
  });

  it('a method that throws is none, and takes nothing from the fields', () => {
    const form = Object.defineProperty({ fields: all }, 'method', { get: throwing });
    expect(readForm(form)).toStrictEqual({ isPost: false, sent: all });
  });

  it.each(unreadable)('%s', (_, form) => {
    expect(readForm(form)).toStrictEqual({ isPost: true, sent: nothing });
  });

  it('nor does one form tell on the next', () => {
    expect(sentBy(pairs)).toStrictEqual(all);
    expect(sentBy([])).toStrictEqual(nothing);
    expect(sentBy({})).toStrictEqual(nothing);
  });
});

describe('fieldReader', () => {
  const none = { table: undefined, pkname: undefined };
  const read = fieldReader<'table' | 'pkname'>(() => ({ ...none }));
  const both = { table: 'phq9', pkname: 'id' };

  it.each<readonly [label: string, fields: unknown, sent: object]>([
    ['an object', { ...all, ...both }, both],
    ['pairs', [...pairs, ...Object.entries(both)], both],
    ['URLSearchParams', new URLSearchParams(both), both],
    ['one', { pkname: '' }, { ...none, pkname: '' }],
    ['a field sent twice', [['table', 'a'], ...Object.entries(both)], { ...both, table: repeated }],
    ['fields that are not its own', { ...all, Table: 'x', toString: 'x' }, none],
    [
      'pairs under names of Object',
      [
        ['__proto__', 'x'],
        ['constructor', 'x'],
      ],
      none,
    ],
    ['inherited properties', { __proto__: both }, none],
    ['nothing', {}, none],
    ['undefined', undefined, none],
    ['null', null, none],
    ['a text', 'table=phq9', none],
    ['what explodes', explosive, none],
    ['a value that throws', Object.defineProperty({ ...both }, 'pkname', { get: throwing }), none],
    ['pairs that end in an error', [...Object.entries(both), revoked.proxy], none],
  ])('reads %s', (_, fields, sent) => {
    expect(read(fields)).toStrictEqual(sent);
  });

  it('marks what is no text', () => {
    for (const fields of [
      { ...both, table: ['phq9'] },
      [
        ['table', null],
        ['pkname', 'id'],
      ],
    ]) {
      const { table, pkname } = read(fields);
      expect([typeof table, pkname]).toStrictEqual(['symbol', 'id']);
      expect(table).not.toBe(repeated);
    }
  });

  it('keeps nothing from one form to the next', () => {
    expect([read(both), read({}), read(explosive), read(both)]).toStrictEqual([both, none, none, both]);
  });
});

describe('isBlank', () => {
  it.each<readonly [Received, boolean]>([
    [undefined, true],
    ['', true],
    [' ', false],
    ['\n', false],
    ['\u200b', false],
    ['0', false],
    [repeated, false],
  ])('%o: %s', (value, blank) => {
    expect(isBlank(value)).toBe(blank);
  });
});

describe('hasVersion', () => {
  it.each<readonly [label: string, fields: unknown, sent: boolean]>([
    ['a version', { camcops_version: '2.4.24' }, true],
    ['nonsense', { camcops_version: 'nonsense' }, true],
    ['white space', { camcops_version: ' ' }, true],
    ['no text', { camcops_version: ['2.4.24'] }, true],
    ['null', { camcops_version: null }, true],
    [
      'two versions',
      [
        ['camcops_version', ''],
        ['camcops_version', ''],
      ],
      true,
    ],
    ['a blank version', { camcops_version: '' }, false],
    ['the other fields', { ...all, camcops_version: '' }, false],
    ['an inherited version', { __proto__: all }, false],
    ['nothing', {}, false],
    ['no fields', undefined, false],
  ])('%s', (_, fields, sent) => {
    expect(hasVersion(readForm({ method: 'POST', fields }))).toBe(sent);
    expect(hasVersion(readForm({ method: 'GET', fields }))).toBe(sent);
  });
});
