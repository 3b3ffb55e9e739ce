/** The package as it is published: packed, installed beside its peers in an empty folder, and used in every way it may be. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as t from 'io-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { decoded } from '../support/decoded.js';
import {
  allAsRecorded,
  compile,
  install,
  newFolder,
  nodePackage,
  packInto,
  peers,
  root,
  run,
  writeConsumer,
} from './folder.js';

const Versioned = t.type({ version: t.string });

const folder = newFolder('packed');
const { tarball, files } = packInto(folder);
const installed = (path: string): string => join(folder, 'node_modules/camcops-tablet-session', path);

/** In it: the package with the lowest versions that the ranges of its peers have. */
const oldest = join(folder, 'oldest');
const lowest = Object.entries(peers).map(([name, range]) => `${name}@${/[\d.]+/.exec(range)?.[0] ?? ''}`);
const newest = Object.entries(peers).map(([name, range]) => `${name}@${range}`);

/** The oldest TypeScript that we promise, and the newest. */
const typescripts = { '5.4': '5.4.5', '7': '7' } as const;
const typescript = (version: keyof typeof typescripts): string => join(folder, `node_modules/typescript${version}`);
const nodes = [20, 24] as const;

/** The entry points, as the ends of what is imported. */
const entries = ['', '/operations', '/tables', '/testing'];

beforeAll(() => {
  const others = Object.entries(typescripts).map(([name, version]) => `typescript${name}@npm:typescript@${version}`);
  install(folder, [tarball, ...newest, ...others, nodePackage(20), 'jest@30']);
  mkdirSync(oldest);
  install(oldest, [tarball, ...lowest]);
  writeConsumer(typescript('7'), folder);
  // The declarations of io-ts before 2.2.20 are at odds with themselves.
  writeConsumer(typescript('7'), oldest, { skipLibCheck: true });
  try {
    install(folder, [nodePackage(24)]);
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('types read right', () => {
  const both = ['day.mts', 'day.cts', 'host.mts'];
  const nodenext = [both, { module: 'nodenext' }] as const;
  const node16 = [both, { module: 'node16' }] as const;
  const bundler = [['day.mts', 'host.mts'], { module: 'esnext', moduleResolution: 'bundler' }] as const;
  const node10 = [['day.ts'], { module: 'commonjs', moduleResolution: 'node10' }] as const;

  it.each([
    ['7', 'nodenext', nodenext],
    ['7', 'node16', node16],
    ['7', 'bundler', bundler],
    ['5.4', 'nodenext', nodenext],
    ['5.4', 'node16', node16],
    ['5.4', 'bundler', bundler],
    ['5.4', 'node10', node10],
  ] as const)('by TypeScript %s under %s', (version, _, [of, options]) => {
    compile(typescript(version), folder, of, { ...options, noEmit: true });
  });

  it.each([
    ['7', nodenext],
    ['5.4', nodenext],
    ['5.4', bundler],
  ] as const)('by TypeScript %s, with the oldest peers', (version, [of, options]) => {
    compile(typescript(version), oldest, of, { ...options, noEmit: true, skipLibCheck: true });
  });

  it.each(['attw', 'publint'])('by the word of %s', (linter) => {
    const args = { attw: ['--no-emoji', tarball], publint: ['run', tarball, '--strict'] };
    run(join(root, 'node_modules/.bin', linter), args[linter === 'attw' ? 'attw' : 'publint'], folder);
  });
});

describe("the real client's day completes", () => {
  const node = (version: (typeof nodes)[number]): string =>
    join(folder, `node_modules/node${String(version)}/bin/node`);
  const systems = ['day-esm.mjs', 'day-cjs.cjs'] as const;

  it.for(nodes.flatMap((version) => systems.map((file) => [version, file] as const)))(
    'in Node %i, by %s',
    ([version, file], { skip }) => {
      skip(
        !existsSync(node(version)) && process.env['CI'] === undefined,
        `Node ${String(version)} could not be fetched`,
      );
      expect(run(node(version), ['-p', 'process.versions.node.split(".")[0]'], folder)).toBe(`${String(version)}\n`);
      expect(run(node(version), [file], folder)).toBe(`${allAsRecorded}\n`);
    },
  );

  it.each(systems)('with the oldest peers, by %s', (file) => {
    const versions = Object.keys(peers).map((name) => {
      const manifest = readFileSync(join(oldest, 'node_modules', name, 'package.json'), 'utf8');
      return `${name}@${decoded(Versioned, JSON.parse(manifest)).version}`;
    });
    expect(versions).toEqual(lowest);
    expect(run(node(20), [file], oldest)).toBe(`${allAsRecorded}\n`);
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
    run(process.execPath, ['node_modules/jest/bin/jest.js', '--testMatch', '**/jest.test.js'], folder);
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
    expect(run(process.execPath, ['one-copy.mjs'], folder)).toBe('none true\n');
  });

  it("without the data of CamCOPS's tables, until their entry point is loaded", () => {
    const code = `
      const loaded = (entry) => {
        require('camcops-tablet-session' + entry);
        return Object.keys(require.cache).some((file) => /[\\\\/]dist[\\\\/]tables[\\\\/]/.test(file));
      };
      console.log(['', '/operations', '/tables'].map(loaded).join());
      console.log(require('camcops-tablet-session/tables').camcopsTables.size);
    `;
    writeFileSync(join(folder, 'lazy.cjs'), code);
    expect(run(process.execPath, ['lazy.cjs'], folder)).toBe('false,false,true\n152\n');
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
    const beside = ['docs', 'examples/postgres', 'examples/recipes'].flatMap((of) =>
      readdirSync(join(root, of), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.includes('.'))
        .map((file) => `${of}/${file}`),
    );
    const pages = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md', ...beside];
    const besides = [...pages, 'dist/package.json', 'package.json'];
    expect([...files].sort()).toEqual([...besides, ...ofRooms].sort());
    expect(files.filter((path) => path.startsWith('src/')).length).toBeGreaterThan(20);
  });

  it('has pages whose links lead to pages in it', () => {
    const pages = files.filter((path) => path.endsWith('.md'));
    const missing = pages.flatMap((page) =>
      [...readFileSync(installed(page), 'utf8').matchAll(/\]\((?!\w+:|#)([^)#]+)[^)]*\)/g)]
        .map(([, link = '']) => join(dirname(page), link))
        .filter((path) => !files.includes(path)),
    );
    expect(missing).toEqual([]);
    expect(pages.length).toBeGreaterThan(12);
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
