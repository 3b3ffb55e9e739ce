import { isRight, left } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { defaultVersionPolicy, userErrorMessage, versionPolicy, type VersionPolicy } from '../src/index.js';
import { rightOf } from './support/decoded.js';
import { clientVersion as version } from './support/fixtures.js';

const policyOf = (supported: string, deprecated?: string): VersionPolicy =>
  rightOf(versionPolicy({ supported, ...(deprecated !== undefined && { deprecated }) }));
/** The versions, parted by spaces. */
const versions = (texts: string): readonly string[] => texts.split(' ').filter((text) => text !== '');
/** What a tablet is told of a version. */
const told = ({ refusal }: VersionPolicy, text: string): string => {
  const refused = refusal(version(text));
  return isSome(refused) ? userErrorMessage(refused.value) : 'served';
};

interface Range {
  /** The lowest that is served, as a tablet is told. */
  readonly required?: string;
  readonly tooOld?: string;
  readonly served: string;
  readonly blocked?: string;
  readonly tooNew?: string;
}

const lowAndHigh = '0 0.0.0-0 1.06 1.5 2.0.0-rc.1 2.0.0 2.4.24 2.4.24-beta+b 4 9007199254740991';

const ranges: Readonly<Record<string, Range>> = {
  '>=2.0.0': {
    required: '2.0.0',
    tooOld: '0 0.0.0-0 1.06 1.14 1.5 1.14.0+b 1.9999.9999 2.0.0-0 2.0.0-rc.1 2.0.0-rc.1+b',
    served: '2 2.0.0 2.0.0+b 2.0.1-0 2.0.1 2.4.0-beta 2.4.24 3.0.0-rc.1 9007199254740991',
  },
  '>=2.0.0 <4.0.0': {
    required: '2.0.0',
    tooOld: '0 1.14 1.9999.9999 2.0.0-0 2.0.0-rc.1',
    served: '2 2.0.0 2.4.0-beta 3.9999.9999 3.9999.9999+b 4.0.0-0 4.0.0-rc.1',
    tooNew: '4 4.0.0 4.0.0+b 4.0.1-0 4.0.1 5.0.0-0 10 9007199254740991',
  },
  '>=2.0.4 <3 || >=3.2.0': {
    required: '2.0.4',
    tooOld: '0 1.5 2.0.0 2.0.3 2.0.4-0 2.0.4-rc.1+b',
    served: '2.0.4 2.0.4+b 2.0.5-0 2.9999.9999 3.2.0 3.2.0+b 3.2.1-0 4.0.0-rc.1 4',
    blocked: '3 3.0.0 3.0.0+b 3.0.0-rc.1 3.1.9999 3.2.0-0 3.2.0-rc.1+b',
  },
  '>=3.2.0 <4 || >=2.0.4 <3': {
    ...{ required: '2.0.4', tooOld: '0 2.0.3 2.0.4-rc.1', served: '2.0.4 2.9999.9999 3.2.0 3.2.1-0 3.9999.9999' },
    ...{ blocked: '3.0.0 3.1.9999 3.2.0-0', tooNew: '4.0.0 4.0.1-0 5' },
  },
  '^2.3.0': {
    ...{ required: '2.3.0', tooOld: '0 2.2.8 2.2.9999 2.3.0-rc.1' },
    served: '2.3.0 2.3.0+b 2.3.1-0 2.3.1 2.4.0-beta 2.4.24 2.9999.9999',
    tooNew: '3.0.0-0 3.0.0-rc.1 3 3.0.1 4',
  },
  '2.x': { required: '2.0.0', tooOld: '0 1.9999.9999', served: '2.0.0 2.4.24 2.9999.9999', tooNew: '3.0.0-0 3' },
  '2.0.4 || 2.4.24': {
    ...{ required: '2.0.4', tooOld: '2.0.3 2.0.4-rc.1', served: '2.0.4 2.4.24 2.4.24+b' },
    ...{ blocked: '2.0.5-0 2.0.5 2.4.23 2.4.24-rc.1', tooNew: '2.4.25-0 2.4.25' },
  },
  '>=2.0.0-rc.1': {
    ...{ required: '2.0.0-rc.1', tooOld: '1.9999.9999 2.0.0-0 2.0.0-beta.9 2.0.0-rc.0' },
    served: '2.0.0-rc.1 2.0.0-rc.1+b 2.0.0-rc.2 2.0.0',
  },
  // a bound that another one makes idle
  '^2.0.0 <2.3.0': {
    ...{ required: '2.0.0', tooOld: '1.14 2.0.0-rc.1', served: '2.0.0 2.2.8 2.3.0-rc.1' },
    tooNew: '2.3.0 2.5.0 2.9999.9999 3.0.0-0 3 4',
  },
  '>=1.0.0 >=2.0.4': { required: '2.0.4', tooOld: '0 1.0.0 2.0.3 2.0.4-rc.1', served: '2.0.4 3' },
  '>2.0.4': { required: '2.0.5', tooOld: '2.0.3 2.0.4 2.0.4+b', served: '2.0.5 3' },
  '<=2.4.24': { served: '0.0.0-0 0 2.4.24-rc.1 2.4.24', tooNew: '2.4.25-0 2.4.25' },
  '*': { served: lowAndHigh },
  '': { served: lowAndHigh },
  // alternatives that no version satisfies
  '>=1.0.0 >=4.0.0 <3.0.0 || >=2.0.0 <2.3.0': {
    ...{ required: '2.0.0', tooOld: '1.14', served: '2.0.0 2.2.8', tooNew: '2.3.0 3.0.0 3.5.0 4.0.0 5' },
  },
  '>=4 <3 || >=5': { required: '5.0.0', tooOld: '4.9.9', served: '5' },
  '<=3.1.0 || >=3.0.0 <2.1.2': { served: '3.1.0', tooNew: '3.1.1' },
  '~2.0.1 || >=2.0.1 <1.0.0': { required: '2.0.1', tooOld: '0.0.1-0', served: '2.0.1' },
  '>3.1.0 || >=3.1.0 <3.1.0': { required: '3.1.1', tooOld: '3.1.0', served: '3.1.1' },
  '<=3.0.0 >=2.0.0 || >=4 <3': { required: '2.0.0', tooOld: '1.0.0', served: '3.0.0' },
  // alternatives that only prereleases satisfy
  '>2.0.0 <2.0.1': { required: '2.0.1-0', tooOld: '2.0.0', served: '2.0.1-rc.1', tooNew: '2.0.1' },
  '>2.0.0-rc.1 <2.0.0-rc.1.1': { required: '2.0.0-rc.1.0', tooOld: '2.0.0-rc.1', served: '2.0.0-rc.1.0' },
  '<0.0.0': { served: '0.0.0-0', tooNew: '0' },
  '~2.3 <2.3.0 || >=3': { required: '2.3.0-0', tooOld: '2.2.0', served: '2.3.0-rc.1', blocked: '2.5.0' },
  '>=3 || ~2.3 <2.3.0': { required: '2.3.0-0', tooOld: '2.2.0', served: '3' },
};

describe('a policy', () => {
  it.each(Object.entries(ranges))('of %j serves or refuses', (supported, range) => {
    const policy = policyOf(supported);
    const verdicts = [
      ['version-too-old', 'too old', range.tooOld, { required: range.required }],
      ['version-blocked', 'not supported', range.blocked, { supported }],
      ['version-too-new', 'too new', range.tooNew, { supported }],
    ] as const;
    for (const [code, words, texts = '', needed] of verdicts) {
      for (const text of versions(texts)) {
        const actual = version(text);
        expect(policy.refusal(actual)).toStrictEqual(some({ code, actual, ...needed }));
        const need = Object.values(needed).join('');
        expect(told(policy, text)).toBe(`Tablet CamCOPS version ${words}: is ${actual}, need ${need}`);
      }
    }
    for (const text of versions(range.served)) expect([text, told(policy, text)]).toEqual([text, 'served']);
    expect(versions(lowAndHigh).filter((text) => policy.isDeprecated(version(text)))).toEqual([]);
  });

  it('keeps its ranges', () => {
    expect(policyOf('>=2.0 <4', '2.x')).toMatchObject({ supported: '>=2.0 <4', deprecated: some('2.x') });
    expect(policyOf('>=2.0.0').deprecated).toStrictEqual(none);
    expect(policyOf('>=2.0.0', '').deprecated).toStrictEqual(some(''));
  });

  it.each(['  >=2.0.0   <4.0.0 ', '\t>=2.0.0\n<4.0.0\r\n', '>= 2.0.0 < 4.0.0', '>=2.0.0\u00a0<4.0.0'])(
    'takes the white space of %j',
    (range) => {
      const policy = policyOf(range, range);
      const texts = versions('1.9999.9999 2.0.0-rc.1 2.0.0 2.4.0-beta 3.9999.9999 4.0.0 5');
      const within = versions('2.0.0 2.4.0-beta 3.9999.9999');
      expect(texts.filter((text) => told(policy, text) === 'served')).toStrictEqual(within);
      expect(texts.filter((text) => policy.isDeprecated(version(text)))).toStrictEqual(within);
    },
  );

  it('gives the same verdict twice', () => {
    const policy = policyOf('>=2.0.4 <3 || >=3.2.0');
    for (const text of ['1', '2.4.24', '3', '2.4.24', '1', '3']) {
      expect(policy.refusal(version(text))).toStrictEqual(policyOf('>=2.0.4 <3 || >=3.2.0').refusal(version(text)));
    }
  });
});

describe('deprecated', () => {
  it.each([
    ['<2.3.0', '0 1.14 2.2.9999 2.3.0-rc.1 2.3.0-rc.1+b', '2.3.0 2.3.0+b 2.3.1-0 2.4.24 4'],
    ['2.0.1 || 2.0.4', '2.0.1 2.0.4 2.0.4+b', '2.0.0 2.0.1-rc.1 2.0.2 2.0.3 2.0.4-0 2.0.5'],
    ['>=2.0.0 <2.3.0', '2.0.0 2.2.0-beta', '1.14 2.0.0-rc.1 2.3.0'],
    ['*', lowAndHigh, ''],
    ['', lowAndHigh, ''],
  ])('%j is told, and changes nothing of what is served', (deprecated, older, newer) => {
    const policy = policyOf('>=2.0.0', deprecated);
    const all = versions(`${older} ${newer}`);
    expect(all.filter((text) => policy.isDeprecated(version(text)))).toStrictEqual(versions(older));
    expect(all.map((text) => told(policy, text))).toStrictEqual(all.map((text) => told(policyOf('>=2.0.0'), text)));
  });
});

it('defaultVersionPolicy is the policy of >=2.0.0', () => {
  const written = policyOf('>=2.0.0');
  expect(defaultVersionPolicy).toMatchObject({ supported: '>=2.0.0', deprecated: none });
  for (const text of versions('0 1.14 1.9999.9999 2.0.0-0 2.0.0-rc.1 2 2.0.0+b 2.4.0-beta 2.4.24 9')) {
    expect(defaultVersionPolicy.refusal(version(text))).toStrictEqual(written.refusal(version(text)));
    expect(defaultVersionPolicy.isDeprecated(version(text))).toBe(false);
  }
});

describe('versionPolicy refuses', () => {
  const good = '>=2.0.0';
  const invalid: readonly unknown[] = [
    ...['two or more', '>=', '>=2.0.0 <nope', '>=2.0.0 || nope', '2.0.0.0', '>=2.0.0 &&', '>=02.0.0', '=>2.0.0'],
    ...['\u22652.0.0', '>=\u0662.0.0', '>=2.0.0\0', '\ud800', '__proto__', '>=9007199254740992.0.0'],
    ...[null, 5, true, {}, [], ['>=2.0.0'], Symbol(good), () => good, { __proto__: null }],
  ];
  const unsatisfiable = [
    ...['>=4.0.0 <3.0.0', '>2.0.0 <2.0.0', '<0.0.0-0', '2.0.0 2.0.1', '>=4 <3 || >2 <1', '^0.0.0 0.0.0-0'],
    ...['>2.0.0 <2.0.1-0', '>2.0.0-rc.1 <2.0.0-rc.1.0'],
    // The version that comes next would be too long, or has too large a number.
    ...[`>2.0.0-${'a'.repeat(250)}`, '>2.0.9007199254740991 <2.1.0-0'],
  ];
  const compile = (config: object): unknown => Reflect.apply(versionPolicy, undefined, [config]);

  it.each([
    ...invalid.map((range) => ({ range, code: 'invalid-range' })),
    ...unsatisfiable.map((range) => ({ range, code: 'unsatisfiable-range' })),
  ])('$range, in each field: $code', ({ range, code }) => {
    expect(compile({ supported: range })).toStrictEqual(left({ code, field: 'supported' }));
    expect(compile({ supported: good, deprecated: range })).toStrictEqual(left({ code, field: 'deprecated' }));
    expect(compile({ supported: range, deprecated: range })).toStrictEqual(left({ code, field: 'supported' }));
  });

  it('an absent range, but only of what is supported', () => {
    expect(compile({})).toStrictEqual(left({ code: 'invalid-range', field: 'supported' }));
    expect(compile({ supported: undefined })).toStrictEqual(left({ code: 'invalid-range', field: 'supported' }));
    expect(isRight(versionPolicy({ supported: good }))).toBe(true);
    expect(compile({ supported: good, deprecated: undefined })).toHaveProperty('_tag', 'Right');
  });
});
