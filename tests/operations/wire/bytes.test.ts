import * as fc from 'fast-check';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  base64By,
  decodeBase64,
  decodeHexadecimal,
  encodeBase64,
  strictBase64,
} from '../../../src/operations/wire/bytes.js';

const withSpaces = (text: string, places: readonly number[]): string =>
  places.reduce((spaced, place) => {
    const at = place % (spaced.length + 1);
    return `${spaced.slice(0, at)}\r\n ${spaced.slice(at)}`;
  }, text);

/** A platform without `Buffer`. */
const browser = base64By({ atob, btoa });

describe('bytes', () => {
  it('are written and read in base64 and read in hexadecimal as Node does, white space anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(80), { maxLength: 4 }), (bytes, places) => {
        const node = Buffer.from(bytes);
        expect(encodeBase64(bytes)).toBe(node.toString('base64'));
        expect(decodeBase64(withSpaces(node.toString('base64'), places))).toEqual(some(bytes));
        expect(browser.write(bytes)).toBe(node.toString('base64'));
        expect(strictBase64(browser.read)(node.toString('base64'))).toEqual(some(bytes));
        const hex = withSpaces(node.toString('hex'), places);
        expect(decodeHexadecimal(hex)).toEqual(bytes.length === 0 ? none : some(bytes));
        expect(decodeHexadecimal(hex.toUpperCase())).toEqual(bytes.length === 0 ? none : some(bytes));
      }),
    );
  });

  it('may be many, and a view into others', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251).subarray(1, 90_000);
    for (const { read, write } of [base64By(globalThis), browser]) expect(read(write(bytes))).toEqual(bytes);
  });

  it.each(['a', 'aGk', 'aGk==', 'aGk===', '=', '====', 'aG=k', 'aGk=aGk=', 'aGk-', 'aGk_', 'aGkＡ', 'a\u{1F600}='])(
    'are not %j in base64',
    (text) => {
      expect(decodeBase64(text)).toEqual(none);
      expect(strictBase64(browser.read)(text)).toEqual(none);
    },
  );

  it.each(['', ' ', '0', '0g', '00=', 'é0', '００'])('are not %j in hexadecimal', (text) => {
    expect(decodeHexadecimal(text)).toEqual(none);
  });

  it('cannot be read on a platform that has neither', () => {
    expect(strictBase64(base64By({}).read)('aGk=')).toEqual(none);
    expect(base64By({}).write(Uint8Array.of(1))).toBe('');
  });
});
