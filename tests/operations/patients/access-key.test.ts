import { left, right } from 'fp-ts/lib/Either.js';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  AccessKey,
  accessKeyOfUuid,
  parseAccessKey,
  uuidOfAccessKey,
} from '../../../src/operations/patients/access-key.js';
import { decoded, rightOf } from '../../support/decoded.js';

const key = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
const uuid = '493b05ee-0000-4000-8000-0123456789ab';
const accessKeyText = (of: string): string => rightOf(accessKeyOfUuid(of));
const unknown = left({ code: 'unknown-access-key' });

describe('parseAccessKey', () => {
  it.each([
    ['as it is', key],
    ['with all ASCII white space around it', ` \t\n\v\f\r${key}\r\f\v\n\t `],
    ['in capitals', key.toUpperCase()],
  ])('takes a key %s', (_, text) => {
    expect(parseAccessKey(text)).toEqual(right(key));
  });

  it.each([
    ['no character', ''],
    ['only white space', ' '.repeat(1_000_000)],
    ['another check letter', key.replace(/l$/, 'm')],
    ['another letter', key.replace('hohur', 'hohuz')],
    ['a vowel for a consonant', key.replace('hohur', 'aohur')],
    ['a letter that is neither', key.replace('hohur', 'cohur')],
    ['no hyphens', key.replaceAll('-', '')],
    ['other hyphens', key.replaceAll('-', '\u2010')],
    ['seven words', key.slice(6)],
    ['a word more', `babab-${key}`],
    ['a second line', `${key}\n${key}`],
    ['a character after it', `${key}x`],
    ['inner white space', key.replace('-', ' -')],
    ['a no-break space before it', `\u00a0${key}`],
    ['a no-break space after it', `${key}\u00a0`],
    ['a byte order mark', `\ufeff${key}`],
    ['a NUL', `${key}\0`],
    ['the Kelvin sign for a k', key.replace('mokor', 'mo\u212aor')],
    ['a long s', accessKeyText('00000000-0000-0000-0000-00000000000c').replace('babas', 'baba\u017f')],
    ['a megabyte', key.repeat(20_000)],
    ['a megabyte of white space, then a letter', `${key}${' '.repeat(1_000_000)}x`],
  ])('refuses %s', (_, text) => {
    expect(parseAccessKey(text)).toEqual(unknown);
  });
});

describe('UUIDs', () => {
  it.each([
    [uuid, key],
    ['00000000-0000-0000-0000-000000000000', 'babab-babab-babab-babab-babab-babab-babab-babab-b'],
    ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'zuzuz-zuzuz-zuzuz-zuzuz-zuzuz-zuzuz-zuzuz-zuzuz-b'],
  ])('%s is %s', (of, text) => {
    expect(accessKeyOfUuid(of.toUpperCase())).toEqual(right(text));
    expect(uuidOfAccessKey(decoded(AccessKey, text))).toBe(of);
  });

  it('go to a key and back', () => {
    fc.assert(
      fc.property(fc.uuid({ version: [1, 2, 3, 4, 5, 6, 7, 8] }), (of) => {
        const text = accessKeyText(of);
        expect(parseAccessKey(text)).toEqual(right(text));
        expect(uuidOfAccessKey(decoded(AccessKey, text))).toBe(of);
      }),
    );
  });

  it.each([
    '',
    '493b05ee',
    uuid.replaceAll('-', ''),
    `{${uuid}}`,
    `0${uuid}`,
    `${uuid}\n`,
    uuid.replace('e', 'g'),
    uuid.replace('4', '\u0664'),
  ])('%j is not one', (text) => {
    expect(accessKeyOfUuid(text)).toEqual(left({ reason: 'not-a-uuid' }));
  });
});

describe('AccessKey', () => {
  // The letter b counts nothing: these have a right check letter, and one letter too many.
  const zeroKey = 'babab-babab-babab-babab-babab-babab-babab-babab-b';
  it.each([undefined, null, 7, key.toUpperCase(), ` ${key}`, `b${zeroKey}`, `${zeroKey}b`, [key], {}])(
    'refuses %j, and does not hold it',
    (input) => {
      const result = AccessKey.decode(input);
      expect(PathReporter.report(result)).toEqual(['must be an access key']);
      expect(JSON.stringify(result)).not.toContain(key.slice(0, 5));
    },
  );

  it('encodes a key as itself', () => {
    expect(AccessKey.name).toBe('AccessKey');
    expect(AccessKey.encode(decoded(AccessKey, key))).toBe(key);
  });

  it('finds each changed letter', () => {
    const changed = Array.from(key).flatMap((letter, at) =>
      Array.from('bdfghjklmnprstvzaiou')
        .filter((other) => letter !== '-' && other !== letter)
        .map((other) => key.slice(0, at) + other + key.slice(at + 1)),
    );
    expect(changed.length).toBe(41 * 19);
    expect(changed.filter(AccessKey.is)).toEqual([]);
  });
});
