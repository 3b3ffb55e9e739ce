/** The tree of tests mirrors `src`: each file there that has code has its tests at the same path. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.startsWith('.tmp/'))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/** Whether a file of `src` declares a value. One that has only types, or that exports the values of others, needs no tests. */
const hasCode = (file: string): boolean => {
  const text = readFileSync(new URL(`../src/${file}.ts`, import.meta.url), 'utf8');
  return ts
    .createSourceFile(file, text, ts.ScriptTarget.ES2022)
    .statements.some(
      (each) => ts.isVariableStatement(each) || ts.isFunctionDeclaration(each) || ts.isClassDeclaration(each),
    );
};

/** What other tests test, through the public names. */
const testedElsewhere: Readonly<Record<string, string>> = {
  'ask-host': 'failures',
  'open-session': 'tablet-session',
  'internal/shape': 'failures',
  'operations/tablet-host': 'operations/operation-handlers',
  'testing/in-memory-host': 'operations/operation-handlers',
  'testing/port-subjects': 'testing/port-laws',
  'testing/session-laws': 'testing/port-laws',
  'testing/record-laws': 'testing/upload-laws',
  'testing/upload-subjects': 'testing/upload-laws',
  'tables/client-tables': 'tables/camcops-tables',
  'tables/columns': 'tables/camcops-tables',
  'ask-ports': 'sign-in',
  'tablet-request-codec': 'tablet-request',
  'refusals/': 'user-error',
};
const testOf = (file: string): string =>
  Object.entries(testedElsewhere).find(([start]) =>
    start.endsWith('/') ? file.startsWith(start) : file === start,
  )?.[1] ?? file;

/** Tests of all files together. */
const ofAll =
  /^(api-reference|architecture|compiler-messages|doc-examples|docs|readme|secrets|trees|troubleshooting)$|^(bench|examples|mutants|packed|proof|vectors)\//;

const sources = filesIn('../src', '.ts');
const tests = filesIn('.', '.test.ts');

it('each file of src that has code is tested', () => {
  const coded = sources.filter(hasCode);
  expect(coded.filter((file) => !tests.includes(testOf(file)))).toEqual([]);
  expect(coded.length).toBeGreaterThan(20);
});

it('each test has its file in src', () => {
  expect(tests.filter((test) => !ofAll.test(test) && !sources.includes(test))).toEqual([]);
});
