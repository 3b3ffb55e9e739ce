import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { base64, decodeBytes, encodeBase64, hexadecimal } from '../../../src/operations/wire/bytes.js';

const fromBase64 = (text: string): Uint8Array | undefined => decodeBytes(base64, text, 0, text.length);
const fromHexadecimal = (text: string): Uint8Array | undefined => decodeBytes(hexadecimal, text, 0, text.length);

const withSpaces = (text: string, places: readonly number[]): string =>
  places.reduce((spaced, place) => {
    const at = place % (spaced.length + 1);
    return `${spaced.slice(0, at)}\r\n ${spaced.slice(at)}`;
  }, text);

describe('bytes', () => {
  it('are written and read in base64 and read in hexadecimal as Node does, white space anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(80), { maxLength: 4 }), (bytes, places) => {
        const node = Buffer.from(bytes);
        expect(encodeBase64(bytes)).toBe(node.toString('base64'));
        expect(fromBase64(withSpaces(node.toString('base64'), places))).toEqual(bytes);
        const hex = withSpaces(node.toString('hex'), places);
        expect(fromHexadecimal(hex)).toEqual(bytes.length === 0 ? undefined : bytes);
        expect(fromHexadecimal(hex.toUpperCase())).toEqual(bytes.length === 0 ? undefined : bytes);
      }),
    );
  });

  it.each(['a', 'aGk', 'aGk==', 'aGk===', '=', '====', 'aG=k', 'aGk=aGk=', 'aGk-', 'aGk_', 'aGkＡ', 'a\u{1F600}='])(
    'are not %j in base64',
    (text) => {
      expect(fromBase64(text)).toBeUndefined();
    },
  );

  it.each(['', ' ', '0', '0g', '00=', 'é0', '００'])('are not %j in hexadecimal', (text) => {
    expect(fromHexadecimal(text)).toBeUndefined();
  });

  it('are read from a part of a text', () => {
    expect(decodeBytes(base64, "64'aGk='", 3, 7)).toEqual(Uint8Array.of(0x68, 0x69));
    expect(decodeBytes(hexadecimal, "X'00ff'", 2, 6)).toEqual(Uint8Array.of(0, 0xff));
  });
});
