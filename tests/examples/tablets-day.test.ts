/** The demo: it fits 80 columns, is in colour on a terminal only, begins with a summary and ends with the history of a patient. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

import { fit, sideBySide, styleOf } from '../../examples/tablets-day/side-by-side.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('the demo runs a real day', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/tablets-day/demo.ts'], {
    cwd: root,
  });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => Array.from(line).length > 80)).toEqual([]);
  expect(stdout).not.toContain('\u001b');
  expect(lines.slice(0, 4).join(' ')).toMatch(/A day of tablets.* 86 requests over HTTP/);
  expect(stdout).toMatch(
    /82 served, 1 invalid-credentials, 1\s+unregistered-device, 4\s+version-too-old, 1\s+missing-version/,
  );
  expect(lines.slice(-8).join('\n')).toMatch(/^The history of one patient[^]*\npatient .*current, finalized/m);
  expect(stdout).not.toContain('p&w d');
  expect(lines.filter((line) => line.endsWith(' '))).toEqual([]);
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
