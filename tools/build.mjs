/** `npm run build`: makes `dist`, the package as it is published, from `src`. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
/** @type {(file: string) => Readonly<Record<string, object>>} */
const load = createRequire(import.meta.url);
const source = resolve('src');

/** The folders of `src` that are entry points. Each imports only from itself and from those before it. */
const parts = ['', 'operations/', 'tables/', 'testing/'];

/** @param {string} module */
const partOf = (module) => parts.findLast((part) => module.startsWith(part)) ?? '';

/**
 * A file of `src` is named by its path there, without the ending.
 *
 * @param {string} file
 */
const moduleOf = (file) => file.slice(0, -'.ts'.length).replaceAll(sep, '/');
const modules = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map(moduleOf)
  .sort();

/**
 * The names that a module exports, once the bundle of its part is built.
 *
 * @param {string} module
 */
const namesOf = (module) => Object.keys(load(resolve(`dist/${partOf(module)}bundle.js`))[module] ?? {});

/** @type {(names: readonly string[], line: (name: string) => string) => string} */
const lines = (names, line) => names.map((name) => `${line(name)}\n`).join('');

/**
 * A module that exports what another does as constants. Those that nobody imports are left out of a bundle.
 *
 * @param {string} path
 */
const constantsOf = (path) => {
  // No constant can be called `let`.
  const names = Object.keys(load(path)).filter((name) => name !== 'let');
  const constants = lines(names, (name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`);
  return `const all = require('${path}');\n${constants}`;
};

/**
 * What esbuild reads for a part: an entry that exports every module of the part under the module's name, and for a module
 * of an earlier part a look-up in that part's bundle. So each module is in one bundle only, and a process has one copy of
 * it (of `Secret` above all), whichever entry points are loaded.
 *
 * @type {(part: string) => import('esbuild').Plugin}
 */
const reading = (part) => ({
  name: 'reading',
  setup(build) {
    // It bears the name of a real file because source maps name it.
    build.onResolve({ filter: /^entry$/ }, () => ({ path: resolve(source, part, 'index.ts'), suffix: '?entry' }));
    // Constants in place of esbuild's getters: a function that is looked up at each call makes the readers a quarter slower.
    build.onResolve({ filter: /^fp-ts\// }, ({ path, kind }) =>
      kind === 'require-call'
        ? { path, external: true }
        : { path: resolve(source, part, 'index.ts'), suffix: `?${path}` },
    );
    build.onLoad({ filter: /\.ts$/ }, ({ path, suffix }) => {
      if (suffix.startsWith('?fp-ts/')) return { contents: constantsOf(suffix.slice(1)), resolveDir: source };
      const module = moduleOf(relative(source, path));
      const home = partOf(module);
      if (suffix === '?entry') {
        const own = modules.filter((other) => partOf(other) === part);
        return { contents: lines(own, (name) => `export * as '${name}' from './${name}.js';`), resolveDir: source };
      }
      if (home === part) return undefined;
      const bundle = `import { '${module}' as all } from '../${home}bundle.js';\n`;
      return { contents: bundle + lines(namesOf(module), (name) => `export const ${name} = all.${name};`) };
    });
  },
});

/**
 * One CommonJS file for each part, because one file loads faster than many.
 *
 * @param {string} part
 */
const bundlePart = (part) =>
  esbuild.build({
    entryPoints: ['entry'],
    plugins: [reading(part)],
    outfile: `dist/${part}bundle.js`,
    bundle: true,
    external: ['../*bundle.js'],
    packages: 'external',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });

/**
 * What is imported: ESM and CommonJS both get the one bundle, by way of `names.js`. To import a CommonJS file, Node searches
 * its text for the names that it exports, and `names.js` is short.
 * It counts: a process that imports the front door takes 26 ms more than an empty one, and 50 ms more where `index.mjs`
 * imports the bundle itself (2026-11-24, Node 20.20.2, a 2-core AMD EPYC, medians of 31 processes in turn).
 *
 * @param {string} part
 */
const writeFaces = (part) => {
  const folder = `dist/${part}`;
  const names = namesOf(`${part}index`);
  const all = `const all = require('./bundle.js')['${part}index'];\n`;
  writeFileSync(`${folder}names.js`, all + lines(names, (name) => `exports.${name} = all.${name};`));
  writeFileSync(`${folder}index.js`, `module.exports = require('./names.js');\n`);
  writeFileSync(`${folder}index.mjs`, `export { ${names.join(', ')} } from './names.js';\n`);
  copyFileSync(`${folder}index.d.ts`, `${folder}index.d.mts`);
};

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src'], { stdio: 'inherit' });
writeFileSync('dist/package.json', JSON.stringify({ type: 'commonjs' }));
for (const part of parts) {
  await bundlePart(part);
  writeFaces(part);
}
