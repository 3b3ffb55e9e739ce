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
import { fetchDay, nextDay } from './fetch.js';
import { installNest, moduleSystems, nestDay } from './nest.js';

const folder = newFolder('runtimes');
const at = (...path: readonly string[]): string => join(folder, 'node_modules', ...path);

const nodes = [20, 22, 23, 24, 25, 26];
const typescripts = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7'];

/** Runs a trial, and prints its line. */
const trial = async (name: string, what: () => string | Promise<string>): Promise<void> => {
  try {
    console.log(`ok    ${name}: ${await what()}`);
  } catch (error) {
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
};

const recorded = (said: string): string => {
  if (said !== allAsRecorded) throw new Error(said);
  return said;
};

const dayBy = (command: string, args: readonly string[]): string => recorded(run(command, args, folder).trim());

/** A program for the platform, in a package of the scope whose name ends with the platform's. */
const binaryOf = (scope: string, path: string): string => {
  const [name = ''] = readdirSync(at(scope)).filter((each) => !each.endsWith('baseline'));
  return at(scope, name, path);
};

const versionBy = (command: string): string => /\d[\d.-]*/.exec(run(command, ['--version'], folder))?.[0] ?? '';

const versionIn = (installed: string): string =>
  /"version": "(.*)"/.exec(readFileSync(join(installed, 'package.json'), 'utf8'))?.[1] ?? '';

const inNode = async (major: number): Promise<void> => {
  const node = at(`node${String(major)}`, 'bin/node');
  for (const [system, file] of [
    ['ESM', 'day-esm.mjs'],
    ['CommonJS', 'day-cjs.cjs'],
  ] as const)
    await trial(`Node ${versionBy(node)}, ${system}`, () => dayBy(node, [file]));
};

const byRecipe = (name: 'deno' | 'bun' | 'workerd', command: string): Promise<void> =>
  trial(`the Fetch recipe in ${name}`, async () => recorded(await fetchDay(name, command, folder)));

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
  await trial(`workerd ${versionBy(workerd)}`, () => dayBy(workerd, ['test', 'config.capnp']));
  await byRecipe('workerd', workerd);
};

const byTypeScript = async (version: string): Promise<void> => {
  const typescript = at(`typescript${version}`);
  const both = ['day.mts', 'day.cts', 'host.mts'];
  const cases = [
    ['node16', both, { module: 'node16' }],
    ['nodenext', both, { module: 'nodenext' }],
    ['bundler', ['day.mts', 'host.mts'], { module: 'esnext', moduleResolution: 'bundler' }],
  ] as const;
  await trial(`TypeScript ${versionIn(typescript)}`, () => {
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

  for (const node of nodes) await inNode(node);
  await inWorkerd();
  const deno = binaryOf('@deno', 'deno');
  await trial(`Deno ${versionBy(deno)}`, () => dayBy(deno, ['run', '--allow-read', 'day-esm.mjs']));
  await byRecipe('deno', deno);
  const bun = binaryOf('@oven', 'bin/bun');
  await trial(`Bun ${versionBy(bun)}`, () => dayBy(bun, ['day-esm.mjs']));
  await byRecipe('bun', bun);
  for (const typescript of typescripts) await byTypeScript(typescript);

  const nest = join(folder, 'nest');
  mkdirSync(nest);
  installNest(nest, packages, folder);
  for (const system of moduleSystems)
    await trial(`Nest in CommonJS and Jest, module ${system}`, () => `${allAsRecorded}, Nest ${nestDay(nest, system)}`);
  await trial('the Fetch recipe in Next', async () => {
    const next = join(folder, 'next');
    const said = recorded(await nextDay(next, packages));
    return `${said}, Next ${versionIn(join(next, 'node_modules/next'))}`;
  });
} finally {
  rmSync(folder, { recursive: true });
}
