import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

import { runRecordedRequests } from '../support/conformance.js';
import { textOfFile } from '../support/recorded-file.js';
import { worldFromJson } from '../support/world.js';

const read = (file: string): string => textOfFile(new URL(file, import.meta.url));

it('1,584 recorded requests are answered as recorded', async () => {
  const file = fileURLToPath(new URL('requests.jsonl.gz', import.meta.url));
  const result = await runRecordedRequests(file, worldFromJson(read('world.json')));
  expect(result).toEqual({ count: 1584, kind: 'requests', mismatches: [] });
});

describe('npm run conformance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const conformance = (...files: readonly string[]) => {
    const script = ['--import', 'tsx', 'tests/vectors/conformance.ts'];
    const { status, stdout } = spawnSync(process.execPath, [...script, ...files], { cwd: root, encoding: 'utf8' });
    return { code: status, stdout };
  };

  const lines = read('requests.jsonl.gz').split('\n').slice(0, 20);
  const wrong = lines.map((line) => line.replaceAll('"status": 200', '"status": 201'));
  const right = join(folder, 'right.jsonl.gz');
  const mistaken = join(folder, 'mistaken.jsonl');
  writeFileSync(right, gzipSync(lines.join('\n')));
  writeFileSync(mistaken, wrong.join('\n'));

  it('counts what it ran, of every file', () => {
    expect(conformance(right, right)).toEqual({ code: 0, stdout: '40 requests, 0 mismatches\n' });
  });

  it('shows the first ten mismatches, and fails', () => {
    const { code, stdout } = conformance(right, mistaken);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^40 requests, 20 mismatches\n(\S+: reply: expected 201 .*, got 200 .*\n){10}$/);
  });
});
