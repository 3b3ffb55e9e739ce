/** The sections of the bench's table, made of what was measured. */
import type { ColdImports } from './import-cost.js';
import type { Figures } from './measure.js';
import type { OneStepTimes } from './one-step.js';
import type { PhotographTimes } from './photograph-times.js';
import { duration, kilobytes, ratio, type Row, type Section } from './table.js';

/** What a multiple must be at most, if anything. */
const reaching = (value: number, most: number | undefined): Partial<Row> =>
  most === undefined ? {} : { target: `<= ${most.toFixed(2)}`, isReached: value <= most };

/** Each time, and how often that by hand it is. A whole request is beside the opening of its form alone. */
export const openSection = (figures: Figures): Section => ({
  name: 'open (1.00: by hand)',
  columns: ['ours', 'hand-written'],
  rows: Object.entries(figures).map(([name, { ours = NaN, 'hand-written': byHand = NaN }]) => {
    const most = name.startsWith('served') ? 7.5 : 1.15;
    return {
      name,
      cells: [ours, byHand].map((time) => `${duration(time)} ${ratio(time / byHand)}`),
      ...reaching(ours / byHand, most),
    };
  }),
});

/** Half as much again counts as the same: caches, and what else runs on the machine. */
const tolerance = 1.5;

export const growthSection = (figures: Figures): Section => {
  const { time: smallTime = NaN, bytes: smallBytes = NaN } = figures['extra field of 1 KB'] ?? {};
  const { time: fewTime = NaN, fields: fewFields = NaN } = figures['10 extra fields'] ?? {};
  return {
    name: 'growth',
    columns: ['open', 'per field', 'kept'],
    rows: Object.entries(figures).map(([name, { time = NaN, fields = NaN, bytes = NaN }]) => {
      const isFlat = time <= smallTime * tolerance && bytes <= smallBytes * tolerance;
      const isLinear = time / fields <= (fewTime / fewFields) * tolerance && bytes <= smallBytes * tolerance;
      return {
        name,
        cells: [duration(time), duration(time / fields), `${bytes.toFixed(0)} B`],
        target: name.includes('field of') ? 'flat' : 'linear',
        isReached: name.includes('field of') ? isFlat : isLinear,
      };
    }),
  };
};

export const memorySection = (figures: Figures): Section => ({
  name: 'memory, all of them distinct',
  columns: ['heap before', 'heap after'],
  rows: Object.entries(figures).map(([name, { before = NaN, after = NaN }]) => ({
    name,
    cells: [kilobytes(before), kilobytes(after)],
    target: 'flat',
    isReached: after - before < 100 * 1024,
  })),
});

/** Of the readers: time, or what is kept of each character, as a multiple of the same by `JSON.parse`. */
export const readSection = (figures: Figures): Section => {
  const targets: Readonly<Record<string, number>> = {
    'table of': 1,
    'one step of': 3,
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
        ...reaching(measuredAs, most),
      };
    }),
  };
};

/** Of bodies of 40 MB: how long one holds all other requests up. */
export const bodiesSection = (figures: Figures): Section => ({
  name: 'bodies of 40 MB (1.00: JSON.parse, or split)',
  columns: ['ours', 'ratio'],
  rows: Object.entries(figures).map(([name, { ours = NaN, least = NaN }]) => {
    const cells = [duration(ours * 1e6), ratio(ours / least)];
    return { name, cells, ...reaching(ours / least, 4) };
  }),
});

/** Of plans, for 100,000 records sent and stored. */
export const planSection = (figures: Figures): Section => ({
  name: 'plan (1.00: a Map of the stored keys)',
  columns: ['ours', 'ratio', 'tenfold'],
  rows: Object.entries(figures).map(([name, { time = NaN, 'of map': ofMap = NaN, growth = NaN }]) => {
    const most = name === 'planUpload, same dates' ? 4 : name === 'planUpload, other offsets' ? 6 : undefined;
    const cells = [duration(time), ratio(ofMap), ratio(growth)];
    return { name, cells, ...reaching(ofMap, most) };
  }),
});

/** What something costs a server beside the least that the same costs by hand, in milliseconds, and the multiple that it may be at most. */
export interface Beside {
  readonly what: string;
  readonly time: number;
  readonly byHand: string;
  readonly least: number;
  readonly most: number;
}

/** Of one kind of server. Work by hand that several are beside stands there once. */
export const besideRows = (server: string, all: readonly Beside[]): readonly Row[] =>
  all.flatMap(({ what, time, byHand, least, most }, at) => [
    ...(all[at - 1]?.byHand === byHand
      ? []
      : [{ name: `${server}, ${byHand}`, cells: [duration(least * 1e6), ratio(1)] }]),
    {
      name: `${server}, ${what}`,
      cells: [duration(time * 1e6), ratio(time / least)],
      ...reaching(time / least, most),
    },
  ]);

/** Of one-step uploads over HTTP to the reference server. */
export const oneStepRows = (server: string, times: OneStepTimes): readonly Row[] => {
  const { added, 'bare insert': insert, superseding, 'insert and update': update } = times;
  return besideRows(server, [
    { what: 'added', time: added, byHand: 'bare insert', least: insert, most: 2 },
    { what: 'superseding', time: superseding, byHand: 'insert and update', least: update, most: 2.5 },
  ]);
};

/** Of one-step uploads to the in-memory host. */
export const inMemoryRows = ({ bare = NaN, added = NaN, superseding = NaN }: Figures[string]): readonly Row[] =>
  besideRows('in memory', [
    { what: 'added', time: added, byHand: 'by hand', least: bare, most: 3 },
    { what: 'superseding', time: superseding, byHand: 'by hand', least: bare, most: 3 },
  ]);

export const oneStepSection = (count: number, rows: readonly Row[]): Section => ({
  name: `one step of ${count.toLocaleString('en')} records`,
  columns: ['', 'ratio'],
  rows,
});

/** Of uploads of photographs, a step each, to one kind of server. */
export const photographRows = (server: string, times: PhotographTimes): readonly Row[] => {
  const { steps, end, 'bare inserts': inserts } = times;
  const time = steps + end;
  return [
    ...besideRows(server, [{ what: 'uploaded', time, byHand: 'bare inserts', least: inserts, most: 2 }]),
    { name: '  of which: the steps', cells: [duration(steps * 1e6), ratio(steps / inserts)] },
    { name: '  of which: the end', cells: [duration(end * 1e6), ratio(end / inserts)] },
  ];
};

export const photographSection = (count: number, rows: readonly Row[]): Section => ({
  name: `${String(count)} photographs of 3 MB`,
  columns: ['', 'ratio'],
  rows,
});

export const loadSection = (times: ColdImports): Section => {
  const { bare, esm, esmModules, cjs, cjsModules } = times;
  return {
    name: 'load (1.00: its modules alone)',
    columns: ['', 'ratio'],
    rows: [
      { name: 'bare node', cells: [duration(bare * 1e6)] },
      {
        name: 'import, over bare node',
        cells: [duration(esm * 1e6), ratio(esm / esmModules)],
        ...reaching(esm / esmModules, 1.3),
      },
      { name: 'require, over bare node', cells: [duration(cjs * 1e6), ratio(cjs / cjsModules)] },
    ],
  };
};

/** Bytes, gzipped: a bundle with all that it loads, and what npm downloads, by its parts. */
export const sizeSection = (bundles: Figures[string], packed: Figures[string]): Section => ({
  name: 'size, gzipped',
  columns: [''],
  rows: [
    ...Object.entries(bundles).map(([name, bytes]) => ({
      name: `bundle: ${name}`,
      cells: [kilobytes(bytes)],
      ...(name === 'the front door' && { target: '<= 40 KB', isReached: bytes <= 40 * 1024 }),
    })),
    ...Object.entries(packed).map(([name, bytes]) => ({ name: `packed: ${name}`, cells: [kilobytes(bytes)] })),
  ],
});
