/** `npm run conformance -- FILE...`: recorded requests of any file (.jsonl, .jsonl.gz), each in the world.json beside it, or in this folder's. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { mismatchesOf, recordedRequests } from '../support/conformance.js';
import { worldFromJson, type World } from '../support/world.js';

const ownWorld = new URL('world.json', import.meta.url);

const textOf = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

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
  for (const request of recordedRequests(textOf(file))) {
    const lines = await mismatchesOf(request, world);
    requests += 1;
    if (lines.length > 0) mismatched += 1;
    if (lines.length > 0 && mismatched <= 10) shown.push(...lines);
  }
}
console.log(`${String(requests)} requests, ${String(mismatched)} mismatches`);
for (const line of shown) console.log(line);
process.exitCode = mismatched === 0 ? 0 : 1;
