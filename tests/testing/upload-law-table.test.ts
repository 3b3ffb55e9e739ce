import { describe, expect, it } from 'vitest';

import { allLaws, failureLaws } from '../../src/testing/upload-law-table.js';

describe('the laws of uploads', () => {
  it('each expect a version to be found: a store that does nothing breaks them', () => {
    const laws = [...Object.entries(allLaws()), ...Object.entries(failureLaws())];
    expect(laws.filter(([, [, findings]]) => !/ (current|deleted)/.test(findings))).toEqual([]);
  });

  it('try the values that they are given', () => {
    const findings = '0 x current, 1 {"value":7} current';
    expect(allLaws(['x', 7])['values of every kind come back equal']?.[1]).toBe(findings);
  });
});
