/** Reading a form. What becomes of the values read, the tests of `tablet-request` and the properties say. */
import { describe, expect, it } from 'vitest';

import { fieldNames, hasVersion, readForm, repeated } from '../src/tablet-form.js';

const all = {
  operation: 'upload_table',
  device: 'tablet-1',
  user: 'alice',
  password: 'pw-\u00e9 \r\n',
  session_id: '501',
  session_token: 'tok==',
  camcops_version: '2.4.24',
};
const pairs = Object.entries(all);
const getters = pairs.map(([name, value]) => [name, { get: () => value }] as const);
const nothing = Object.fromEntries(fieldNames.map((name) => [name, undefined]));

const sentBy = (fields: unknown) => readForm({ method: 'POST', fields }).sent;

const throwing = (): never => {
  throw new Error('touched');
};
const explosive = new Proxy(
  {},
  { get: throwing, has: throwing, getOwnPropertyDescriptor: throwing, ownKeys: throwing },
);
const withGetter = (name: string, of: object = all): object =>
  Object.defineProperty({ ...of }, name, { get: throwing, enumerable: true });
const revoked = Proxy.revocable([], {});
revoked.revoke();

function* generated() {
  yield* pairs;
}
function* interrupted() {
  yield* pairs;
  throw new Error('interrupted');
}

it('the fields are seven, in the order of their checks', () => {
  expect(fieldNames).toStrictEqual(Object.keys(all));
});

describe('readForm', () => {
  it.each<readonly [label: string, fields: unknown]>([
    ['a Set of pairs', new Set(pairs)],
    ['a generator of pairs', generated()],
    ['pairs in another order', [...pairs].reverse()],
    ['pairs with more than a value', pairs.map((pair) => [...pair, 'more'])],
    ['pairs among those of others', [['table', 'x'], ...pairs, ['DEVICE', 'x'], ['device\0', 'x'], ['__proto__', 'x']]],
    ['pairs beside one whose value throws', [Object.defineProperty(['table', ''], 1, { get: throwing }), ...pairs]],
    [
      'pairs among other values',
      ['device', 5, null, undefined, { 0: 'device', 1: 'x' }, new Set(['device']), ...pairs],
    ],
    ['pairs among names of other types', [[['device'], 'x'], [Object('device'), 'x'], [Symbol('device')], ...pairs]],
    ['an object with getters', Object.defineProperties({}, Object.fromEntries(getters))],
    ['an object whose other fields throw', withGetter('table')],
  ])('reads %s', (_, fields) => {
    expect(sentBy(fields)).toStrictEqual(all);
  });

  it("reads a form that inherits its properties, as a framework's request may", () => {
    expect(readForm({ __proto__: { method: 'POST', fields: all } })).toStrictEqual({ isPost: true, sent: all });
  });

  it.each<readonly [label: string, fields: unknown]>([
    ['properties of __proto__', JSON.parse('{"__proto__":{"device":"x","camcops_version":"2.4.24"}}') as unknown],
    ['names in other letters', { Device: 'x', 'camcops-version': '2.4.24', dеvice: 'x', 'device\u200b': 'x' }],
    ['names of Object', { constructor: 'x', toString: 'x', hasOwnProperty: 'x' }],
    ['a string object', Object('device=x&camcops_version=2.4.24')],
    ['a function', Object.assign(() => all, all)],
    ['a symbol', Symbol('device')],
    ['null', null],
    ['a proxy that throws', explosive],
    ['a revoked proxy', revoked.proxy],
    ['pairs with a revoked proxy', [...pairs, revoked.proxy]],
    ['a value that throws', withGetter('device')],
    ['a last value that throws', withGetter('camcops_version')],
    ['pairs that end in an error', interrupted()],
    ['an iterator that cannot be called', { ...all, [Symbol.iterator]: 'device' }],
    ['an iterator of nothing', { ...all, [Symbol.iterator]: () => undefined }],
  ])('finds nothing in %s', (_, fields) => {
    expect(sentBy(fields)).toStrictEqual(nothing);
  });

  it.each<readonly [label: string, form: unknown]>([
    ['no object', 'POST'],
    ['a function', Object.assign(() => undefined, { method: 'POST', fields: all })],
    ['a proxy that throws', explosive],
    ['a revoked proxy', revoked.proxy],
  ])('finds neither method nor fields in a form that is %s', (_, form) => {
    expect(readForm(form)).toStrictEqual({ isPost: false, sent: nothing });
  });

  it('finds fields beside a method that throws, and a method beside fields that throw', () => {
    expect(readForm(withGetter('method', { fields: all }))).toStrictEqual({ isPost: false, sent: all });
    expect(readForm(withGetter('fields', { method: 'POST' }))).toStrictEqual({ isPost: true, sent: nothing });
  });

  it.each<unknown>([['POST'], Object('POST'), { toString: () => 'POST' }, 'P\u041eST', undefined])(
    '%o is not POST',
    (method) => {
      expect(readForm({ method, fields: all })).toStrictEqual({ isPost: false, sent: all });
    },
  );
});

describe('readForm, of one field or of all', () => {
  it.each<readonly [label: string, fields: unknown, sent: object]>([
    ['URLSearchParams', new URLSearchParams(all), all],
    ['a blank field', { device: '' }, { ...nothing, device: '' }],
    ['a field sent twice', [['device', 'a'], ...pairs], { ...all, device: repeated }],
    ['a field sent twice, first blank', [['device', ''], ...pairs], { ...all, device: repeated }],
    ['fields of other names', { Table: 'x', toString: 'x' }, nothing],
    ['inherited properties', { __proto__: all }, nothing],
    ['undefined', undefined, nothing],
  ])('reads %s', (_, fields, sent) => {
    expect(sentBy(fields)).toStrictEqual(sent);
  });

  it('marks what is not a string, and not as repeated', () => {
    for (const device of [null, undefined, 5, ['phq9'], explosive]) {
      for (const fields of [{ ...all, device }, Object.entries({ ...all, device }), [...pairs.slice(2), ['device']]]) {
        const sent = sentBy(fields);
        expect(sent.device).toStrictEqual(expect.any(Symbol));
        expect(sent.device).not.toBe(repeated);
        expect(sent.camcops_version).toBe('2.4.24');
      }
    }
  });

  it('takes no item of a pair from a polluted prototype', () => {
    const prototype: Record<number, unknown> = Array.prototype;
    const sent = ['device', 'x'].map((item, at) => {
      try {
        prototype[at] = item;
        const { device, camcops_version } = sentBy([...pairs.slice(2), at === 0 ? [] : ['device']]);
        return [device, camcops_version];
      } finally {
        Reflect.deleteProperty(Array.prototype, at);
      }
    });
    expect(sent).toStrictEqual([
      [undefined, '2.4.24'],
      [expect.any(Symbol), '2.4.24'],
    ]);
  });

  it('keeps nothing from one form to the next', () => {
    expect([sentBy(all), sentBy({}), sentBy(explosive), sentBy(all)]).toStrictEqual([all, nothing, nothing, all]);
  });
});

it.each<readonly [label: string, fields: unknown, sent: boolean]>([
  ['a version', { camcops_version: 'nonsense' }, true],
  ['white space', { camcops_version: ' ' }, true],
  ['null', { camcops_version: null }, true],
  ['two versions', ['', ''].map((version) => ['camcops_version', version]), true],
  ['a blank version', { ...all, camcops_version: '' }, false],
  ['an inherited version', { __proto__: all }, false],
])('hasVersion of %s', (_, fields, sent) => {
  expect(hasVersion(readForm({ method: 'POST', fields }))).toBe(sent);
});
