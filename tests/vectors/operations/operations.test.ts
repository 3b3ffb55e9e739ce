/** What CamCOPS's own server read from the fields of operations is what the package reads. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

import { runRecordedCommands } from '../../support/command-conformance.js';
import { linesOf } from '../../support/recorded-file.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const commands = path('commands.jsonl.gz');

it('4,241 recorded commands are read as recorded', async () => {
  expect(await runRecordedCommands(commands)).toEqual({ count: 4241, kind: 'commands', mismatches: [] });
});

describe('npm run conformance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  for (const file of ['tables.json', 'id-numbers.json']) copyFileSync(path(file), join(folder, file));
  const mistaken = linesOf(commands)
    .filter((line) => line.includes('"command"'))
    .slice(0, 12)
    .map((line) => line.replace(/"command": ?\{/, '"command":{"more":1,'));
  writeFileSync(join(folder, 'mistaken.jsonl'), mistaken.join('\n'));
  const conformance = (...files: readonly string[]) => {
    const script = ['--import', 'tsx', 'tests/vectors/conformance.ts'];
    return spawnSync(process.execPath, [...script, ...files], { cwd: path('../../..'), encoding: 'utf8' });
  };

  it('runs commands, told apart from requests by their lines', () => {
    const { status, stdout } = conformance(
      commands,
      path('../requests.jsonl.gz'),
      path('../patients/access-keys.jsonl.gz'),
    );
    expect(stdout).toBe('4241 commands, 0 mismatches\n1584 requests, 0 mismatches\n1435 access keys, 0 mismatches\n');
    expect(status).toBe(0);
  });

  it('shows the first ten mismatches, and fails', () => {
    const { status, stdout } = conformance(join(folder, 'mistaken.jsonl'));
    expect(stdout).toMatch(/^12 commands, 12 mismatches\n(c\d+t?: expected \{"command":.*, got \{"command":.*\n){10}$/);
    expect(status).toBe(1);
  });
});
