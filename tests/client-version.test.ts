import { inspect } from 'node:util';

import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { ClientVersion, clientVersionOrd, nonsensicalVersion, parseClientVersion } from '../src/index.js';
import { rightOf } from './support/decoded.js';

const version = (text: string): ClientVersion => rightOf(parseClientVersion(text));

const largest = '9007199254740991';
const tooLarge = '9007199254740992';

const canonicalOf: readonly (readonly [text: string, canonical: string])[] = [
  // SemVer 2.0.0, kept as it is
  ['0.0.0', '0.0.0'],
  ['2.4.24', '2.4.24'],
  ['10.20.30', '10.20.30'],
  ['1.0.0-alpha', '1.0.0-alpha'],
  ['1.0.0-alpha.1', '1.0.0-alpha.1'],
  ['1.0.0-0', '1.0.0-0'],
  ['1.0.0-0.3.7', '1.0.0-0.3.7'],
  ['1.0.0-x.7.z.92', '1.0.0-x.7.z.92'],
  ['1.0.0-x-y-z.--', '1.0.0-x-y-z.--'],
  ['1.0.0--', '1.0.0--'],
  ['1.0.0-01a', '1.0.0-01a'],
  ['1.0.0-0-0', '1.0.0-0-0'],
  ['1.0.0-RC.1', '1.0.0-RC.1'],
  ['2.4.24+build', '2.4.24+build'],
  ['2.4.24+001', '2.4.24+001'],
  ['2.4.24+exp.sha-5114f85.00', '2.4.24+exp.sha-5114f85.00'],
  ['2.4.24-rc.1+b.2', '2.4.24-rc.1+b.2'],
  // whole numbers
  ['0', '0.0.0'],
  ['2', '2.0.0'],
  ['00', '0.0.0'],
  ['007', '7.0.0'],
  ['10', '10.0.0'],
  // decimals
  ['1.5', '1.50.0'],
  ['1.50', '1.50.0'],
  ['1.500', '1.500.0'],
  ['1.05', '1.5.0'],
  ['1.06', '1.6.0'],
  ['1.060', '1.60.0'],
  ['1.005', '1.5.0'],
  ['1.14', '1.14.0'],
  ['1.123', '1.123.0'],
  ['1.105', '1.105.0'],
  ['1.0', '1.0.0'],
  ['1.00', '1.0.0'],
  ['0.0', '0.0.0'],
  ['01.5', '1.50.0'],
  ['00.01', '0.1.0'],
  // the largest numbers
  [largest, `${largest}.0.0`],
  [`1.${largest}`, `1.${largest}.0`],
  [`${largest}.0.0`, `${largest}.0.0`],
  [`0.${largest}.0`, `0.${largest}.0`],
  [`0.0.${largest}`, `0.0.${largest}`],
  [`1.0.0-${largest}`, `1.0.0-${largest}`],
  [`1.0.0-rc.${largest}.x`, `1.0.0-rc.${largest}.x`],
  // what looks like a number, and is none
  [`1.0.0-${tooLarge}a`, `1.0.0-${tooLarge}a`],
  [`1.0.0-a${tooLarge}`, `1.0.0-a${tooLarge}`],
  [`1.0.0+${tooLarge}`, `1.0.0+${tooLarge}`],
  // the longest texts
  [`1.0.0+${'a'.repeat(250)}`, `1.0.0+${'a'.repeat(250)}`],
  [`1.0.0-${'a'.repeat(250)}`, `1.0.0-${'a'.repeat(250)}`],
  [`${'0'.repeat(255)}5`, '5.0.0'],
  [`1.${'0'.repeat(253)}7`, '1.7.0'],
];

const nonsense: readonly string[] = [
  // one past the longest
  `1.0.0+${'a'.repeat(251)}`,
  `1.0.0-${'a'.repeat(251)}`,
  `${'0'.repeat(256)}5`,
  `1.${'0'.repeat(254)}7`,
  // one past the largest, and far past it
  ...[tooLarge, '9'.repeat(100)].flatMap((number) => [
    number,
    `1.${number}`,
    `${number}.0.0`,
    `0.${number}.0`,
    `0.0.${number}`,
    `1.0.0-${number}`,
    `1.0.0-rc.${number}.x`,
    `1.0.0-${number}+b`,
  ]),
  // leading zeros outside the decimal form
  '02.4.24',
  '2.04.24',
  '2.4.024',
  '00.0.0',
  '1.0.0-01',
  '1.0.0-00',
  '1.0.0-rc.01',
  // empty parts, and too many
  '',
  '.',
  '1.',
  '.1',
  '1..0',
  '1.0.',
  '.1.0',
  '1.0.0.',
  '1.0.0.0',
  '1.0.0-',
  '1.0.0+',
  '1.0.0-+b',
  '1.0.0-.a',
  '1.0.0-a.',
  '1.0.0-a..b',
  '1.0.0+a..b',
  '1.0.0+a+b',
  // a prerelease or build of a decimal
  '1.5-rc',
  '1.5+b',
  '2-rc',
  '2+b',
  // what a loose reader would take
  'v2.4.24',
  'V2.4.24',
  '=2.4.24',
  'v2',
  '2.4.24rc1',
  '2.4.x',
  '2.*',
  '*',
  'x',
  '^2.4.24',
  '>=2.4.24',
  '2.4.24 || 3.0.0',
  'latest',
  '-1',
  '+1',
  '-1.5',
  '1.-5',
  '1e3',
  '0x10',
  '1_000',
  '1,5',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  '__proto__',
  // white space and control characters
  ' ',
  ' 2.4.24',
  '2.4.24 ',
  '2. 4.24',
  '\t2.4.24',
  '2.4.24\n',
  '2.4.24\r\n',
  '\n2.4.24',
  '1.5\n',
  '2\n',
  '2.4.24\n2.4.24',
  '2.4.24\0',
  '2.4.24+b\n',
  // beyond ASCII
  '\u0662.\u0664.\u0662\u0664',
  '\uff12.\uff14.\uff12\uff14',
  '\u0661.\u0665',
  '\u00b2',
  '2\u30024',
  '\ufeff2.4.24',
  '2.4.24\u200b',
  '2\u200b.4.24',
  '1.0.0-b\u00eata',
  '1.0.0+\u{1f511}',
  '2.4.24\ud800',
  '\ud800',
];

const noTexts: readonly (readonly [label: string, input: unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 2],
  ['NaN', NaN],
  ['a bigint', 2n],
  ['a boolean', true],
  ['a symbol', Symbol('2.4.24')],
  ['a function', () => '2.4.24'],
  ['an array of a version', ['2.4.24']],
  ['numbers', [2, 4, 24]],
  ['an object', { major: 2, minor: 4, patch: 24, version: '2.4.24' }],
  ['an object that prints as a version', { toString: () => '2.4.24' }],
  ['a text object', Object('2.4.24')],
  ['an object without prototype', { __proto__: null }],
  [
    'a proxy that throws',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('touched');
        },
      },
    ),
  ],
  ['10 MB of twos', '2'.repeat(10_000_000)],
  ['10 MB of zeros', '0'.repeat(10_000_000)],
  ['10 MB of prerelease', `1.0.0-${'a.'.repeat(5_000_000)}a`],
];

describe('parseClientVersion', () => {
  it.each(canonicalOf)('reads %j as %j', (text, canonical) => {
    expect(parseClientVersion(text)).toStrictEqual(right(canonical));
  });

  it.each(canonicalOf)('reads what it made of %j as itself', (_, canonical) => {
    expect(parseClientVersion(canonical)).toStrictEqual(right(canonical));
  });

  it.each(nonsense)('refuses %j', (text) => {
    expect(parseClientVersion(text)).toStrictEqual(left({ code: 'nonsensical-version' }));
  });

  it.each(noTexts)('refuses %s', (_, input) => {
    expect(parseClientVersion(input)).toStrictEqual(left(nonsensicalVersion));
  });
});

describe('ClientVersion', () => {
  it.each(canonicalOf)('decodes %j to %j, of which alone is holds', (text, canonical) => {
    const decoded = ClientVersion.decode(text);
    expect(decoded).toStrictEqual(right(canonical));
    expect(ClientVersion.is(canonical)).toBe(true);
    expect(ClientVersion.is(text)).toBe(text === canonical);
    if (isLeft(decoded)) return;
    expect(ClientVersion.encode(decoded.right)).toBe(canonical);
    expect(ClientVersion.decode(ClientVersion.encode(decoded.right))).toStrictEqual(decoded);
  });

  it.each<readonly [string, unknown]>([...nonsense.map((text) => [text, text] as const), ...noTexts])(
    'refuses %j',
    (_, input) => {
      expect(ClientVersion.is(input)).toBe(false);
      expect(ClientVersion.decode(input)).toStrictEqual(
        left([{ value: undefined, context: [{ key: '', type: ClientVersion }], message: 'must be a version number' }]),
      );
    },
  );

  it('has its own name', () => {
    expect(ClientVersion.name).toBe('ClientVersion');
  });

  it('holds nothing in an error of what it refused, nor of what stood beside it', () => {
    const Sent = t.type({ password: t.string, camcops_version: ClientVersion });
    const outcomes = [
      ClientVersion.decode('v2-sentinel'),
      ClientVersion.decode({ version: 'v2-sentinel' }),
      Sent.decode({ password: 'sentinel-pw', camcops_version: 'v2-sentinel' }),
      t.array(Sent).decode([{ password: 'sentinel-pw', camcops_version: 'v2-sentinel' }]),
    ];
    for (const outcome of outcomes) {
      expect(PathReporter.report(outcome)).toStrictEqual(['must be a version number']);
      expect(JSON.stringify(outcome)).not.toContain('sentinel');
      expect(inspect(outcome, { depth: Infinity })).not.toContain('sentinel');
    }
  });
});

/** From the oldest to the newest; those in a row are equal. */
const ascending: readonly (readonly string[])[] = [
  ['0.0.0-0'],
  ['0', '0.0', '0.0.0', '0.0.0+b'],
  ['0.0.1'],
  ['0.01'],
  ['0.1'],
  ['1.0.0-0'],
  ['1.0.0-2'],
  ['1.0.0-10'],
  [`1.0.0-${largest}`],
  ['1.0.0--'],
  ['1.0.0-RC.1'],
  ['1.0.0-alpha'],
  ['1.0.0-alpha.1', '1.0.0-alpha.1+b'],
  ['1.0.0-alpha.beta'],
  ['1.0.0-beta'],
  ['1.0.0-beta.2'],
  ['1.0.0-beta.11'],
  ['1.0.0-rc.1'],
  ['1', '1.0', '1.0.0', '1.0.0+a', '1.0.0+z.9'],
  ['1.06', '1.6.0'],
  ['1.14', '1.14.0'],
  ['1.14.1'],
  ['1.5', '1.50', '1.50.0'],
  ['1.51'],
  ['1.123'],
  ['2.0.0-rc.1'],
  ['2', '2.0.0'],
  ['2.0.9'],
  ['2.0.10'],
  ['2.4.24-beta.12345678', '2.4.24-beta.12345678+build'],
  ['2.4.24', `2.4.24+${'b'.repeat(249)}`],
  ['10'],
  [`${largest}.0.0`],
];

describe('clientVersionOrd', () => {
  const ranked = ascending.flatMap((equals, rank) => equals.map((text) => ({ rank, text, value: version(text) })));

  it.each(ranked)('puts $text in its place among all the others', ({ rank, value }) => {
    for (const other of ranked) {
      expect([other.text, clientVersionOrd.compare(value, other.value)]).toStrictEqual([
        other.text,
        Math.sign(rank - other.rank),
      ]);
      expect([other.text, clientVersionOrd.equals(value, other.value)]).toStrictEqual([
        other.text,
        rank === other.rank,
      ]);
    }
  });

  it('is right of more versions than it remembers, of both lengths', () => {
    for (const suffix of ['', '-prerelease.1']) {
      const many = Array.from({ length: 600 }, (_, patch) => version(`3.0.${String(patch)}${suffix}`));
      const shuffled = many.map((_, index) => many[(index * 7) % 600] ?? version('0'));
      expect([...shuffled].sort(clientVersionOrd.compare)).toStrictEqual(many);
      // Once more, after all have passed through.
      for (const [index, value] of many.entries()) {
        expect(clientVersionOrd.compare(value, many[300] ?? value)).toBe(Math.sign(index - 300));
      }
    }
  });

  const compareTexts = (a: string, b: string): unknown => Reflect.apply(clientVersionOrd.compare, undefined, [a, b]);
  const equalTexts = (a: string, b: string): unknown => Reflect.apply(clientVersionOrd.equals, undefined, [a, b]);

  it.each([
    'x',
    '',
    '1.5',
    '9',
    '9.9.9.9',
    '9.09.9',
    'v9.9.9',
    ' 9.9.9',
    '\u0669.0.0',
    'longer than what is remembered',
  ])('counts %j, which got past the types, as 0.0.0', (text) => {
    expect(isRight(parseClientVersion(text)) && ClientVersion.is(text)).toBe(false);
    expect([compareTexts(text, '0.0.0'), compareTexts('0.0.0', text), equalTexts(text, '0.0.0')]).toStrictEqual([
      0,
      0,
      true,
    ]);
    expect([compareTexts(text, '0.0.1'), compareTexts('0.0.1', text), equalTexts(text, '0.0.1')]).toStrictEqual([
      -1,
      1,
      false,
    ]);
    expect([compareTexts(text, '0.0.0-0'), compareTexts('0.0.0-0', text)]).toStrictEqual([1, -1]);
  });
});
