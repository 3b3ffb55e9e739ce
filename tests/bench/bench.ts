/** `npm run bench`: what the built package costs, against code by hand and its targets, as one table. */
import { build } from 'esbuild';
import * as t from 'io-ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { decoded } from '../support/decoded.js';
import { conformanceDatabase } from '../support/server-conformance.js';
import { bundleSizes, coldImports, install, packedSizes, run } from './import-cost.js';
import type { Figures } from './measure.js';
import { oneStepTimes, type OneStepTimes } from './one-step.js';
import {
  bodiesSection,
  growthSection,
  inMemoryRows,
  loadSection,
  memorySection,
  oneStepRows,
  oneStepSection,
  openSection,
  planSection,
  readSection,
  sizeSection,
} from './sections.js';
import { tableOf } from './table.js';

const oneStepRecords = 10_000;
const oneStepRounds = 9;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

const Printed = t.record(t.string, t.record(t.string, t.number));

/** What a section measures in a process of its own, where the package is what npm has installed. */
const measured = async (section: string, ...args: readonly string[]): Promise<Figures> => {
  const outfile = join(folder, `${section}.mjs`);
  await build({
    entryPoints: [join(root, `tests/bench/${section}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['camcops-tablet-session', 'fp-ts', 'io-ts', 'bun:jsc'],
    // Without the repository's own `paths`, which lead to the sources.
    tsconfigRaw: {},
  });
  return decoded(Printed, JSON.parse(run(process.execPath, ['--expose-gc', outfile, ...args], folder)));
};

/** The reference server, of the sources: the examples are not published. */
const oneStepOnPGlite = async (): Promise<OneStepTimes> => {
  const db = await conformanceDatabase(undefined);
  return oneStepTimes(db, oneStepRecords, oneStepRounds).finally(() => db.close());
};

try {
  const packed = install(root, folder);
  const sections = [
    openSection(await measured('open', join(root, 'tests/vectors/world.json'))),
    growthSection(await measured('growth')),
    memorySection(await measured('memory')),
    readSection(await measured('operations')),
    bodiesSection(await measured('bodies')),
    planSection(await measured('uploads')),
    oneStepSection(oneStepRecords, [
      ...inMemoryRows((await measured('whole'))['in memory'] ?? {}),
      ...oneStepRows('PGlite', await oneStepOnPGlite()),
    ]),
    loadSection(coldImports(folder)),
    sizeSection(await bundleSizes(folder), packedSizes(folder, packed)),
  ];
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${day}, Node ${process.version}, ${String(cpus().length)} cores of ${String(cpus()[0]?.model)}; medians`;
  const figures = `${machine}\n\n${tableOf(sections)}`;
  console.log(figures);
  const page = join(root, 'docs/costs.md');
  const [before = '', after = ''] = readFileSync(page, 'utf8').split(
    /(?<=<!-- bench: .* -->\n)[^]*(?=<!-- \/bench -->)/,
  );
  writeFileSync(page, `${before}\n\`\`\`\n${figures}\n\`\`\`\n\n${after}`);
} finally {
  rmSync(folder, { recursive: true });
}
