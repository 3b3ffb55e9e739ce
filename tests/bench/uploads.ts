/** What planning an upload costs, against the building of one map of the stored keys, and as the upload grows. */
import { some } from 'fp-ts/lib/Option.js';

import {
  foldSteps,
  planUpload,
  type StoredRecord,
  type TableChange,
  type UploadStep,
} from 'camcops-tablet-session/operations';
import { keysToSend } from '../../src/operations/commands/keys.js';
import { takeTurns } from './measure.js';

const rounds = 15;
const [few, many] = [10_000, 100_000];

/** A text of its own, as one that was read from a form or from a database: no other text is the same object. */
const dateOf = (key: number, offset: 0 | 1): string => {
  const seconds = String(key % 60).padStart(2, '0');
  const minutes = String(Math.floor(key / 60) % 60).padStart(2, '0');
  return Buffer.from(`2026-03-01T1${String(2 + offset)}:${minutes}:${seconds}.000+0${String(offset)}:00`).toString(
    'latin1',
  );
};

const keysOf = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

const storedOf = (count: number): readonly StoredRecord<number>[] =>
  keysOf(count).map((key) => ({ ref: key, table: 'phq9', key, whenLastModified: some(dateOf(key, 0)) }));

const changeOf = (count: number, offset: 0 | 1): TableChange<string> => ({
  table: 'phq9',
  records: keysOf(count).map((key) => ({
    key,
    whenLastModified: some(dateOf(key, offset)),
    moveOffTablet: false,
    row: 'row',
  })),
  keep: 'sent',
  finalize: new Set(),
});

const casesOf = (count: number) => {
  const stored = storedOf(count);
  const [same, elsewhere] = [changeOf(count, 0), changeOf(count, 1)];
  const step = (...changes: readonly TableChange<string>[]): UploadStep<string> => ({ finalizing: false, changes });
  const single = same.records.map((record) => step({ ...same, records: [record], keep: 'all' }));
  const asked = { table: 'phq9', asked: same.records.map((record) => ({ ...record, moveOffTablet: some(false) })) };
  return {
    map: () => {
      const places = new Map<number, StoredRecord<number>>();
      for (const record of stored) places.set(record.key, record);
      return places;
    },
    'planUpload, same dates': () => planUpload(stored)(foldSteps([step(same)])),
    'planUpload, other offsets': () => planUpload(stored)(foldSteps([step(elsewhere)])),
    'foldSteps, two steps of all': () => foldSteps([step(same), step(elsewhere)]),
    'foldSteps, a step a record': () => foldSteps(single),
    keysToSend: () => keysToSend(stored)(asked),
  };
};

/** Nanoseconds. */
const timesOf = async (count: number): Promise<Readonly<Record<string, number>>> => {
  const cases = Object.entries(casesOf(count));
  const times = await takeTurns(
    cases.map(([, call]) => call),
    rounds,
  );
  return Object.fromEntries(cases.map(([name], index) => [name, times[index] ?? NaN]));
};

const [small, large] = [await timesOf(few), await timesOf(many)];
const { map = NaN } = large;
const figures = Object.entries(large).map(([name, time]) => [
  name,
  { time, 'of map': time / map, growth: time / (small[name] ?? NaN) },
]);
console.log(JSON.stringify(Object.fromEntries(figures)));
