import { describe, expect, it } from 'vitest';

import type { Value } from '../../../src/operations/index.js';
import { isValue, jsonOfValue, valueOfJson } from '../../../src/operations/uploads/value-json.js';

const values: readonly Value[] = [null, '', 'null', 0, -0, 1.5, NaN, Infinity, -Infinity, 7n, new Uint8Array([0, 255])];

describe('a value', () => {
  it.each(values.map((value) => [value]))('%o comes back', (value) => {
    expect(isValue(value)).toBe(true);
    expect(valueOfJson(JSON.parse(JSON.stringify(jsonOfValue(value))))).toEqual(value);
  });

  it.each([[undefined], [true], [{}], [[]], [{ blob: 7 }], [{ bigint: 7 }], [{ float: 7 }], [NaN]])(
    'is not said by %o',
    (json) => {
      expect(valueOfJson(json)).toBeUndefined();
    },
  );

  it('is no boolean, date or list', () => {
    expect([undefined, true, new Date(), [], {}].filter(isValue)).toEqual([]);
  });
});
