/** The package as it is published, in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as t from 'io-ts';

import { blocksIn } from '../support/code-blocks.js';
import { decoded } from '../support/decoded.js';
import type { Recorded } from './day.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command, and gives what it prints. It throws if the command fails. */
export const run = (command: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
};

export const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `${name}-`));

const Packed = t.array(t.type({ filename: t.string, files: t.array(t.type({ path: t.string })) }));

/** Packs `dist` as it is into a folder: where the tarball is, and what is in it. */
export const packInto = (folder: string): { readonly tarball: string; readonly files: readonly string[] } => {
  const packing = ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = decoded(Packed, JSON.parse(run('npm', packing, root)));
  return { tarball: join(folder, packed?.filename ?? ''), files: packed?.files.map(({ path }) => path) ?? [] };
};

/** Installs in a folder itself, not in one above it. */
export const install = (folder: string, packages: readonly string[]): void => {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }');
  run('npm', ['install', '--silent', '--prefer-offline', '--ignore-scripts', ...packages], folder);
};

const Manifest = t.type({ peerDependencies: t.record(t.string, t.string) });

/** The ranges of the peers, by name. */
export const peers = decoded(Manifest, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).peerDependencies;

/** The name by which npm has a version of Node for this platform: a package that is one executable, `bin/node`. */
export const nodePackage = (major: number): string =>
  `node${String(major)}@npm:node-${process.platform}-${process.arch}@${String(major)}`;

const strictest = { target: 'es2022', strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, types: [] };

/** Type-checks files of a folder by a TypeScript, whose folder is named; strictly, but for `options`. */
export const compile = (typescript: string, folder: string, files: readonly string[], options: object): void => {
  const compilerOptions = { ...strictest, ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  run(process.execPath, [join(typescript, 'bin/tsc'), '-p', '.'], folder);
};

const Day = t.type({ id: t.string, steps: t.array(t.type({ body: t.string, expect: t.string })) });
const Tables = t.record(t.string, t.type({ columns: t.array(t.string) }));
const read = (file: string): Buffer => readFileSync(join(root, 'tests/vectors/client-days', file));

/** The real client's day `copy-stepwise`. */
export const recordedDay = (): Recorded => {
  const days = gunzipSync(read('days.jsonl.gz')).toString('utf8').trimEnd().split('\n');
  const day = days.map((line) => decoded(Day, JSON.parse(line))).find(({ id }) => id === 'copy-stepwise');
  const tables = Object.entries(decoded(Tables, JSON.parse(read('tables.json').toString('utf8'))));
  return {
    steps: day?.steps ?? [],
    tables: Object.fromEntries(tables.map(([name, { columns }]) => [name, columns])),
  };
};

/** What a runtime prints for that day, if all is well. */
export const allAsRecorded = '21 of 21 replies as recorded';

/** A host with types of its own, as the docs show it. */
const hostOfDocs = blocksIn(join(root, 'docs/getting-started.md')).find(({ code }) => code.includes('TabletHost<'));

/**
 * Writes a program for either module system to a folder that has the package: `day-esm.mjs` and `day-cjs.cjs` print how the day
 * went. Of what it is made from, `day.mts`, `day.cts`, `day.ts` and `host.mts` can be compiled again.
 */
export const writeConsumer = (typescript: string, folder: string, options: object = {}): void => {
  const code = readFileSync(join(root, 'tests/packed/day.ts'), 'utf8');
  const files: Readonly<Record<string, string>> = {
    'recorded.json': JSON.stringify(recordedDay()),
    'day.mts': code,
    'day.cts': code,
    'day.ts': code,
    'host.mts': hostOfDocs?.code ?? '',
    'day-esm.mjs': `
      import { dayInMemory } from './day.mjs';
      import recorded from './recorded.json' with { type: 'json' };
      console.log(await dayInMemory(recorded));`,
    'day-cjs.cjs': `
      const { dayInMemory } = require('./day.cjs');
      void dayInMemory(require('./recorded.json')).then(console.log);`,
  };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  compile(typescript, folder, ['day.mts', 'day.cts'], { module: 'nodenext', ...options });
};
