/** `npm run bench`: what the built package costs, against code by hand and its targets, as one table. */
import { build } from 'esbuild';
import * as t from 'io-ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { decoded } from '../support/decoded.js';
import { bundleSizes, coldImports, install, run } from './import-cost.js';
import type { Figures } from './measure.js';
import { duration, kilobytes, ratio, tableOf, type Row, type Section } from './table.js';

// Sections

const rivals = ['ours', 'hand-written'];

/** Each time, and how often that by hand it is. */
const against = (name: string, times: Figures[string], most: number): Row => {
  const { ours = NaN, 'hand-written': byHand = NaN } = times;
  return {
    name,
    cells: [ours, byHand].map((time) => `${duration(time)} ${ratio(time / byHand)}`),
    target: `<= ${most.toFixed(2)}`,
    isReached: ours / byHand <= most,
  };
};

const openSection = (figures: Figures): Section => ({
  name: 'open (1.00: by hand)',
  columns: rivals,
  rows: Object.entries(figures).map(([name, times]) => against(name, times, 1.15)),
});

const serveSection = (figures: Figures): Section => ({
  name: 'serve',
  columns: rivals,
  rows: Object.entries(figures).map(([name, times]) => against(name, times, 1.5)),
});

/** Half as much again counts as the same: caches, and what else runs on the machine. */
const tolerance = 1.5;

const growthSections = (figures: Figures): readonly Section[] => {
  const { '1,000,000 distinct versions': versions = {}, ...forms } = figures;
  const { time: smallTime = NaN, bytes: smallBytes = NaN } = forms['extra field of 1 KB'] ?? {};
  const { time: fewTime = NaN, fields: fewFields = NaN } = forms['10 extra fields'] ?? {};
  const { before = NaN, after = NaN } = versions;
  return [
    {
      name: 'growth',
      columns: ['open', 'per field', 'kept'],
      rows: Object.entries(forms).map(([name, { time = NaN, fields = NaN, bytes = NaN }]) => {
        const isFlat = time <= smallTime * tolerance && bytes <= smallBytes * tolerance;
        const isLinear = time / fields <= (fewTime / fewFields) * tolerance && bytes <= smallBytes * tolerance;
        return {
          name,
          cells: [duration(time), duration(time / fields), `${bytes.toFixed(0)} B`],
          target: name.includes('field of') ? 'flat' : 'linear',
          isReached: name.includes('field of') ? isFlat : isLinear,
        };
      }),
    },
    {
      name: '',
      columns: ['heap before', 'heap after'],
      rows: [
        {
          name: '1,000,000 distinct versions',
          cells: [kilobytes(before), kilobytes(after)],
          target: 'flat',
          isReached: after - before < 100 * 1024,
        },
      ],
    },
  ];
};

/** Of the readers: time, or what is kept of each character, as a multiple of the same by `JSON.parse`. */
const readSection = (figures: Figures): Section => {
  const targets: Readonly<Record<string, number>> = {
    'table of': 1.5,
    'one step of': 3.5,
    'table, kept': 3,
    'one step, kept': 3,
  };
  return {
    name: 'read (1.00: JSON.parse, and Maps)',
    columns: ['ours', 'ratio'],
    rows: Object.entries(figures).map(([name, { ours = NaN, ratio: times = NaN }]) => {
      const most = Object.entries(targets).find(([start]) => name.startsWith(start))?.[1];
      const measuredAs = name.includes('kept') ? ours : times;
      const cells = [ours.toFixed(2), Number.isNaN(times) ? '' : ratio(times)];
      return {
        name,
        cells,
        ...(most !== undefined && { target: `<= ${most.toFixed(2)}`, isReached: measuredAs <= most }),
      };
    }),
  };
};

/** Of plans, for 100,000 records sent and stored. */
const planSection = (figures: Figures): Section => ({
  name: 'plan (1.00: a Map of the stored keys)',
  columns: ['ours', 'ratio', 'tenfold'],
  rows: Object.entries(figures).map(([name, { time = NaN, 'of map': ofMap = NaN, growth = NaN }]) => {
    const most = name === 'planTable, same dates' ? 4 : name === 'planTable, other offsets' ? 6 : undefined;
    const cells = [duration(time), ratio(ofMap), ratio(growth)];
    return { name, cells, ...(most !== undefined && { target: `<= ${most.toFixed(2)}`, isReached: ofMap <= most }) };
  }),
});

const loadSection = async (folder: string, { size, unpackedSize }: ReturnType<typeof install>): Promise<Section> => {
  const { bare, esm, esmModules, cjs, cjsModules } = coldImports(folder);
  const { minified, gzipped } = await bundleSizes(folder);
  const milliseconds = (time: number): string => duration(time * 1e6);
  return {
    name: 'load',
    columns: ['', ''],
    rows: [
      { name: 'bare node', cells: [milliseconds(bare)] },
      {
        name: 'import, over bare node',
        cells: [milliseconds(esm), `${ratio(esm / esmModules)} times that of its modules`],
        target: '<= 1.30',
        isReached: esm / esmModules <= 1.3,
      },
      {
        name: 'require, over bare node',
        cells: [milliseconds(cjs), `${ratio(cjs / cjsModules)} times that of its modules`],
      },
      { name: 'packed', cells: [kilobytes(size)], target: '<= 40 KB', isReached: size <= 40 * 1024 },
      { name: 'unpacked', cells: [kilobytes(unpackedSize)] },
      { name: 'server bundle, minified', cells: [kilobytes(minified)] },
      { name: 'server bundle, gzipped', cells: [kilobytes(gzipped)] },
    ],
  };
};

// The run

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

try {
  const sizes = install(root, folder);
  const sections = [
    openSection(await measured('open')),
    serveSection(await measured('serve', join(root, 'tests/vectors/world.json'))),
    ...growthSections(await measured('growth')),
    readSection(await measured('operations')),
    planSection(await measured('uploads')),
    await loadSection(folder, sizes),
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
