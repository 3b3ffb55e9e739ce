/** The package as a server's author gets it: packed, installed, loaded, bundled. */
import { build } from 'esbuild';
import * as t from 'io-ts';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { decoded } from '../support/decoded.js';
import { median, type Figures } from './measure.js';

const processes = 20;

const Packed = t.array(t.type({ filename: t.string, size: t.number }));
const Manifest = t.type({ devDependencies: t.record(t.string, t.string) });

export const run = (command: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
};

/** Installs the built package and its peers in a folder. */
export const install = (root: string, folder: string): { readonly size: number } => {
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

/** Milliseconds that loading adds to a bare process: of the package, and of the modules alone that it loads itself. */
export interface ColdImports {
  readonly bare: number;
  readonly esm: number;
  readonly esmModules: number;
  readonly cjs: number;
  readonly cjsModules: number;
}

/** Medians of turns, each of bare processes and loaded ones. */
export const coldImports = (folder: string): ColdImports => {
  const bundle = readFileSync(join(folder, 'node_modules/camcops-tablet-session/dist/bundle.js'), 'utf8');
  const modules = [
    ...new Set([...bundle.matchAll(/require\("((?:fp-ts|io-ts|semver)[^"]*)"\)/g)].map(([, name = '']) => name)),
  ];
  const requires = modules.map((name) => `require('${name}');`).join('\n');
  const imports = modules.map((name) => `import '${name}';`).join('\n');
  const turns = Array.from({ length: processes }, () => {
    const bare = timeOf(folder, 'bare.mjs', '');
    const bareCjs = timeOf(folder, 'bare.cjs', '');
    return {
      bare,
      esm: timeOf(folder, 'import.mjs', "import 'camcops-tablet-session';") - bare,
      esmModules: timeOf(folder, 'modules.mjs', imports) - bare,
      cjs: timeOf(folder, 'require.cjs', "require('camcops-tablet-session');") - bareCjs,
      cjsModules: timeOf(folder, 'modules.cjs', requires) - bareCjs,
    };
  });
  const medianOf = (key: keyof ColdImports): number => median(turns.map((turn) => turn[key]));
  return {
    bare: medianOf('bare'),
    esm: medianOf('esm'),
    esmModules: medianOf('esmModules'),
    cjs: medianOf('cjs'),
    cjsModules: medianOf('cjsModules'),
  };
};

const bundled = {
  'the front door': "export { handleTabletRequest } from 'camcops-tablet-session';",
  'and the operations': "export * from 'camcops-tablet-session'; export * from 'camcops-tablet-session/operations';",
};

/** Bytes of a server's bundle, minified and gzipped, with fp-ts, io-ts and semver in it. */
export const bundleSizes = async (folder: string): Promise<Figures[string]> => {
  const sizes: Record<string, number> = {};
  for (const [name, contents] of Object.entries(bundled)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: folder },
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    sizes[name] = gzipSync(outputFiles[0]?.contents ?? '').length;
  }
  return sizes;
};

const parts: Readonly<Record<string, RegExp>> = {
  code: /^dist\/.*\.m?js$/,
  types: /\.d\.m?ts$/,
  'source maps': /\.map$/,
  sources: /^src\/.*\.ts$/,
  texts: /^[^/]*\.(md|json)$|^LICENSE$/,
};

/** Bytes of what npm downloads, and of its parts, each gzipped alone. */
export const packedSizes = (folder: string, { size }: { readonly size: number }): Figures[string] => {
  const installed = join(folder, 'node_modules/camcops-tablet-session');
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  const sizeOf = (part: RegExp): number =>
    gzipSync(Buffer.concat(files.filter((file) => part.test(file)).map((file) => readFileSync(join(installed, file)))))
      .length;
  return { all: size, ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, sizeOf(part)])) };
};
