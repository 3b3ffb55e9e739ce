/**
 * A runner for Stryker. It loads the package and its tests anew for each mutant, but within one process, and as one script: vitest's own
 * runner takes ten times as long, most of it for a worker and for reports of thousands of tests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import { build, type Plugin } from 'esbuild';

import { parts, partVariable } from './parts.js';
import { collector, runTest } from './suites.js';

/** Tests that start processes, or that are slow, and find nothing that the others do not. */
const leftOut = /npm run|leave the heap|10 MB|100,000|hundred thousand|\bhuge\b/;

type Script = (load: (module: string) => unknown) => Promise<void>;

/** Packages are looked up when the script runs, and tests are told where their file stands. */
const reading: Plugin = {
  name: 'reading',
  setup(script) {
    script.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      path.startsWith('camcops-tablet-session') ? undefined : { path, namespace: 'package' },
    );
    script.onLoad({ filter: /./, namespace: 'package' }, ({ path }) => ({
      contents: path.startsWith('start:')
        ? `import { startFile } from 'vitest'; startFile(${JSON.stringify(path)});`
        : `module.exports = load(${JSON.stringify(path)});`,
    }));
    script.onLoad({ filter: /\/tests\/.*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
    }));
  },
};

/** One script of all tests of the part, and of all that they import from the project. */
const bundled = async (): Promise<Script> => {
  const part = parts[process.env[partVariable] ?? ''];
  const tests = readdirSync('tests', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && part?.tests.test(file.replace(/\.test\.ts$/, '')))
    .map((file) => `import 'start:${file}'; import './tests/${file}';`);
  const { outputFiles } = await build({
    stdin: { contents: tests.join('\n'), resolveDir: process.cwd() },
    absWorkingDir: process.cwd(),
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'es2022' },
    ignoreAnnotations: true,
    plugins: [reading],
  });
  // eslint-disable-next-line @typescript-eslint/no-empty-function -- It is the only way to its constructor.
  const AsyncFunction = (async () => {}).constructor as new (parameter: string, body: string) => Script;
  return new AsyncFunction('load', outputFiles[0]?.text ?? '');
};

/** Runs what is `wanted`, up to what fails first; loading counts as a test, the first of all. */
const run = async (
  script: Script,
  context: InstrumenterContext,
  isWanted: (id: string) => boolean,
  loaded: () => void,
): Promise<readonly TestResult[]> => {
  // What an earlier run has left behind keeps the context that it was loaded with.
  Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: context });
  const load = createRequire(pathToFileURL('package.json'));
  const { tests, vitest } = collector();
  const results: TestResult[] = [];
  /** Whether it passes. */
  const passes = async (id: string, body: () => Promise<void>): Promise<boolean> => {
    const start = performance.now();
    const result = { id, name: id, timeSpentMs: 0 };
    try {
      await body();
      results.push({ ...result, timeSpentMs: performance.now() - start, status: TestStatus.Success });
      return true;
    } catch (thrown) {
      results.push({ ...result, status: TestStatus.Failed, failureMessage: String(thrown) });
      return false;
    }
  };

  if (!(await passes('all modules load', () => script((name) => (name === 'vitest' ? vitest : load(name))))))
    return results;
  loaded();
  const wanted = tests.filter(({ id }) => isWanted(id) && !leftOut.test(id));
  for (const [index, test] of wanted.entries()) {
    context.currentTestId = test.id;
    if (!(await passes(test.id, () => runTest(test, wanted[index - 1], wanted[index + 1])))) break;
  }
  return results;
};

const inProcess = (): TestRunner => {
  let script: Script | undefined;
  const scriptOf = async (): Promise<Script> => (script ??= await bundled());
  return {
    capabilities: () => ({ reloadEnvironment: true }),
    dryRun: async () => {
      const context: InstrumenterContext = {};
      const tests = await run(
        await scriptOf(),
        context,
        () => true,
        () => undefined,
      );
      const { mutantCoverage } = context;
      return mutantCoverage === undefined
        ? { status: DryRunStatus.Error, errorMessage: 'The tests run no file of this part.' }
        : { status: DryRunStatus.Complete, tests: [...tests], mutantCoverage };
    },
    mutantRun: async ({ activeMutant, mutantActivation, testFilter, hitLimit }) => {
      const context: InstrumenterContext = {};
      const activate = (): void =>
        void Object.assign(context, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
      if (mutantActivation === 'static') activate();
      const wanted = new Set(testFilter);
      const tests = await run(await scriptOf(), context, (id) => testFilter === undefined || wanted.has(id), activate);
      const complete = { status: DryRunStatus.Complete as const, tests: [...tests] };
      return toMutantRunResult(determineHitLimitReached(context.hitCount, hitLimit) ?? complete);
    },
  };
};

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', inProcess)];
