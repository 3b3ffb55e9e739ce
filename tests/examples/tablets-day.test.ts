/** The demo: it fits 80 columns, is in colour on a terminal only, begins with a summary and ends with the questionnaires of two patients. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

import { fit, sideBySide, styleOf } from '../../examples/tablets-day/side-by-side.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const run = async (...args: readonly string[]): Promise<string> => {
  const command = ['--import', 'tsx', 'examples/tablets-day/demo.ts', ...args];
  return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
};

const demos = { short: run(), full: run('--full') };

it.each([
  ['short', 60],
  ['full', 300],
] as const)('the demo runs a real day, in %s', { timeout: 120_000 }, async (form, most) => {
  const stdout = await demos[form];
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => Array.from(line).length > 80 || line.endsWith(' '))).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(most);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('p&w d');
  expect(lines.slice(0, 4).join(' ')).toMatch(/A day of tablets.* 86 requests over HTTP/);
  expect(stdout).toMatch(
    /82 served, 1 invalid-credentials, 1\s+unregistered-device, 1\s+version-too-old, 1\s+missing-version/,
  );
  // Only in full.
  const isFull = form === 'full';
  expect(/^upload_entire_database +│ served/m.test(stdout)).toBe(isFull);
  expect(/^The history of one patient[^]*\npatient .*current, finalized/m.test(stdout)).toBe(isFull);
});

it('the demo ends on the whole PHQ-9 of two patients who had key 1', { timeout: 120_000 }, async () => {
  const [, select = ''] = (await demos.short).split('had key 1: the PHQ-9 of each\n');
  const cells = new Map(
    select.split('\n').map((line) => {
      const [name = '', ...values] = line.trimEnd().split(/ +/);
      return [name, values] as const;
    }),
  );
  expect(cells.get('id')).toEqual(['1', '1']);
  expect(cells.get('patient_forename')).toEqual(['Ann', 'Bob']);
  expect(cells.get('patient_idnums')).toEqual(['{"1":54740994}', '{"1":5503299}']);
  const answers = Array.from({ length: 10 }, (_, at) => cells.get(`q${String(at + 1)}`));
  expect(answers.map((each) => each?.[0]).join(' ')).toBe('2 3 0 1 2 3 0 1 2 null');
  expect(answers.map((each) => each?.[1]).join(' ')).toBe('0 1 2 3 0 1 2 3 0 null');
});

it('a terminal gets colour and its own width', () => {
  const style = styleOf({ columns: 120, isTTY: true });
  const reply = { status: 200, body: 'result:ok\nsuccess:1\nsession_id:1\nsession_token:secret\n' };
  const shown = sideBySide(style, {
    fields: new Map([
      ['operation', 'register'],
      ['password', 'secret'],
    ]),
    reply,
  });
  expect(shown).toContain('\u001b[32mserved');
  expect(shown).not.toContain('secret\n');
  expect(styleOf({ columns: 20 })).toEqual({ width: 80, colour: false });
  expect([fit('a\nb', 3), fit('abcdef', 4)]).toEqual(['a·b', 'abc…']);
});
