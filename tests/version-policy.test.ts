import { isRight, left } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  defaultVersionPolicy,
  parseClientVersion,
  userErrorMessage,
  versionPolicy,
  type VersionPolicy,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';

const version = (text: string) => rightOf(parseClientVersion(text));

/** `served`, or the code of the refusal. */
const verdict = ({ refusal }: VersionPolicy, text: string): string => {
  const refused = refusal(version(text));
  return isSome(refused) ? refused.value.code : 'served';
};

interface Range {
  readonly supported: string;
  /** The lowest that is served, as a tablet is told. */
  readonly required?: string;
  readonly tooOld?: readonly string[];
  readonly served: readonly string[];
  readonly blocked?: readonly string[];
  readonly tooNew?: readonly string[];
}

const lowAndHigh = [
  '0',
  '0.0.0-0',
  '1.06',
  '1.5',
  '2.0.0-rc.1',
  '2.0.0',
  '2.4.24',
  '2.4.24-beta+b',
  '4',
  '9007199254740991',
];

const ranges: readonly Range[] = [
  {
    supported: '>=2.0.0',
    required: '2.0.0',
    tooOld: ['0', '0.0.0-0', '1.06', '1.14', '1.5', '1.14.0+b', '1.9999.9999', '2.0.0-0', '2.0.0-rc.1', '2.0.0-rc.1+b'],
    served: ['2', '2.0.0', '2.0.0+b', '2.0.1-0', '2.0.1', '2.4.0-beta', '2.4.24', '3.0.0-rc.1', '9007199254740991'],
  },
  {
    supported: '>=2.0.0 <4.0.0',
    required: '2.0.0',
    tooOld: ['0', '1.14', '1.9999.9999', '2.0.0-0', '2.0.0-rc.1'],
    served: ['2', '2.0.0', '2.4.0-beta', '3.9999.9999', '3.9999.9999+b', '4.0.0-0', '4.0.0-rc.1'],
    tooNew: ['4', '4.0.0', '4.0.0+b', '4.0.1-0', '4.0.1', '5.0.0-0', '10', '9007199254740991'],
  },
  {
    supported: '>=2.0.4 <3 || >=3.2.0',
    required: '2.0.4',
    tooOld: ['0', '1.5', '2.0.0', '2.0.3', '2.0.4-0', '2.0.4-rc.1+b'],
    served: ['2.0.4', '2.0.4+b', '2.0.5-0', '2.9999.9999', '3.2.0', '3.2.0+b', '3.2.1-0', '4.0.0-rc.1', '4'],
    blocked: ['3', '3.0.0', '3.0.0+b', '3.0.0-rc.1', '3.1.9999', '3.2.0-0', '3.2.0-rc.1+b'],
  },
  {
    supported: '>=3.2.0 <4 || >=2.0.4 <3',
    required: '2.0.4',
    tooOld: ['0', '2.0.3', '2.0.4-rc.1'],
    served: ['2.0.4', '2.9999.9999', '3.2.0', '3.2.1-0', '3.9999.9999'],
    blocked: ['3.0.0', '3.1.9999', '3.2.0-0'],
    tooNew: ['4.0.0', '4.0.1-0', '5'],
  },
  {
    supported: '^2.3.0',
    required: '2.3.0',
    tooOld: ['0', '2.2.8', '2.2.9999', '2.3.0-rc.1'],
    served: ['2.3.0', '2.3.0+b', '2.3.1-0', '2.3.1', '2.4.0-beta', '2.4.24', '2.9999.9999'],
    tooNew: ['3.0.0-0', '3.0.0-rc.1', '3', '3.0.1', '4'],
  },
  {
    supported: '2.x',
    required: '2.0.0',
    tooOld: ['0', '1.9999.9999'],
    served: ['2.0.0', '2.4.24', '2.9999.9999'],
    tooNew: ['3.0.0-0', '3'],
  },
  {
    supported: '2.0.4 || 2.4.24',
    required: '2.0.4',
    tooOld: ['2.0.3', '2.0.4-rc.1'],
    served: ['2.0.4', '2.4.24', '2.4.24+b'],
    blocked: ['2.0.5-0', '2.0.5', '2.4.23', '2.4.24-rc.1'],
    tooNew: ['2.4.25-0', '2.4.25'],
  },
  {
    supported: '>=2.0.0-rc.1',
    required: '2.0.0-rc.1',
    tooOld: ['1.9999.9999', '2.0.0-0', '2.0.0-beta.9', '2.0.0-rc.0'],
    served: ['2.0.0-rc.1', '2.0.0-rc.1+b', '2.0.0-rc.2', '2.0.0'],
  },
  {
    // a bound that another one makes idle
    supported: '^2.0.0 <2.3.0',
    required: '2.0.0',
    tooOld: ['1.14', '2.0.0-rc.1'],
    served: ['2.0.0', '2.2.8', '2.3.0-rc.1'],
    tooNew: ['2.3.0', '2.5.0', '2.9999.9999', '3.0.0-0', '3', '4'],
  },
  {
    supported: '>=1.0.0 >=2.0.4',
    required: '2.0.4',
    tooOld: ['0', '1.0.0', '2.0.3', '2.0.4-rc.1'],
    served: ['2.0.4', '3'],
  },
  {
    // an alternative that no version satisfies
    supported: '>=1.0.0 >=4.0.0 <3.0.0 || >=2.0.0 <2.3.0',
    required: '2.0.0',
    tooOld: ['1.14'],
    served: ['2.0.0', '2.2.8'],
    tooNew: ['2.3.0', '3.0.0', '3.5.0', '4.0.0', '5'],
  },
  { supported: '>2.0.4', required: '2.0.5', tooOld: ['2.0.3', '2.0.4', '2.0.4+b'], served: ['2.0.5', '3'] },
  { supported: '<=2.4.24', served: ['0.0.0-0', '0', '2.4.24-rc.1', '2.4.24'], tooNew: ['2.4.25-0', '2.4.25'] },
  { supported: '*', served: lowAndHigh },
  { supported: '', served: lowAndHigh },
];

const cases = ranges.flatMap(({ supported, required, tooOld = [], served, blocked = [], tooNew = [] }) => [
  ...tooOld.map((text) => ({
    supported,
    text,
    refusal: some({ code: 'version-too-old', actual: version(text), required }),
    message: `Tablet CamCOPS version too old: is ${version(text)}, need ${required ?? ''}`,
  })),
  ...served.map((text) => ({ supported, text, refusal: none, message: 'served' })),
  ...blocked.map((text) => ({
    supported,
    text,
    refusal: some({ code: 'version-blocked', actual: version(text), supported }),
    message: `Tablet CamCOPS version not supported: is ${version(text)}, need ${supported}`,
  })),
  ...tooNew.map((text) => ({
    supported,
    text,
    refusal: some({ code: 'version-too-new', actual: version(text), supported }),
    message: `Tablet CamCOPS version too new: is ${version(text)}, need ${supported}`,
  })),
]);

describe('a policy', () => {
  it.each(cases)('of $supported says of $text: $message', ({ supported, text, refusal, message }) => {
    const policy = rightOf(versionPolicy({ supported }));
    const refused = policy.refusal(version(text));
    expect(refused).toStrictEqual(refusal);
    expect(isSome(refused) ? userErrorMessage(refused.value) : 'served').toBe(message);
    expect(policy.isDeprecated(version(text))).toBe(false);
  });

  it('keeps the documented words', () => {
    const message = (supported: string, text: string): string => {
      const refused = rightOf(versionPolicy({ supported })).refusal(version(text));
      return isSome(refused) ? userErrorMessage(refused.value) : 'served';
    };
    expect(message('>=2.0.0', '1.14')).toBe('Tablet CamCOPS version too old: is 1.14.0, need 2.0.0');
    expect(message('>=2.0.0 <4.0.0', '4')).toBe('Tablet CamCOPS version too new: is 4.0.0, need >=2.0.0 <4.0.0');
    expect(message('>=2.0.4 <3 || >=3.2.0', '3')).toBe(
      'Tablet CamCOPS version not supported: is 3.0.0, need >=2.0.4 <3 || >=3.2.0',
    );
  });

  it('keeps its ranges', () => {
    const { supported, deprecated } = rightOf(versionPolicy({ supported: '>=2.0.0', deprecated: '<2.3.0' }));
    expect({ supported, deprecated }).toStrictEqual({ supported: '>=2.0.0', deprecated: some('<2.3.0') });
    expect(rightOf(versionPolicy({ supported: '>=2.0 <4', deprecated: '2.x' }))).toMatchObject({
      supported: '>=2.0 <4',
      deprecated: some('2.x'),
    });
    expect(rightOf(versionPolicy({ supported: '>=2.0.0' })).deprecated).toStrictEqual(none);
    expect(rightOf(versionPolicy({ supported: '>=2.0.0', deprecated: '' })).deprecated).toStrictEqual(some(''));
  });

  it.each(['  >=2.0.0   <4.0.0 ', '\t>=2.0.0\n<4.0.0\r\n', '>= 2.0.0 < 4.0.0', '>=2.0.0\u00a0<4.0.0'])(
    'takes the white space of %j',
    (supported) => {
      const policy = rightOf(versionPolicy({ supported, deprecated: supported }));
      const texts = ['1.9999.9999', '2.0.0-rc.1', '2.0.0', '2.4.0-beta', '3.9999.9999', '4.0.0', '5'];
      expect(texts.map((text) => verdict(policy, text))).toStrictEqual([
        'version-too-old',
        'version-too-old',
        'served',
        'served',
        'served',
        'version-too-new',
        'version-too-new',
      ]);
      expect(texts.map((text) => policy.isDeprecated(version(text)))).toStrictEqual([
        false,
        false,
        true,
        true,
        true,
        false,
        false,
      ]);
    },
  );

  it('gives the same verdict twice', () => {
    const policy = rightOf(versionPolicy({ supported: '>=2.0.4 <3 || >=3.2.0' }));
    for (const text of ['1', '2.4.24', '3', '2.4.24', '1', '3']) {
      expect(policy.refusal(version(text))).toStrictEqual(policy.refusal(version(text)));
    }
    expect(['1', '2.4.24', '3', '1'].map((text) => verdict(policy, text))).toStrictEqual([
      'version-too-old',
      'served',
      'version-blocked',
      'version-too-old',
    ]);
  });
});

describe('deprecated', () => {
  it.each([
    ['<2.3.0', ['0', '1.14', '2.2.9999', '2.3.0-rc.1', '2.3.0-rc.1+b'], ['2.3.0', '2.3.0+b', '2.3.1-0', '2.4.24', '4']],
    ['2.0.1 || 2.0.4', ['2.0.1', '2.0.4', '2.0.4+b'], ['2.0.0', '2.0.1-rc.1', '2.0.2', '2.0.3', '2.0.4-0', '2.0.5']],
    ['>=2.0.0 <2.3.0', ['2.0.0', '2.2.0-beta'], ['1.14', '2.0.0-rc.1', '2.3.0']],
    ['*', lowAndHigh, []],
    ['', lowAndHigh, []],
  ] as const)('%j', (deprecated, older, newer) => {
    const { isDeprecated } = rightOf(versionPolicy({ supported: '>=2.0.0', deprecated }));
    expect(older.filter((text) => !isDeprecated(version(text)))).toStrictEqual([]);
    expect(newer.filter((text) => isDeprecated(version(text)))).toStrictEqual([]);
  });

  it('changes nothing of what is served', () => {
    const policy = rightOf(versionPolicy({ supported: '>=2.0.0 <4.0.0', deprecated: '<2.3.0' }));
    expect(['1.14', '2.0.0', '2.3.0', '4'].map((text) => verdict(policy, text))).toStrictEqual([
      'version-too-old',
      'served',
      'served',
      'version-too-new',
    ]);
  });
});

describe('defaultVersionPolicy', () => {
  it('is the policy of >=2.0.0', () => {
    const written = rightOf(versionPolicy({ supported: '>=2.0.0' }));
    const { supported, deprecated } = defaultVersionPolicy;
    expect({ supported, deprecated }).toStrictEqual({ supported: '>=2.0.0', deprecated: none });
    for (const text of [
      '0',
      '1.14',
      '1.9999.9999',
      '2.0.0-0',
      '2.0.0-rc.1',
      '2',
      '2.0.0+b',
      '2.4.0-beta',
      '2.4.24',
      '9',
    ]) {
      expect(defaultVersionPolicy.refusal(version(text))).toStrictEqual(written.refusal(version(text)));
      expect(defaultVersionPolicy.isDeprecated(version(text))).toBe(false);
    }
    expect(verdict(defaultVersionPolicy, '1.14')).toBe('version-too-old');
    expect(verdict(defaultVersionPolicy, '2.0.0')).toBe('served');
  });
});

describe('versionPolicy refuses', () => {
  const good = '>=2.0.0';
  const invalid: readonly unknown[] = [
    ...[
      'two or more',
      '>=',
      '>=2.0.0 <nope',
      '>=2.0.0 || nope',
      '2.0.0.0',
      '>=2.0.0 &&',
      '>=02.0.0',
      '=>2.0.0',
      '\u22652.0.0',
    ],
    ...['>=\u0662.0.0', '>=2.0.0\0', '\ud800', '__proto__', '>=9007199254740992.0.0'],
    ...[null, 5, true, {}, [], ['>=2.0.0'], Symbol(good), () => good, { __proto__: null }],
  ];
  const policyOf = (config: object): unknown => Reflect.apply(versionPolicy, undefined, [config]);

  it.each(invalid.map((range) => ({ range })))('the invalid range $range, in each field', ({ range }) => {
    expect(policyOf({ supported: range })).toStrictEqual(left({ code: 'invalid-range', field: 'supported' }));
    expect(policyOf({ supported: good, deprecated: range })).toStrictEqual(
      left({ code: 'invalid-range', field: 'deprecated' }),
    );
    expect(policyOf({ supported: range, deprecated: range })).toStrictEqual(
      left({ code: 'invalid-range', field: 'supported' }),
    );
  });

  it.each(['>=4.0.0 <3.0.0', '>2.0.0 <2.0.0', '<0.0.0-0', '2.0.0 2.0.1'])('the unsatisfiable range %j', (supported) => {
    expect(versionPolicy({ supported })).toStrictEqual(left({ code: 'unsatisfiable-range', field: 'supported' }));
  });

  it('an absent range, but only of what is supported', () => {
    expect(policyOf({})).toStrictEqual(left({ code: 'invalid-range', field: 'supported' }));
    expect(policyOf({ supported: undefined })).toStrictEqual(left({ code: 'invalid-range', field: 'supported' }));
    expect(isRight(versionPolicy({ supported: good }))).toBe(true);
    expect(policyOf({ supported: good, deprecated: undefined })).toHaveProperty('_tag', 'Right');
  });
});

describe('alternatives that no version satisfies', () => {
  it.each([
    ['>=4 <3 || >=5', '4.9.9', 'version-too-old', '5.0.0'],
    ['<=3.1.0 || >=3.0.0 <2.1.2', '3.1.1', 'version-too-new', undefined],
    ['~2.0.1 || >=2.0.1 <1.0.0', '0.0.1-0', 'version-too-old', '2.0.1'],
    ['>3.1.0 || >=3.1.0 <3.1.0', '3.1.0', 'version-too-old', '3.1.1'],
    ['<=3.0.0 >=2.0.0 || >=4 <3', '1.0.0', 'version-too-old', '2.0.0'],
  ])('%s: count for nothing, as %s finds', (supported, actual, code, required) => {
    const refusal = rightOf(versionPolicy({ supported })).refusal(rightOf(parseClientVersion(actual)));
    expect(refusal).toMatchObject({ value: { code, actual, ...(required !== undefined && { required }) } });
  });

  it.each([
    ...['>=4 <3', '>=4 <3 || >2 <1', '^0.0.0 0.0.0-0', '>2.0.0 <2.0.1-0', '>2.0.0-rc.1 <2.0.0-rc.1.0'],
    // The version that comes next would be too long, or has too large a number.
    ...[`>2.0.0-${'a'.repeat(250)}`, '>2.0.9007199254740991 <2.1.0-0'],
  ])('%s alone is refused', (range) => {
    expect(versionPolicy({ supported: range })).toEqual(left({ code: 'unsatisfiable-range', field: 'supported' }));
    expect(versionPolicy({ supported: '*', deprecated: range })).toEqual(
      left({ code: 'unsatisfiable-range', field: 'deprecated' }),
    );
  });
});

describe('alternatives that only prereleases satisfy', () => {
  it.each([
    ['>2.0.0 <2.0.1', '2.0.1-rc.1', 'served', undefined],
    ['>2.0.0 <2.0.1', '2.0.0', 'version-too-old', '2.0.1-0'],
    ['>2.0.0 <2.0.1', '2.0.1', 'version-too-new', undefined],
    ['>2.0.0-rc.1 <2.0.0-rc.1.1', '2.0.0-rc.1', 'version-too-old', '2.0.0-rc.1.0'],
    ['<0.0.0', '0.0.0-0', 'served', undefined],
    ['~2.3 <2.3.0 || >=3', '2.3.0-rc.1', 'served', undefined],
    ['~2.3 <2.3.0 || >=3', '2.5.0', 'version-blocked', undefined],
    ['>=3 || ~2.3 <2.3.0', '2.2.0', 'version-too-old', '2.3.0-0'],
  ])('%s: count, as %s finds: %s', (supported, actual, code, required) => {
    const policy = rightOf(versionPolicy({ supported }));
    expect(verdict(policy, actual)).toBe(code);
    if (required !== undefined) expect(policy.refusal(version(actual))).toMatchObject({ value: { required } });
  });
});
