/** `npm run mutants -- [PART or FILE...] [OPTION of Stryker...]`: changes all of `src`, or these parts or files, part after part. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

import { complaints, type Report } from './judge.js';
import { isData, parts, partVariable } from './parts.js';
import { unseen } from './unseen.js';

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !isData(file.replace(/\.ts$/, '')),
);
const partsOf = (file: string): readonly string[] =>
  Object.keys(parts).filter((name) => parts[name]?.files.test(file.replace(/\.ts$/, '')));

for (const file of files) {
  const count = partsOf(file).length;
  if (count !== 1)
    throw new Error(`src/${file} is in ${String(count)} parts of tests/mutants/parts.ts: it must be in one`);
}

for (const { file } of unseen)
  if (!files.includes(file)) throw new Error(`tests/mutants/unseen.ts names src/${file}, which is not there`);

/** As in `stryker.config.json`. */
const reportFile = 'build/mutants.json';

const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const names = given.slice(0, firstOption === -1 ? undefined : firstOption);
const isWanted = (file: string): boolean =>
  names.length === 0 || names.includes(`src/${file}`) || partsOf(file).some((name) => names.includes(name));
const unknown = names.filter((name) => !(name in parts) && !files.some((file) => name === `src/${file}`));
if (unknown.length > 0)
  throw new Error(`${unknown.join(', ')}: neither a part of tests/mutants/parts.ts nor a file of src`);

for (const name of Object.keys(parts)) {
  const wanted = files.filter((file) => partsOf(file).includes(name) && isWanted(file));
  if (wanted.length === 0) continue;
  console.log(`Part ${name}:`);
  rmSync(reportFile, { force: true });
  const { status } = spawnSync(
    'stryker',
    [
      ...['run', 'tests/mutants/stryker.config.json', '--mutate', wanted.map((file) => `src/${file}`).join(',')],
      ...given.slice(names.length),
    ],
    { stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: '--import tsx', [partVariable]: name } },
  );
  // Survivors do not fail Stryker itself: it fails if, for example, a test fails without any change.
  if (status !== 0) {
    process.exitCode = 1;
    continue;
  }
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  const found = complaints(report, wanted, unseen);
  for (const complaint of found) console.log(complaint);
  if (found.length > 0) process.exitCode = 1;
}
