/** What the docs show is true: every example is type-checked, runs, and gives the result beside it. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

import { blocksIn, checked, examplesIn, type CodeBlock } from './support/code-blocks.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const sources = ['../src/', '../src/testing/'].flatMap((folder) =>
  readdirSync(path(folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path(folder + file)),
);
const examples: readonly CodeBlock[] = sources.flatMap(examplesIn);
const readme = blocksIn(path('../README.md'));
/** The others are a server and tests, which `readme.test.ts` runs. */
const readmeWithResults = readme.filter(({ code }) => checked(code).results > 0);

/** Those that show how to use a thing rather than what it gives. */
const withoutResult = ['portLaws'];

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
    expect(examples.length).toBeGreaterThan(15);
    expect(readmeWithResults.length).toBeGreaterThan(1);
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
      if (withoutResult.includes(name)) return;
      await import(/* @vite-ignore */ fileOf(name));
      expect(met).toBe(results);
      expect(results).toBeGreaterThan(0);
    },
  );
});
