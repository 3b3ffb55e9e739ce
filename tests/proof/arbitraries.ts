/** What the properties are tried on: values of any kind, texts of any kind, and what is nearly lawful. */
import fc from 'fast-check';
import { some } from 'fp-ts/lib/Option.js';
import { inspect } from 'node:util';

import { Username, type User } from 'camcops-tablet-session';
import { decoded } from '../support/decoded.js';
import { untyped } from '../support/untyped.js';
import { formOf, oddVersions, randomFrom, versions } from './generated-requests.js';

// Texts

const codeUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));
const awkward = fc.constantFrom(
  '\n',
  '\r',
  '\r\n',
  '\\',
  ':',
  '\\n',
  '\u2028',
  '\u0085',
  '\0',
  '\ud800',
  '\udfff',
  '💊',
  ' ',
);
const plainUnit = fc.constantFrom(...'aZ09_-,{}.+'.split(''));
const huge = fc.constantFrom('a'.repeat(100_000), '\n'.repeat(10_000), '9'.repeat(50_000), '0.'.repeat(20_000));

/** Any text that JavaScript has, lone surrogates too; now and then a huge one. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: fc.oneof(plainUnit, awkward, codeUnit) }) },
  { weight: 4, arbitrary: fc.string({ unit: plainUnit, minLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom('success:1', '\nsuccess:1\n', 'session_id:7', '__proto__', 'n'.repeat(192)) },
);
const anyTextOrHuge = fc.oneof({ weight: 60, arbitrary: anyText }, { weight: 1, arbitrary: huge });

// Values

const thrower = (): never => {
  throw new Error('a trap');
};
const trapHandler: ProxyHandler<object> = {
  get: thrower,
  has: thrower,
  ownKeys: thrower,
  getOwnPropertyDescriptor: thrower,
  getPrototypeOf: thrower,
};
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const getter = (name: PropertyKey): object => Object.defineProperty({}, name, { enumerable: true, get: thrower });

/** A value that is made where it is used, since fast-check itself would fall into the traps. It shows what it makes. */
export type Lazy = () => unknown;

const lazy = (make: Lazy): Lazy =>
  Object.assign(() => make(), { [fc.toStringMethod]: () => inspect(make(), { showProxy: true, depth: 5 }) });

/** What only breaks where it is touched, and what is not what it seems. */
const traps: fc.Arbitrary<Lazy> = fc.constantFrom(
  ...[
    () => revoked({}),
    () => revoked([]),
    () => new Proxy({}, trapHandler),
    () => new Proxy([], trapHandler),
    () => new Proxy(thrower, trapHandler),
    () => getter('method'),
    () => getter('fields'),
    () => getter('camcops_version'),
    () => getter(Symbol.iterator),
    () => ({ toString: thrower, valueOf: thrower, toJSON: thrower, [Symbol.toPrimitive]: thrower }),
    () => ({ then: thrower }),
    () => ({ [Symbol.iterator]: 7 }),
    () => ({ [Symbol.iterator]: thrower }),
    () => ({ [Symbol.iterator]: () => ({ next: thrower }) }),
    () => ({ [Symbol.iterator]: () => ({ next: () => 7 }) }),
    () => untyped(Object.create(null)),
    () => Symbol('camcops_version'),
    () => thrower,
    () => new Blob(['x']),
    () => new Date(NaN),
    () => new String('POST'),
    () => new String('2.4.24'),
  ].map(lazy),
);

export const anyValue: fc.Arbitrary<Lazy> = fc.oneof(
  { weight: 3, arbitrary: traps },
  {
    weight: 7,
    arbitrary: fc
      .oneof(
        { weight: 3, arbitrary: anyTextOrHuge },
        { weight: 2, arbitrary: fc.constantFrom(undefined, null, true, 0, -0, NaN, 1n, '', 'POST') },
        {
          weight: 2,
          arbitrary: fc.anything({
            maxDepth: 2,
            maxKeys: 3,
            withBigInt: true,
            withDate: true,
            withMap: true,
            withSet: true,
          }),
        },
      )
      .map((value) => lazy(() => value)),
  },
);

// Versions and policies

const smallNumber = fc.nat(3);
const release = fc.tuple(smallNumber, smallNumber, smallNumber).map((numbers) => numbers.join('.'));
const prereleasePart = fc.constantFrom('0', '1', '2', '10', 'rc', 'beta', 'A', '-', '1a');
const prerelease = fc
  .tuple(release, fc.array(prereleasePart, { minLength: 1, maxLength: 3 }))
  .map(([text, parts]) => `${text}-${parts.join('.')}`);
const build = fc.constantFrom('+1', '+007', '+a.b', '+2.0.0');
const semVer = fc.oneof(
  release,
  prerelease,
  fc.tuple(fc.oneof(release, prerelease), build).map((parts) => parts.join('')),
);
/** Mostly versions. */
export const versionText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: semVer },
  { weight: 5, arbitrary: fc.constantFrom(...versions) },
  { weight: 1, arbitrary: fc.constantFrom(...oddVersions) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0129.-+av '.split('')), maxLength: 8 }) },
);

const bound = fc.oneof(release, prerelease, fc.constantFrom('2', '2.3', '1.x', '*'));
const comparator = fc
  .tuple(fc.constantFrom('', '<', '<=', '>', '>=', '>=', '^', '~'), bound)
  .map((parts) => parts.join(''));
/** node-semver ranges, redundant and empty ones too. */
export const rangeText = fc
  .array(
    fc.array(comparator, { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')),
    { minLength: 1, maxLength: 3 },
  )
  .map((alternatives) => alternatives.join(' || '));

// Forms

export const ownFields = ['operation', 'device', 'user', 'password', 'session_id', 'session_token', 'camcops_version'];

const alice = decoded(Username, 'alice');
const right = { groupId: 0, mayUpload: true, mayRegisterDevices: true };

export type TextFields = readonly (readonly [name: string, value: string])[];

/** URLSearchParams and FormData hold no lone surrogates. */
const isText = (pair: readonly unknown[]): pair is readonly [string, string] =>
  pair.every((part) => typeof part === 'string' && !/\p{Cs}/u.test(part));

/** Own fields as texts, each sent at most once, most of them lawful; in any order. */
export const textFields: fc.Arbitrary<TextFields> = fc.nat().map((seed) => {
  const { pairs } = formOf(randomFrom(seed), {
    devices: [{ id: 11, name: 'tablet-1' }],
    users: [{ id: 1, username: alice, password: 'pw', uploadGroupId: 0, superuser: false, memberships: [right] }],
    sessions: [{ id: 501, token: 'tok', username: alice }],
    newSession: { id: 900, token: 'new-token' },
    storesSessions: true,
  });
  return [...new Map(pairs.filter(isText).filter(([name]) => ownFields.includes(name)))];
});

const fieldName: fc.Arbitrary<Lazy> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .constantFrom(...ownFields, ...ownFields, 'Operation', 'device[]', 'user ', '', '__proto__', 'table')
      .map((name) => lazy(() => name)),
  },
  { weight: 1, arbitrary: anyValue },
);
const anyPair: fc.Arbitrary<Lazy> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fieldName, anyValue).map(([name, value]) => lazy(() => [name(), value()])) },
  { weight: 1, arbitrary: anyValue },
);
/** Lawful fields with anything among them. */
const anyPairs: fc.Arbitrary<() => readonly unknown[]> = fc
  .tuple(textFields, fc.array(anyPair, { maxLength: 4 }))
  .map(([lawful, others]) => () => [...others.map((make) => make()), ...lawful]);
/** Lawful fields as an object, one of them anything. */
const anyObject: fc.Arbitrary<() => object> = fc
  .tuple(textFields, fc.constantFrom(...ownFields, 'table', '__proto__'), anyValue)
  .map(
    ([lawful, name, value]) =>
      () =>
        Object.fromEntries([...lawful, [name, value()]]),
  );

const breakingAfter = (pairs: readonly unknown[]): Iterable<unknown> => ({
  *[Symbol.iterator]() {
    yield* pairs;
    throw new Error('the iterator broke');
  },
});
const withGetter = (fields: object): object =>
  Object.defineProperty(fields, 'operation', { enumerable: true, get: thrower });

const anyFields: fc.Arbitrary<Lazy> = fc.oneof(
  { weight: 5, arbitrary: anyPairs.map(lazy) },
  { weight: 5, arbitrary: anyObject.map(lazy) },
  { weight: 1, arbitrary: anyPairs.map((make) => lazy(() => breakingAfter(make()))) },
  { weight: 1, arbitrary: anyObject.map((make) => lazy(() => withGetter(make()))) },
  { weight: 1, arbitrary: anyPairs.map((make) => lazy(() => new Set(make()))) },
  { weight: 1, arbitrary: textFields.map((fields) => lazy(() => new URLSearchParams(Object.fromEntries(fields)))) },
  { weight: 1, arbitrary: anyPairs.map((make) => lazy(() => new Proxy(make(), {}))) },
  { weight: 2, arbitrary: anyValue },
);

const post = lazy(() => 'POST');

/** Anything at all, given as a form. */
export const anyForm: fc.Arbitrary<Lazy> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.oneof({ weight: 9, arbitrary: fc.constant(post) }, { weight: 1, arbitrary: anyValue }), anyFields)
      .map(([method, fields]) => lazy(() => ({ method: method(), fields: fields() }))),
  },
  { weight: 1, arbitrary: anyValue },
);

// Users

/** A user who may do everything. */
export const fullUser: User = { id: 1, username: alice, uploadGroupId: some(0), superuser: true, memberships: [] };
