/** `docs/getting-started.md`, followed in an empty folder: the package as it is published, to a server that completes a real day. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { blocksOf, clientsDay, filesOfDay, running, serverFiles, writeFiles } from '../support/readme-server.js';
import { newFolder, packInto, run } from './folder.js';

const folder = newFolder('getting-started');
const page = readFileSync(new URL('../../docs/getting-started.md', import.meta.url), 'utf8');
const [steps = ''] = blocksOf(page, 'sh');
const [tsconfig = ''] = blocksOf(page, 'json');

const sh = (command: string): string => run('bash', ['-ec', command], folder);

beforeAll(() => {
  // The tarball in place of the name, until the registry has it.
  sh(steps.replace('camcops-tablet-session', packInto(folder).tarball));
  writeFiles(folder, { ...serverFiles, 'tsconfig.json': tsconfig });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { post } = running(
  () => {
    expect(sh('npx tsc')).toBe('');
    writeFiles(folder, filesOfDay());
    return folder;
  },
  pathToFileURL(join(folder, 'node_modules/tsx/dist/loader.mjs')).href,
);

// They do not know all that the newest types of Node are made of.
it.each(['5.4', '5.5'])('is type-checked by TypeScript %s too', (version) => {
  sh(`npm install --silent --no-save old@npm:typescript@${version}`);
  expect(sh('node node_modules/old/bin/tsc')).toBe('');
});

it("completes the real client's day", async () => {
  const [got, expected] = await clientsDay(post);
  expect(got).toEqual(expected);
  expect(got.length).toBe(21);
});
