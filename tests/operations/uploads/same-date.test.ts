import { fromNullable } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import { isSameDate } from '../../../src/operations/uploads/same-date.js';

it.each([
  ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.000+00:00', true],
  ['2026-03-01T12:00:00.000+00:00', '2026-03-01T13:30:00.000+01:30', true],
  ['2026-03-01T23:30:00.000-01:00', '2026-03-02T00:30:00.000Z', true],
  ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.001+00:00', false],
  ['2026-03-01T12:00:00.000+00:00', '2026-03-01T12:00:00.000+01:00', false],
  ['no date', 'no date', true],
  ['no date', 'no Date', false],
  ['no date', '2026-03-01T12:00:00.000+00:00', false],
  ['2026-03-01T12:00:00.000+00:00', 'no date', false],
  [null, '2026-03-01T12:00:00.000+00:00', false],
  ['2026-03-01T12:00:00.000+00:00', null, false],
  [null, null, false],
])('%s and %s: %s', (one, other, isSame) => {
  expect(isSameDate(fromNullable(one), fromNullable(other))).toBe(isSame);
});
