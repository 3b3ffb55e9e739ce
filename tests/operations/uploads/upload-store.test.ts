import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { stepOf, uploadIdOf, wholeInBrief } from '../../../src/operations/index.js';
import { admissionTo } from '../../../src/testing/index.js';
import { change, dusk, record } from '../../support/uploads.js';

describe('uploadIdOf', () => {
  const id = (userId: number, sessionId: number | undefined, device = 'tablet-1') =>
    uploadIdOf(
      admissionTo('end_upload', {
        device,
        user: { id: userId },
        sessionId: sessionId === undefined ? none : some(sessionId),
      }),
    );

  it('tells users and sessions apart', () => {
    const ids = [id(1, 1), id(1, 11), id(11, 1), id(1, undefined), id(2, undefined)];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a text that a host may store', () => {
    expect([id(1, 2), id(1, undefined)]).toEqual(['user 1, session 2', 'user 1, session none']);
  });

  it('is the same for every request of a user in a session', () => {
    expect(id(1, 1)).toBe(id(1, 1));
    expect(id(1, undefined)).toBe(id(1, undefined));
  });
});

describe('wholeInBrief', () => {
  const brief = (differences: { finalizing?: boolean; date?: string | null; key?: number; values?: string } = {}) => {
    const { finalizing = false, date, key = 1, values = 'a' } = differences;
    return wholeInBrief(
      stepOf({ finalizing, changes: [change([record(key, values, date === undefined ? {} : { date })])] }),
    );
  };

  it.each([
    ['finalizing', { finalizing: true }, false],
    ['another date', { date: dusk }, false],
    ['no date', { date: null }, false],
    ['another key', { key: 2 }, false],
    ['other values', { values: 'b' }, true],
    ['nothing else', {}, true],
  ])('is as before, or not, with %s', (_, differences, isSame) => {
    expect(brief(differences) === brief()).toBe(isSame);
  });

  it('is a text that a host may store', () => {
    expect(brief({ date: null })).toBe('[false,["phq9",[1]]]');
  });

  it('tells tables apart, empty ones too', () => {
    const one = stepOf({ changes: [change([])] });
    const other = stepOf({ changes: [{ ...change([]), table: 'gad7' }] });
    expect(new Set([one, other, stepOf({ changes: [] })].map(wholeInBrief)).size).toBe(3);
  });
});
