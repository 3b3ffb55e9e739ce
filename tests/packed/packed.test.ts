/** The package as it is published: packed, installed beside its peers in an empty folder, and run in plain Node. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

let files: readonly string[] = [];

beforeAll(() => {
  const [packed] = decoded(
    Packed,
    JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], root)),
  );
  files = packed?.files.map(({ path }) => path) ?? [];
  const { devDependencies } = decoded(Manifest, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const beside = ['fp-ts', 'io-ts', 'typescript'].map((name) => `${name}@${String(devDependencies[name])}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--silent', '--prefer-offline', join(folder, packed?.filename ?? ''), ...beside]);
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
  console.log(status, JSON.stringify(body), calls().authenticate);
});
`;
const imports = (how: (names: string, from: string) => string): string =>
  how('handleTabletRequest', 'camcops-tablet-session') +
  how('inMemoryPorts', 'camcops-tablet-session/testing') +
  how('none', 'fp-ts/lib/Option.js') +
  how('of', 'fp-ts/lib/TaskEither.js') +
  body;
const asEsm = imports((names, from) => `import { ${names} } from '${from}';\n`);
const asCjs = imports(
  (names, from) => `import ${names}Module = require('${from}');\nconst { ${names} } = ${names}Module;\n`,
);

const reply = '200 "result:welcome\\nsuccess:1\\nsession_id:\\nsession_token:\\n" 0\n';
const globals = 'declare const console: { log(...values: readonly unknown[]): void };\n';
const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: [],
};
const tsc = (file: string): void => {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']);
};

describe('the packed package', () => {
  it.each([
    ['as ESM', 'esm.mts', asEsm],
    ['as CommonJS', 'cjs.cts', asCjs],
  ])('%s: type-checks, and serves a request in plain Node', (_, file, code) => {
    writeFileSync(join(folder, file), globals + code);
    tsc(file);
    expect(run(process.execPath, [file.replace('ts', 'js')])).toBe(reply);
  });

  it('is one copy in a process that uses it both ways', () => {
    const both = `
      import { createRequire } from 'node:module';
      import * as asEsm from 'camcops-tablet-session';
      const asCjs = createRequire(import.meta.url)('camcops-tablet-session');
      const names = Object.keys(asEsm).filter((name) => name !== 'default' && name !== 'module.exports');
      const { ports } = (await import('camcops-tablet-session/testing')).inMemoryPorts({});
      const started = await ports.sessions.startSession({})();
      console.log(started.right.token.constructor === asCjs.secret('').constructor);
      console.log(names.length > 40, names.every((name) => asEsm[name] === asCjs[name]));
      console.log(Object.keys(asCjs).filter((name) => !names.includes(name)).join());
    `;
    writeFileSync(join(folder, 'both.mjs'), both);
    expect(run(process.execPath, ['both.mjs'])).toBe('true\ntrue true\n\n');
  });

  it('holds what it needs and no more', () => {
    const folders = new Set(files.map((path) => path.replace(/[^/]+$/, '')));
    expect(folders).toEqual(new Set(['', 'dist/', 'dist/testing/', 'src/', 'src/testing/']));
    expect(files.filter((path) => !path.includes('/')).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(files.filter((path) => !/\.(js|mjs|ts|mts|map|md)$|LICENSE|package\.json/.test(path))).toEqual([]);
  });

  it('imports nothing of Node', () => {
    const code = files.filter((path) => path.startsWith('dist/') && path.endsWith('js'));
    expect(code.length).toBeGreaterThan(10);
    const imported = code
      .map((path) => readFileSync(join(folder, 'node_modules/camcops-tablet-session', path), 'utf8'))
      .flatMap((text) => [...text.matchAll(/(?:require\(|from )"([^".][^"]*)"/g)].map(([, name]) => name));
    expect(new Set(imported.map((name) => name?.split('/')[0]))).toEqual(new Set(['fp-ts', 'io-ts', 'semver']));
  });
});
