/** The tests that mutants must meet, as one file: most of a run would go into loading the same modules again for each file. */
import { readdirSync } from 'node:fs';

// These do not run `src` itself, or are slow and kill no mutant that the others leave.
const leftOut = /^(?:bench|proof|docs|examples|mutants|packed|readme|trees)\b/;

const tests = new URL('..', import.meta.url);
for (const file of readdirSync(tests, { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.test.ts') && !leftOut.test(file)) await import(new URL(file, tests).pathname);
}
