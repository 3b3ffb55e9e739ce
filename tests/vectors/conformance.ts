/** `npm run conformance -- FILE...`: checks recorded requests of any file, plain or gzipped, in the world.json beside the file, or else this one's. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { mismatchesOf, recordedRequests } from '../support/conformance.js';
import { textOfFile } from '../support/recorded-file.js';
import { worldFromJson, type World } from '../support/world.js';

const ownWorld = new URL('world.json', import.meta.url);

/** The world beside the file, or else the one beside this script. */
const worldOf = (file: string): World => {
  const beside = join(dirname(file), 'world.json');
  return worldFromJson(readFileSync(existsSync(beside) ? beside : ownWorld, 'utf8'));
};

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run conformance -- FILE...');
  process.exit(2);
}

let requests = 0;
let mismatched = 0;
const shown: string[] = [];
for (const file of files) {
  const world = worldOf(file);
  for (const request of recordedRequests(textOfFile(file))) {
    const lines = await mismatchesOf(request, world);
    requests += 1;
    if (lines.length > 0) mismatched += 1;
    if (lines.length > 0 && mismatched <= 10) shown.push(...lines);
  }
}
console.log(`${String(requests)} requests, ${String(mismatched)} mismatches`);
for (const line of shown) console.log(line);
process.exitCode = mismatched === 0 ? 0 : 1;
