/** What the docs show is true: every example is type-checked, runs, and gives the result beside it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

import { blocksIn, checked, examplesIn, type CodeBlock } from './support/code-blocks.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const sources = readdirSync(path('../src/'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path(`../src/${file}`));
const examples: readonly CodeBlock[] = sources.flatMap(examplesIn);
const readme = blocksIn(path('../README.md'));
/** The others are a server and tests, which `readme.test.ts` runs. */
const readmeWithResults = readme.filter(({ code }) => checked(code).results > 0);
/** How many results each block of the README shows: a server, its steps one by one, tests, uploads. */
const readmeResults = [0, 2, 0, 3];

const fp = { left: E.left, right: E.right, none: O.none, some: O.some };

const globals = `
type Fp = Pick<typeof import('fp-ts/lib/Either.js'), 'left' | 'right'> & Pick<typeof import('fp-ts/lib/Option.js'), 'none' | 'some'>;
declare const expectResult: (value: unknown, result: (fp: Fp) => unknown) => void;
`;

const folder = path('.tmp/docs/');
const fileOf = (name: string): string => `${folder}${name.replaceAll(' ', '-')}.ts`;

const typeErrors = (files: readonly string[]): readonly string[] => {
  const { config } = ts.readConfigFile(path('../tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path('..'));
  const relaxed = { noUnusedLocals: false, noUnusedParameters: false, noPropertyAccessFromIndexSignature: false };
  const program = ts.createProgram([...files], { ...options, ...relaxed });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
};

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}globals.d.ts`, globals);
  for (const { name, code } of examples) writeFileSync(fileOf(name), checked(code).code);
  for (const { name, code } of readme) writeFileSync(fileOf(name), `${checked(code).code}\nexport {};\n`);
});

it('is type-checked', () => {
  const files = [...examples, ...readme].map(({ name }) => fileOf(name));
  expect(typeErrors([`${folder}globals.d.ts`, ...files])).toEqual([]);
}, 120_000);

describe('an example', () => {
  it('is there, of all that needs one', () => {
    const tags = sources.flatMap((file) => readFileSync(file, 'utf8').match(/@example/g) ?? []);
    expect(examples.length).toBe(tags.length);
    expect(examples.length).toBeGreaterThan(20);
    expect(readme.map(({ code }) => checked(code).results)).toEqual(readmeResults);
  });

  it('is in a block that is known for code', () => {
    const fences = readFileSync(path('../README.md'), 'utf8').match(/^```.*$/gm) ?? [];
    expect(fences.filter((fence) => !['```', '```ts', '```sh'].includes(fence))).toEqual([]);
    expect(fences.filter((fence) => fence === '```ts').length).toBe(readmeResults.length);
  });

  it.each([...examples, ...readmeWithResults].map(({ name, code }) => [name, code] as const))(
    'of %s gives what it says',
    async (name, code) => {
      const { results } = checked(code);
      let met = 0;
      const expectResult = (value: unknown, result: (given: typeof fp) => unknown): void => {
        met += 1;
        expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(result(fp))));
      };
      Object.assign(globalThis, { expectResult });
      await import(/* @vite-ignore */ fileOf(name));
      expect(met).toBe(results);
      expect(results).toBeGreaterThan(0);
    },
  );
});

it('names files that are there', () => {
  const named = ['README', 'SECURITY', 'CONTRIBUTING'].flatMap((page) => {
    const text = readFileSync(path(`../${page}.md`), 'utf8');
    return [...text.matchAll(/`((?:src|tests|examples)\/[\w./-]+)`/g)].map(([, file = '']) => file);
  });
  expect(named.filter((file) => !existsSync(path(`../${file}`)))).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});
