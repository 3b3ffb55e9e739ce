import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { base64Of, bytesOfBase64 } from '../../src/internal/base64.js';

describe('base64', () => {
  it('is as Node writes it, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10 }), (bytes) => {
        expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(bytesOfBase64(base64Of(bytes))).toEqual(bytes);
      }),
    );
  });

  it('is written in pieces', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, at) => at % 251);
    expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(bytesOfBase64(base64Of(bytes))).toEqual(bytes);
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AA=',
    '=',
    '====',
    'AB==',
    'AAB=',
    'AA==AA==',
    'AA A',
    'AAA\n',
    'AA_-',
    'ÄAAA',
    'A===',
    '\u{1f600}AA',
  ])('is strict: %j is none', (text) => {
    expect(bytesOfBase64(text)).toBeUndefined();
  });
});
