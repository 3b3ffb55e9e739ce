import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

import base from '../../vitest.config.js';

const guarded = fileURLToPath(new URL('guarded-vitest.ts', import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^vitest$/, replacement: guarded },
      ...Object.entries(base.resolve?.alias ?? {}).map(([find, replacement]) => ({
        find,
        replacement: String(replacement),
      })),
    ],
  },
  test: { include: ['tests/mutants/all.test.ts'], testTimeout: 30_000 },
});
