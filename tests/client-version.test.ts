import { inspect } from 'node:util';

import { left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { describe, expect, it } from 'vitest';

import { ClientVersion, clientVersionOrd, nonsensicalVersion, parseClientVersion } from '../src/index.js';
import { decoded } from './support/decoded.js';
import { clientVersion } from './support/fixtures.js';
import { untyped } from './support/untyped.js';

const largest = '9007199254740991';
const tooLarge = '9007199254740992';
/** Texts, parted by spaces. */
const split = (texts: string): readonly string[] => texts.split(' ');

/** SemVer 2.0.0, which is kept as it is. */
const canonical: readonly string[] = [
  ...split('0.0.0 2.4.24 10.20.30 1.0.0-alpha 1.0.0-alpha.1 1.0.0-0 1.0.0-0.3.7 1.0.0-x.7.z.92 1.0.0-x-y-z.-- 1.0.0--'),
  ...split('1.0.0-01a 1.0.0-0-0 1.0.0-RC.1 2.4.24+build 2.4.24+001 2.4.24+exp.sha-5114f85.00 2.4.24-rc.1+b.2'),
  // the largest numbers
  ...[`${largest}.0.0`, `0.${largest}.0`, `0.0.${largest}`, `1.0.0-${largest}`, `1.0.0-rc.${largest}.x`],
  // what looks like a number, and is none
  ...[`1.0.0-${tooLarge}a`, `1.0.0-a${tooLarge}`, `1.0.0+${tooLarge}`],
  // the longest texts
  ...[`1.0.0+${'a'.repeat(250)}`, `1.0.0-${'a'.repeat(250)}`],
];
/** Whole numbers and decimals, each before what it is read as. */
const decimals: readonly string[] = [
  ...['0 0.0.0', '2 2.0.0', '00 0.0.0', '007 7.0.0', '10 10.0.0', `${largest} ${largest}.0.0`],
  ...['1.5 1.50.0', '1.50 1.50.0', '1.500 1.500.0', '1.05 1.5.0', '1.06 1.6.0', '1.060 1.60.0', '1.005 1.5.0'],
  ...['1.14 1.14.0', '1.123 1.123.0', '1.105 1.105.0', '1.0 1.0.0', '1.00 1.0.0', '0.0 0.0.0', '01.5 1.50.0'],
  ...['00.01 0.1.0', `1.${largest} 1.${largest}.0`, `${'0'.repeat(255)}5 5.0.0`, `1.${'0'.repeat(253)}7 1.7.0`],
];
const readAs = [
  ...canonical.map((text) => [text, text] as const),
  ...decimals.map(split).map(([text = '', version = '']) => [text, version] as const),
];

const noTexts: readonly unknown[] = [
  ...[null, undefined, 2, NaN, 2n, true, Symbol('2.4.24'), () => '2.4.24', ['2.4.24'], [2, 4, 24]],
  ...[{ version: '2.4.24' }, { toString: () => '2.4.24' }, { __proto__: null }],
  Object('2.4.24'),
  new Proxy({}, { get: () => expect.fail('touched') }),
];

/** By what is wrong with them. */
const nonsense: Readonly<Record<string, readonly unknown[]>> = {
  'too long': [...['1.0.0+', '1.0.0-'].map((start) => start + 'a'.repeat(251)), `${'0'.repeat(256)}5`],
  'a number too large': [tooLarge, '9'.repeat(100)].flatMap((n) => [
    ...[n, `1.${n}`, `${n}.0.0`, `0.${n}.0`, `0.0.${n}`, `1.0.0-${n}`, `1.0.0-rc.${n}.x`, `1.0.0-${n}+b`],
  ]),
  'leading zeros outside the decimal form': split('02.4.24 2.04.24 2.4.024 00.0.0 1.0.0-01 1.0.0-00 1.0.0-rc.01'),
  'empty parts, and too many': [
    ...['', ...split('. 1. .1 1..0 1.0. .1.0 1.0.0. 1.0.0.0 1.0.0- 1.0.0+ 1.0.0-+b')],
    ...split('1.0.0-.a 1.0.0-a. 1.0.0-a..b 1.0.0+a..b 1.0.0+a+b'),
  ],
  'a prerelease or build of a decimal': split('1.5-rc 1.5+b 2-rc 2+b'),
  'what a loose reader would take': [
    ...split('v2.4.24 V2.4.24 =2.4.24 v2 2.4.24rc1 2.4.x 2.* * x ^2.4.24 >=2.4.24 latest'),
    ...['2.4.24 || 3.0.0', ...split('-1 +1 -1.5 1.-5 1e3 0x10 1_000 1,5 NaN Infinity null undefined __proto__')],
  ],
  'white space and control characters': [
    ...[' ', ' 2.4.24', '2.4.24 ', '2. 4.24', '\t2.4.24', '2.4.24\n', '2.4.24\r\n', '\n2.4.24', '1.5\n', '2\n'],
    ...['2.4.24\n2.4.24', '2.4.24\0', '2.4.24+b\n'],
  ],
  'beyond ASCII': [
    ...['\u0662.\u0664.\u0662\u0664', '\uff12.\uff14.\uff12\uff14', '\u0661.\u0665', '\u00b2', '2\u30024'],
    ...['\ufeff2.4.24', '2.4.24\u200b', '2\u200b.4.24', '1.0.0-b\u00eata', '1.0.0+\u{1f511}', '2.4.24\ud800', '\ud800'],
  ],
  'no text': noTexts,
};

it.each(readAs)('%j is read as %j, which is read as itself', (text, version) => {
  for (const read of [parseClientVersion, (input: unknown) => ClientVersion.decode(input)]) {
    expect([read(text), read(version)]).toStrictEqual([right(version), right(version)]);
  }
  expect([ClientVersion.is(version), ClientVersion.is(text)]).toStrictEqual([true, text === version]);
  expect(ClientVersion.encode(decoded(ClientVersion, text))).toBe(version);
});

const expectNonsense = (input: unknown): void => {
  expect([parseClientVersion(input), ClientVersion.is(input)]).toStrictEqual([left(nonsensicalVersion), false]);
  const context = [{ key: '', type: ClientVersion }];
  const failure = left([{ value: undefined, context, message: 'must be a version number' }]);
  expect(ClientVersion.decode(input)).toStrictEqual(failure);
};

it.each(Object.entries(nonsense))('%s: refused', (_, inputs) => {
  inputs.forEach(expectNonsense);
});

it('10 MB are refused', () => {
  ['2'.repeat(10_000_000), '0'.repeat(10_000_000), `1.0.0-${'a.'.repeat(5_000_000)}a`].forEach(expectNonsense);
});

describe('ClientVersion', () => {
  it('has its own name', () => {
    expect(ClientVersion.name).toBe('ClientVersion');
  });

  it('holds nothing in an error of what it refused, nor of what stood beside it', () => {
    const Sent = t.type({ password: t.string, camcops_version: ClientVersion });
    const outcome = t.array(Sent).decode([{ password: 'sentinel-pw', camcops_version: 'v2-sentinel' }]);
    expect(PathReporter.report(outcome)).toStrictEqual(['must be a version number']);
    expect(JSON.stringify(outcome) + inspect(outcome, { depth: Infinity })).not.toContain('sentinel');
  });
});

/** From the oldest to the newest; those of one text are equal. */
const ascending: readonly string[] = [
  ...['0.0.0-0', '0 0.0 0.0.0 0.0.0+b', '0.0.1', '0.01', '0.1', '1.0.0-0', '1.0.0-2', '1.0.0-10', `1.0.0-${largest}`],
  ...['1.0.0--', '1.0.0-RC.1', '1.0.0-alpha', '1.0.0-alpha.1 1.0.0-alpha.1+b', '1.0.0-alpha.beta', '1.0.0-beta'],
  ...['1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1 1.0 1.0.0 1.0.0+a 1.0.0+z.9', '1.06 1.6.0', '1.14 1.14.0'],
  ...['1.14.1', '1.5 1.50 1.50.0', '1.51', '1.123', '2.0.0-rc.1', '2 2.0.0', '2.0.9', '2.0.10'],
  ...['2.4.24-beta.12345678 2.4.24-beta.12345678+build', `2.4.24 2.4.24+${'b'.repeat(249)}`, '10', `${largest}.0.0`],
];

describe('clientVersionOrd', () => {
  const { compare, equals } = clientVersionOrd;
  const ranked = ascending.flatMap((same, rank) =>
    split(same).map((text) => ({ rank, text, value: clientVersion(text) })),
  );

  it.each(ranked)('puts $text in its place among all the others', ({ rank, value }) => {
    const places = ranked.map((other) => [other.text, Math.sign(rank - other.rank), rank === other.rank]);
    expect(ranked.map((each) => [each.text, compare(value, each.value), equals(value, each.value)])).toEqual(places);
  });

  it('is right of more versions than it remembers, of both lengths', () => {
    for (const suffix of ['', '-prerelease.1']) {
      const many = Array.from({ length: 600 }, (_, patch) => clientVersion(`3.0.${String(patch)}${suffix}`));
      const shuffled = many.map((_, index) => many[(index * 7) % 600] ?? clientVersion('0'));
      expect([...shuffled].sort(compare)).toStrictEqual(many);
      // Once more, after all have passed through.
      for (const [index, value] of many.entries())
        expect(compare(value, many[300] ?? value)).toBe(Math.sign(index - 300));
    }
  });

  it.each(['x', '', '1.5', '9', '9.9.9.9', '9.09.9', 'v9.9.9', ' 9.9.9', '\u0669.0.0', `9.9.9-${'a'.repeat(256)}`])(
    'counts %j, which got past the types, as 0.0.0',
    (text) => {
      const both = (other: string) => [compare(untyped(text), untyped(other)), compare(untyped(other), untyped(text))];
      const isEqual = (other: string) => equals(untyped(text), untyped(other));
      expect(ClientVersion.is(text)).toBe(false);
      expect([...both('0.0.0'), ...both('0.0.1'), ...both('0.0.0-0')]).toStrictEqual([
        ...[0, 0],
        ...[-1, 1],
        ...[1, -1],
      ]);
      expect([isEqual('0.0.0'), isEqual('0.0.1')]).toStrictEqual([true, false]);
    },
  );
});
