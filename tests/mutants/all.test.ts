/** The tests that meet each mutant, as one file: most of a run would go into loading the same modules for each file. */
import { readdirSync } from 'node:fs';

// Those that do not run `src` itself, or that are slow and find nothing that the others do not.
const leftOut = /^(?:architecture|bench|docs|examples|mutants|packed|proof\/(?:model|properties)|readme|trees)\b/;

const tests = new URL('..', import.meta.url);
for (const file of readdirSync(tests, { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.test.ts') && !leftOut.test(file)) await import(new URL(file, tests).pathname);
}
