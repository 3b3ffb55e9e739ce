/**
 * `npm run test:runtimes`: a real day in every runtime, the types by every TypeScript, and Nest. It fetches some 2 GB by npm into
 * a temporary folder, prints a line for each, and removes the folder.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

import {
  allAsRecorded,
  compile,
  install,
  newFolder,
  nodePackage,
  packInto,
  peers,
  run,
  writeConsumer,
} from '../packed/folder.js';
import { installNest, moduleSystems, nestDay } from './nest.js';

const folder = newFolder('runtimes');
const at = (...path: readonly string[]): string => join(folder, 'node_modules', ...path);

const nodes = [20, 22, 23, 24, 25, 26];
const typescripts = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7'];

/** Runs a trial, and prints its line. */
const trial = (name: string, what: () => string): void => {
  try {
    console.log(`ok    ${name}: ${what()}`);
  } catch (error) {
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
};

const dayBy = (command: string, args: readonly string[]): string => {
  const said = run(command, args, folder).trim();
  if (said !== allAsRecorded) throw new Error(said);
  return said;
};

/** A program for the platform, in a package of the scope whose name ends with the platform's. */
const binaryOf = (scope: string, path: string): string => {
  const [name = ''] = readdirSync(at(scope)).filter((each) => !each.endsWith('baseline'));
  return at(scope, name, path);
};

const versionBy = (command: string): string => /\d[\d.-]*/.exec(run(command, ['--version'], folder))?.[0] ?? '';

const versionIn = (installed: string): string =>
  /"version": "(.*)"/.exec(readFileSync(join(installed, 'package.json'), 'utf8'))?.[1] ?? '';

const inNode = (major: number): void => {
  const node = at(`node${String(major)}`, 'bin/node');
  for (const [system, file] of [
    ['ESM', 'day-esm.mjs'],
    ['CommonJS', 'day-cjs.cjs'],
  ] as const)
    trial(`Node ${versionBy(node)}, ${system}`, () => dayBy(node, [file]));
};

/** workerd takes one file, and runs what it exports as `test`. */
const inWorkerd = async (): Promise<void> => {
  const worker = `
    import { dayInMemory } from './day.mjs';
    import recorded from './recorded.json';
    export default { test: async () => console.log(await dayInMemory(recorded)) };`;
  const config = `
    using Workerd = import "/workerd/workerd.capnp";
    const modules :List(Workerd.Worker.Module) = [(name = "worker", esModule = embed "bundle.mjs")];
    const config :Workerd.Config = (
      services = [(name = "main", worker = (modules = .modules, compatibilityDate = "2024-01-01"))],
    );`;
  const stdin = { contents: worker, resolveDir: folder };
  await build({ stdin, bundle: true, format: 'esm', outfile: join(folder, 'bundle.mjs'), logLevel: 'warning' });
  writeFileSync(join(folder, 'config.capnp'), config);
  const workerd = binaryOf('@cloudflare', 'bin/workerd');
  trial(`workerd ${versionBy(workerd)}`, () => dayBy(workerd, ['test', 'config.capnp']));
};

const byTypeScript = (version: string): void => {
  const typescript = at(`typescript${version}`);
  const both = ['day.mts', 'day.cts', 'host.mts'];
  const cases = [
    ['node16', both, { module: 'node16' }],
    ['nodenext', both, { module: 'nodenext' }],
    ['bundler', ['day.mts', 'host.mts'], { module: 'esnext', moduleResolution: 'bundler' }],
  ] as const;
  trial(`TypeScript ${versionIn(typescript)}`, () => {
    for (const [, files, options] of cases) compile(typescript, folder, files, { ...options, noEmit: true });
    return `${cases.map(([name]) => name).join(', ')}, strict, declarations too`;
  });
};

try {
  const { tarball } = packInto(folder);
  const packages = [tarball, ...Object.entries(peers).map(([name, range]) => `${name}@${range}`)];
  const compilers = typescripts.map((version) => `typescript${version}@npm:typescript@${version}`);
  install(folder, [...packages, ...nodes.map(nodePackage), ...compilers, 'workerd', 'deno', 'bun']);
  writeConsumer(at('typescript6.0'), folder);

  nodes.forEach(inNode);
  await inWorkerd();
  const deno = binaryOf('@deno', 'deno');
  trial(`Deno ${versionBy(deno)}`, () => dayBy(deno, ['run', '--allow-read', 'day-esm.mjs']));
  const bun = binaryOf('@oven', 'bin/bun');
  trial(`Bun ${versionBy(bun)}`, () => dayBy(bun, ['day-esm.mjs']));
  typescripts.forEach(byTypeScript);

  const nest = join(folder, 'nest');
  mkdirSync(nest);
  installNest(nest, packages, folder);
  for (const system of moduleSystems)
    trial(`Nest in CommonJS and Jest, module ${system}`, () => `${allAsRecorded}, Nest ${nestDay(nest, system)}`);
} finally {
  rmSync(folder, { recursive: true });
}
