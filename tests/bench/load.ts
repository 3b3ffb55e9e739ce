/** The package as a server's author gets it: packed, installed, loaded, bundled. */
import { build } from 'esbuild';
import * as t from 'io-ts';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { decoded } from '../support/decoded.js';
import { median } from './measure.js';

const processes = 20;

const Packed = t.array(t.type({ filename: t.string, size: t.number, unpackedSize: t.number }));
const Manifest = t.type({ devDependencies: t.record(t.string, t.string) });

export const run = (command: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
};

export interface Sizes {
  readonly size: number;
  readonly unpackedSize: number;
}

/** Installs the built package and its peers in a folder. */
export const install = (root: string, folder: string): Sizes => {
  // Without its scripts, which would build it anew.
  const pack = ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = decoded(Packed, JSON.parse(run('npm', pack, root)));
  if (packed === undefined) throw new Error('npm pack made nothing');
  const { devDependencies } = decoded(Manifest, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const peers = ['fp-ts', 'io-ts'].map((name) => `${name}@${String(devDependencies[name])}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--silent', '--prefer-offline', join(folder, packed.filename), ...peers], folder);
  return packed;
};

/** Milliseconds of a process that runs a script. */
const timeOf = (folder: string, file: string, code: string): number => {
  writeFileSync(join(folder, file), code);
  const start = performance.now();
  run(process.execPath, [file], folder);
  return performance.now() - start;
};

/** Milliseconds of a bare process, and what loading the package adds: medians of turns, each of a bare process and a loaded one. */
export const coldImports = (folder: string): { readonly esm: number; readonly cjs: number; readonly bare: number } => {
  const turns = Array.from({ length: processes }, () => {
    const bareEsm = timeOf(folder, 'bare.mjs', '');
    const esm = timeOf(folder, 'import.mjs', "import 'camcops-tablet-session';");
    const bareCjs = timeOf(folder, 'bare.cjs', '');
    const cjs = timeOf(folder, 'require.cjs', "require('camcops-tablet-session');");
    return { esm: esm - bareEsm, cjs: cjs - bareCjs, bare: bareEsm };
  });
  return {
    esm: median(turns.map(({ esm }) => esm)),
    cjs: median(turns.map(({ cjs }) => cjs)),
    bare: median(turns.map(({ bare }) => bare)),
  };
};

/** Bytes of a server's bundle, with fp-ts, io-ts and semver in it. */
export const bundleSizes = async (folder: string): Promise<{ readonly minified: number; readonly gzipped: number }> => {
  const { outputFiles } = await build({
    stdin: { contents: "export { handleTabletRequest } from 'camcops-tablet-session';", resolveDir: folder },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: bytes.length, gzipped: gzipSync(bytes).length };
};
