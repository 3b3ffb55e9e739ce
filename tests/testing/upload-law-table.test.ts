import { describe, expect, it } from 'vitest';

import { allLaws, failureLaws } from '../../src/testing/upload-law-table.js';

describe('the laws of uploads', () => {
  it('have names of their own, and findings of at least one version', () => {
    const laws = [...Object.entries(allLaws()), ...Object.entries(failureLaws())];
    expect(laws.length).toBe(33);
    expect(laws.filter(([, [, findings]]) => !/ (current|deleted)/.test(findings))).toEqual([]);
  });

  it('try the values that they are given', () => {
    expect(allLaws(['x', 7])['values of every kind come back equal']?.[1]).toBe('0 x current, 1 number 7 current');
  });
});
