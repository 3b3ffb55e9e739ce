/** `docs/getting-started.md`, followed in an empty folder: the package as it is published, to a server that completes a real day. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as t from 'io-ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { decoded } from '../support/decoded.js';
import { blocksOf, clientsDay, filesOfDay, running, serverFiles, writeFiles } from '../support/readme-server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'getting-started-'));
const page = readFileSync(new URL('../../docs/getting-started.md', import.meta.url), 'utf8');
const [steps = ''] = blocksOf(page, 'sh');
const [tsconfig = ''] = blocksOf(page, 'json');

const run = (command: string, cwd = folder): string => {
  const { status, stdout, stderr } = spawnSync('bash', ['-ec', command], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
  return stdout;
};

const Packed = t.array(t.type({ filename: t.string }));

beforeAll(() => {
  const [packed] = decoded(Packed, JSON.parse(run(`npm pack --json --silent --pack-destination ${folder}`, root)));
  // The tarball in place of the name, until the registry has it.
  run(steps.replace('camcops-tablet-session', join(folder, packed?.filename ?? '')));
  writeFiles(folder, { ...serverFiles, 'tsconfig.json': tsconfig });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { post } = running(
  () => {
    expect(run('npx tsc')).toBe('');
    writeFiles(folder, filesOfDay());
    return folder;
  },
  pathToFileURL(join(folder, 'node_modules/tsx/dist/loader.mjs')).href,
);

it("completes the real client's day", async () => {
  const [got, expected] = await clientsDay(post);
  expect(got).toEqual(expected);
  expect(got.length).toBe(21);
});
