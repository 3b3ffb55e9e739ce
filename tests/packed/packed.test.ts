/** The package as it is published: packed, installed beside its peers in an empty folder, and used in every way it may be. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { decoded } from '../support/decoded.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'packed-'));

const run = (command: string, args: readonly string[], cwd = folder): string => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
};

const Packed = t.array(t.type({ filename: t.string, files: t.array(t.type({ path: t.string })) }));
const Manifest = t.type({ devDependencies: t.record(t.string, t.string) });

/** Other versions of Node, as the registry has them for this platform; TypeScript's oldest that we promise; Jest. */
const platform = `node-${process.platform}-${process.arch}`;
const others = [
  `node20@npm:${platform}@20`,
  `node22@npm:${platform}@22`,
  `node24@npm:${platform}@24`,
  'typescript54@npm:typescript@5.4.5',
  'jest@30',
];

/** The entry points, as the ends of what is imported. */
const entries = ['', '/operations', '/testing'];

let tarball = '';
let files: readonly string[] = [];
const installed = (path: string): string => join(folder, 'node_modules/camcops-tablet-session', path);

beforeAll(() => {
  const [packed] = decoded(
    Packed,
    JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], root)),
  );
  tarball = join(folder, packed?.filename ?? '');
  files = packed?.files.map(({ path }) => path) ?? [];
  const { devDependencies } = decoded(Manifest, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const beside = ['fp-ts', 'io-ts', 'typescript'].map((name) => `${name}@${String(devDependencies[name])}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--silent', '--prefer-offline', tarball, ...beside, ...others]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The same use of the package, but for how it is imported; typed, so that it is checked as well as run. */
const body = `
const handle = handleTabletRequest<Error>({
  ports: { devices: { findDeviceByName: () => of(none) }, users: { authenticate: () => of(none) } },
  handlers: { register_patient: () => of('welcome') },
});
const fields = new Map([['operation', 'register_patient'], ['camcops_version', '2.4.24']]);
const { calls } = inMemoryPorts({});
void handle({ method: 'POST', fields })().then(({ status, body }) => {
  console.log(status, JSON.stringify(body), calls().authenticate, Object.keys(operations).length > 0);
});
`;
const imports = (how: (names: string, from: string) => string): string =>
  how('handleTabletRequest', 'camcops-tablet-session') +
  how('inMemoryPorts', 'camcops-tablet-session/testing') +
  how('none', 'fp-ts/lib/Option.js') +
  how('of', 'fp-ts/lib/TaskEither.js') +
  body;
const asEsm =
  "import * as operations from 'camcops-tablet-session/operations';\n" +
  imports((names, from) => `import { ${names} } from '${from}';\n`);
const asCjs =
  "import operations = require('camcops-tablet-session/operations');\n" +
  imports((names, from) => `import ${names}Module = require('${from}');\nconst { ${names} } = ${names}Module;\n`);

const reply = '200 "result:welcome\\nsuccess:1\\nsession_id:\\nsession_token:\\n" 0 true\n';
const globals = 'declare const console: { log(...values: readonly unknown[]): void };\n';

const strictest = { target: 'es2022', strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, types: [] };
const tsc = (compiler: string, file: string, module: object, noEmit: boolean): void => {
  const compilerOptions = { ...strictest, ...module, noEmit };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run(process.execPath, [`node_modules/${compiler}/bin/tsc`, '-p', '.']);
};

const esm = { file: 'esm.mts', code: globals + asEsm };
const cjs = { file: 'cjs.cts', code: globals + asCjs };

describe('types read right', () => {
  const nodenext = { module: 'nodenext' };
  const node16 = { module: 'node16' };
  const bundler = { module: 'esnext', moduleResolution: 'bundler' };
  it.each([
    ['typescript', 'nodenext', nodenext, esm],
    ['typescript', 'nodenext', nodenext, cjs],
    ['typescript', 'node16', node16, esm],
    ['typescript', 'node16', node16, cjs],
    ['typescript', 'bundler', bundler, esm],
    ['typescript54', 'nodenext', nodenext, esm],
    ['typescript54', 'node16', node16, cjs],
    ['typescript54', 'bundler', bundler, esm],
  ] as const)('by %s under %s: %o', (compiler, _, module, { file, code }) => {
    writeFileSync(join(folder, file), code);
    tsc(compiler, file, module, true);
  });

  it.each(['attw', 'publint'])('by the word of %s', (linter) => {
    const args = { attw: ['--profile', 'node16', '--no-emoji', tarball], publint: ['run', tarball, '--strict'] };
    run(join(root, 'node_modules/.bin', linter), args[linter === 'attw' ? 'attw' : 'publint']);
  });
});

describe('it serves a request', () => {
  beforeAll(() => {
    for (const { file, code } of [esm, cjs]) {
      writeFileSync(join(folder, file), code);
      tsc('typescript', file, { module: 'nodenext' }, false);
    }
  });

  it.each([
    [20, 'ESM', esm],
    [20, 'CommonJS', cjs],
    [22, 'ESM', esm],
    [22, 'CommonJS', cjs],
    [24, 'ESM', esm],
    [24, 'CommonJS', cjs],
  ] as const)('in Node %i, as %s', (version, _, { file }) => {
    const node = join(folder, `node_modules/node${String(version)}/bin/node`);
    expect(run(node, ['-p', 'process.versions.node.split(".")[0]'])).toBe(`${String(version)}\n`);
    expect(run(node, [file.replace('ts', 'js')])).toBe(reply);
  });

  it('in Jest, as it comes', () => {
    const test = `
      const { handleTabletRequest, secret } = require('camcops-tablet-session');
      const { inMemoryPorts } = require('camcops-tablet-session/testing');
      test('serves', async () => {
        const { ports } = inMemoryPorts({});
        const fields = new URLSearchParams('camcops_version=2.4.24&operation=check_device_registered');
        const reply = await handleTabletRequest({ ports, handlers: {} })({ method: 'POST', fields })();
        expect(reply.body).toBe('success:0\\nerror:Unregistered device\\nsession_id:\\nsession_token:\\n');
        expect((await ports.sessions.startSession({})()).right.token.constructor).toBe(secret('').constructor);
      });
    `;
    writeFileSync(join(folder, 'jest.test.js'), test);
    run(process.execPath, ['node_modules/jest/bin/jest.js', '--testMatch', '**/jest.test.js']);
  });

  it.each([
    ['imports, then requires', ['import', 'require'], entries],
    ['requires, then imports', ['require', 'import'], [...entries].reverse()],
  ] as const)('from one copy, in a process that %s every entry point', (_, systems, order) => {
    const loads = systems.flatMap((system) =>
      order.map((entry) => [system, `camcops-tablet-session${entry}`] as const),
    );
    const code = `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const loaded = { import: {}, require: {} };
      for (const [system, entry] of ${JSON.stringify(loads)}) {
        loaded[system][entry] = system === 'import' ? await import(entry) : require(entry);
      }
      const differing = Object.keys(loaded.import).flatMap((entry) => {
        const [asEsm, asCjs] = [loaded.import[entry], loaded.require[entry]];
        const names = Object.keys({ ...asEsm, ...asCjs }).filter((name) => !/^(default|module\\.exports)$/.test(name));
        return names.length === 0 ? [entry] : names.filter((name) => asEsm[name] === undefined || asEsm[name] !== asCjs[name]);
      });
      const { secret } = loaded.import['camcops-tablet-session'];
      const started = await loaded.require['camcops-tablet-session/testing'].inMemoryPorts({}).ports.sessions.startSession({})();
      console.log(differing.join() || 'none', started.right.token.constructor === secret('').constructor);
    `;
    writeFileSync(join(folder, 'one-copy.mjs'), code);
    expect(run(process.execPath, ['one-copy.mjs'])).toBe('none true\n');
  });
});

describe('the tarball', () => {
  const faces = entries.map((entry) => `${entry}/index`.slice(1));
  const besideFace = ['bundle.js', 'bundle.js.map', 'names.js'];

  it('holds these files, and no other', () => {
    const ofRooms = files
      .filter((path) => path.startsWith('src/'))
      .flatMap((path) => {
        const room = path.slice('src/'.length, -'.ts'.length);
        const code = faces.includes(room) ? ['.js', '.mjs', '.d.mts'] : [];
        return [path, ...['.d.ts', '.d.ts.map', ...code].map((ending) => `dist/${room}${ending}`)];
      })
      .concat(faces.flatMap((room) => besideFace.map((file) => `dist/${room.replace('index', file)}`)));
    const besides = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/package.json', 'package.json'];
    expect([...files].sort()).toEqual([...besides, ...ofRooms].sort());
    expect(files.filter((path) => path.startsWith('src/')).length).toBeGreaterThan(20);
  });

  it('holds one copy of Secret, which is the only class', () => {
    const bundles = files.filter((path) => path.endsWith('/bundle.js'));
    expect(bundles).toHaveLength(entries.length);
    const code = bundles.map((path) => readFileSync(installed(path), 'utf8')).join('');
    expect(code.match(/\bclass\b.*\{$/gm)).toEqual(['class {']);
  });

  it('has maps that lead to sources in it', () => {
    const Map = t.type({ sources: t.array(t.string), mappings: t.string });
    const maps = files.filter((path) => path.endsWith('.map'));
    for (const path of maps) {
      const mapped = readFileSync(installed(path.slice(0, -'.map'.length)), 'utf8').trimEnd();
      expect(mapped.endsWith(`//# sourceMappingURL=${basename(path)}`)).toBe(true);
      const { sources, mappings } = decoded(Map, JSON.parse(readFileSync(installed(path), 'utf8')));
      expect(mappings).toMatch(/[A-Za-z]/);
      expect(sources.filter((source) => !existsSync(join(dirname(installed(path)), source)))).toEqual([]);
      expect(sources.length).toBeGreaterThan(0);
    }
    expect(maps.length).toBeGreaterThan(20);
  });

  it('declares nothing as any', () => {
    const declarations = files.filter((path) => path.endsWith('.d.ts'));
    const wordsOnly = /\/\*[^]*?\*\/|"[^"]*"|'[^']*'/g;
    const code = declarations.map((path) => readFileSync(installed(path), 'utf8').replaceAll(wordsOnly, ''));
    expect(declarations.filter((_, at) => /\bany\b/.test(code[at] ?? ''))).toEqual([]);
    expect(code.join()).toContain('unknown');
  });

  it('imports nothing of Node, and nothing but its three dependencies', () => {
    const imported = files
      .filter((path) => /^dist\/.*js$/.test(path))
      .map((path) => readFileSync(installed(path), 'utf8'))
      .flatMap((text) => [...text.matchAll(/(?:require\(|from )"([^".][^"]*)"/g)].map(([, name]) => name));
    expect(new Set(imported.map((name) => name?.split('/')[0]))).toEqual(new Set(['fp-ts', 'io-ts', 'semver']));
  });
});
