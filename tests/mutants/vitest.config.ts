/** How Stryker runs the tests. */
import { defineConfig } from 'vitest/config';
import type { Reporter, Vitest } from 'vitest/node';

import base from '../../vitest.config.js';

/** Stryker counts tests alone: it would take a mutant for unseen that breaks a module as it loads, so that no test runs. */
const brokenModules = (): Reporter => {
  let vitest: Vitest | undefined;
  return {
    onInit(started) {
      vitest = started;
    },
    onTestRunEnd(modules) {
      for (const { message } of modules.flatMap((module) => module.errors())) vitest?.state.errorsSet.add(message);
    },
  };
};

export default defineConfig({
  ...(base.resolve === undefined ? {} : { resolve: base.resolve }),
  test: { include: ['tests/mutants/all.test.ts'], testTimeout: 30_000, reporters: [brokenModules()] },
});
