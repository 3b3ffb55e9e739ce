/** The tests that mutants must meet, as one file: most of a run would go into loading the same modules again for each file. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

// These do not run `src` itself, or are slow and see nothing that the others do not.
const leftOut = /^(?:bench|docs|examples|mutants|packed|proof\/(?:model|properties)|readme|trees)\b/;

const tests = new URL('..', import.meta.url);
for (const file of readdirSync(tests, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.test.ts') || leftOut.test(file)) continue;
  try {
    await import(new URL(file, tests).pathname);
  } catch (error) {
    // A mutant that breaks a module as it loads has been seen.
    it(`${file} loads`, () => expect.fail(String(error)));
  }
}
