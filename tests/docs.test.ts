/** What the docs show is true: every example is type-checked, runs, and gives the result beside it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
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
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
  .concat(readdirSync(path('../docs/')).map((page) => `docs/${page}`))
  .filter((page) => page.endsWith('.md'));
const blocks = pages.flatMap((page) => blocksIn(path(`../${page}`)));
/** The README's is a server, which `readme.test.ts` runs. */
const shown = blocks.filter(({ name }) => !name.endsWith('README.md'));

const fp = { left: E.left, right: E.right, none: O.none, some: O.some };

const globals = `
type Fp = Pick<typeof import('fp-ts/lib/Either.js'), 'left' | 'right'> & Pick<typeof import('fp-ts/lib/Option.js'), 'none' | 'some'>;
declare const expectResult: (value: unknown, result: (fp: Fp) => unknown) => void;
`;

const folder = path('.tmp/docs/');
const fileOf = (name: string): string => `${folder}${name.replaceAll(/[^\w]+/g, '-')}.ts`;

const typeErrors = (files: readonly string[]): readonly string[] => {
  const { config } = ts.readConfigFile(path('../tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path('..'));
  const relaxed = { noUnusedParameters: false, noPropertyAccessFromIndexSignature: false };
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
  for (const { name, code } of blocks) writeFileSync(fileOf(name), `${checked(code).code}\nexport {};\n`);
});

it('is type-checked', () => {
  const files = [...examples, ...blocks].map(({ name }) => fileOf(name));
  expect(typeErrors([`${folder}globals.d.ts`, ...files])).toEqual([]);
}, 120_000);

/** JSON, in which maps, sets, bytes and the numbers that JSON lacks show what they hold. */
const printed = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown): unknown => {
    if (each instanceof Map || each instanceof Set) return [each.constructor.name, ...each];
    if (each instanceof Uint8Array) return ['Uint8Array', ...each];
    return typeof each === 'bigint' || (typeof each === 'number' && !Number.isFinite(each))
      ? `number ${String(each)}`
      : each;
  });

describe('an example', () => {
  it('is there, of all that needs one', () => {
    const tags = sources.flatMap((file) => readFileSync(file, 'utf8').match(/@example/g) ?? []);
    expect(examples.length).toBe(tags.length);
    expect(examples.length).toBeGreaterThan(20);
    expect(new Set([...examples, ...blocks].map(({ name }) => fileOf(name))).size).toBe(
      examples.length + blocks.length,
    );
  });

  it('is in a block of a known language', () => {
    const fences = pages.flatMap((page) => readFileSync(path(`../${page}`), 'utf8').match(/^```.*$/gm) ?? []);
    expect(fences.filter((fence) => !/^```(ts|sh|sql|json|text|mermaid|)$/.test(fence))).toEqual([]);
    expect(fences.filter((fence) => fence === '```ts').length).toBe(blocks.length);
  });

  it.each([...examples, ...shown].map(({ name, code }) => [name, code] as const))(
    'of %s gives what it says',
    async (name, code) => {
      const { results } = checked(code);
      let met = 0;
      const expectResult = (value: unknown, result: (given: typeof fp) => unknown): void => {
        met += 1;
        expect(JSON.parse(printed(value))).toEqual(JSON.parse(printed(result(fp))));
      };
      Object.assign(globalThis, { expectResult });
      await import(/* @vite-ignore */ fileOf(name));
      expect(met).toBe(results);
      expect(results).toBeGreaterThan(0);
    },
  );
});

it('each difference that is recorded is in docs/differences.md', () => {
  const page = readFileSync(path('../docs/differences.md'), 'utf8');
  const recorded = ['requests', 'operations/commands'].flatMap((name) => {
    const lines = gunzipSync(readFileSync(path(`./vectors/${name}.jsonl.gz`))).toString('utf8');
    return [...lines.matchAll(/"differs": ?(\[.*?\]|".*?")/g)].flatMap(
      ([, names = '']) => names.match(/[\w-]+/g) ?? [],
    );
  });
  const names = [...new Set(recorded)];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  expect(names.length).toBeGreaterThan(20);
});

describe.each(pages)('%s', (page) => {
  const text = readFileSync(path(`../${page}`), 'utf8');

  it('names files that are there', () => {
    const named = [...text.matchAll(/`((?:src|tests|examples|tools|docs)\/[\w./-]+)`/g)].map(([, file = '']) => file);
    expect(named.filter((file) => !existsSync(path(`../${file}`)))).toEqual([]);
  });

  it('links to headings and files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)];
    const dead = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? path(`../${page}`) : path(`../${posix.join(posix.dirname(page), file)}`);
      if (!existsSync(target)) return true;
      const headings = anchor === '' ? [] : (readFileSync(target, 'utf8').match(/^#+ .*$/gm) ?? []);
      const anchors = headings.map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      return anchor !== '' && !anchors.includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });
});
