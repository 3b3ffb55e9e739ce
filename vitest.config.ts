import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: {
      'camcops-tablet-session/operations': new URL('src/operations/index.ts', import.meta.url).pathname,
      'camcops-tablet-session/tables': new URL('src/tables/index.ts', import.meta.url).pathname,
      'camcops-tablet-session/testing': new URL('src/testing/index.ts', import.meta.url).pathname,
      'camcops-tablet-session': new URL('src/index.ts', import.meta.url).pathname,
    },
  },
  test: {
    coverage: {
      include: ['src/**/*.ts'],
      reporter: ['text', 'text-summary'],
      thresholds: { 100: true },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'source',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/packed/**', 'tests/mutants/**'],
          typecheck: { enabled: true, include: ['tests/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
        },
      },
      {
        extends: true,
        test: { name: 'packed', include: ['tests/packed/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000 },
      },
    ],
  },
});
