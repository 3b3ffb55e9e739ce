import { left, right } from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { obeys, textThat } from '../../src/internal/shape.js';

it('obeys returns a value unchanged, or the rule that it breaks, and never the value', () => {
  const check = obeys('must be 7', (value) => value === 7);
  expect([check(7), check('secret')]).toEqual([right(7), left({ field: '', rule: 'must be 7' })]);
});

it('textThat takes texts alone', () => {
  const check = textThat('must be short', (text) => text.length < 4);
  const broken = left({ field: '', rule: 'must be short' });
  expect([check('abc'), check('abcd'), check([]), check(undefined)]).toEqual([right('abc'), broken, broken, broken]);
});
