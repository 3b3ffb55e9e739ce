import { left } from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';

import { extraStringsAnswer } from '../../../src/operations/answers/extra-strings.js';
import { rightOf } from '../../support/decoded.js';

const text = { task: 'phq9', name: 'q1', language: 'en_GB', value: "It's\na \\ line" };

it('is a table of four columns', () => {
  expect(rightOf(extraStringsAnswer([text, { ...text, name: 'q2', language: '', value: '' }]))).toEqual({
    nfields: '4',
    fields: 'task,name,language,value',
    nrecords: '2',
    record0: "'phq9','q1','en_GB','It''s\\na \\\\ line'",
    record1: "'phq9','q2','',''",
  });
});

it('may be empty', () => {
  expect(rightOf(extraStringsAnswer([]))).toMatchObject({ nrecords: '0' });
});

it('writes 100,000 strings', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({ ...text, name: `q${String(index)}` }));
  expect(rightOf(extraStringsAnswer(many))['record99999']).toContain("'q99999'");
});

it.each([{ task: '' }, { task: ' ' }, { name: '' }, { name: '\n' }])('refuses %j', (differences) => {
  expect(extraStringsAnswer([text, { ...text, ...differences }])).toEqual(
    left({ field: 'extraStrings[1]', rule: 'must have a task and a name' }),
  );
});
