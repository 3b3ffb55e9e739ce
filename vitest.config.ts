import { defineConfig } from 'vitest/config';

/** What takes processes, other programs, or many recorded days: `npm run test:long`. */
const long = [
  'tests/{api-reference,compiler-messages}.test.ts',
  'tests/examples/{recipes,tablets-day}.test.ts',
  'tests/examples/postgres/reading-days.test.ts',
  'tests/examples/reference-server/{conformance,first-day,health,kill,lost-work,process,proxy,roles}.test.ts',
];

/** What a change of `src` needs, as fast as it goes: `npm run test:quick`. */
const quick = [
  'tests/*.test.ts',
  'tests/{internal,operations,refusals,tables,testing,vectors}/**/*.test.ts',
  'tests/proof/pollution.test.ts',
];

/** These start compilers or servers, or do thousands of uploads. */
const slow = ['tests/{doc-examples,docs,readme}.test.ts', 'tests/testing/upload-laws.test.ts'];

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
    reporters: ['dot'],
    // Of two cores, both.
    maxWorkers: '100%',
    coverage: {
      include: ['src/**/*.ts'],
      reporter: [['text', { skipFull: true }], 'text-summary'],
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
          exclude: ['tests/packed/**', ...long],
          typecheck: { enabled: true, include: ['tests/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
        },
      },
      {
        extends: true,
        test: { name: 'long', testTimeout: 240_000, hookTimeout: 120_000, include: long },
      },
      {
        extends: true,
        test: { name: 'quick', testTimeout: 30_000, include: quick, exclude: [...long, ...slow] },
      },
      {
        extends: true,
        test: { name: 'packed', include: ['tests/packed/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000 },
      },
    ],
  },
});
