import { none, some } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';

import { textNames, textOf } from '../../../src/operations/patients/patient-details.js';
import { nobody } from '../../support/patients.js';

it('names each detail but the ID numbers', () => {
  expect([...textNames, 'idNumbers'].sort()).toEqual(Object.keys(nobody).sort());
});

it('reads an absent detail as an empty text', () => {
  expect([none, some(''), some(' ')].map(textOf)).toEqual(['', '', ' ']);
});
