import { describe, expect, it } from 'vitest';

import { hasNameForm } from '../../src/refusals/uploads.js';

describe('hasNameForm', () => {
  it.each(['a', 'Z', '0', '_', 'id', 'patient_idnum', '_move_off_tablet', '__proto__', 'constructor', 'x'.repeat(128)])(
    'of %s',
    (name) => {
      expect(hasNameForm(name)).toBe(true);
    },
  );

  it.each([
    ['nothing', ''],
    ['129 letters', 'x'.repeat(129)],
    ['10 MB of letters', 'x'.repeat(10_000_000)],
    ['a space', ' '],
    ['a name and a space', 'id '],
    ['a name and a line end', 'id\n'],
    ['two lines', 'id\nid'],
    ['two names', 'id,sex'],
    ['a dot', 'main.patient'],
    ['a hyphen', 'patient-idnum'],
    ['quotes', '"patient"'],
    ['letters of another script', 'id\u043du\u043c'],
    ['digits of another script', 'q\u0661'],
    ['a letter that folds to an ASCII one', '\u212aey'],
    ['an invisible space', 'id\u200b'],
    ['a lone surrogate', '\ud800'],
    ['NUL', 'id\0'],
  ])('not of %s', (_, text) => {
    expect(hasNameForm(text)).toBe(false);
  });
});
