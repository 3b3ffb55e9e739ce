import { defineConfig } from 'vitest/config';

import base from '../../vitest.config.js';

export default defineConfig({
  resolve: base.resolve ?? {},
  test: { include: ['tests/mutants/all.test.ts'], testTimeout: 30_000 },
});
