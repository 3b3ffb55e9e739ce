/** What opening a form costs as the form grows by what is not ours. */
import { defaultVersionPolicy } from 'camcops-tablet-session';
import { none } from 'fp-ts/lib/Option.js';

import { cases, nth } from './forms.js';
import { bytesInUse, median, takeTurns, type Call } from './measure.js';
import { ours } from './rivals/ours.js';
import type { Form } from './rivals/rival.js';

const rounds = 15;
const kept = 1000;
const keptRounds = 5;

const open = ours(defaultVersionPolicy);
const nothingFound = { device: none, user: none, session: none };

const withExtra = (extra: readonly (readonly [string, string])[]): readonly Form[] =>
  cases.accepted.slice(0, 8).map(({ method, fields }) => ({ method, fields: [...fields, ...extra] }));

/** Not `'x'.repeat(size)`, which V8 leaves unwritten until somebody looks. */
const textOf = (size: number): string => Buffer.alloc(size, 'x').toString('latin1');

const extraFieldsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => [`record${String(index)}`, `${String(index)},1,'x'`] as const);

/** Bytes that stay in use for each open session. */
const bytesKept = (forms: readonly Form[]): number => {
  const before = bytesInUse();
  const sessions = Array.from({ length: kept }, (_, index) => open(nth(forms, index), nothingFound));
  return (bytesInUse() - before) / sessions.length;
};

// Once, so that what is made once is there before.
for (let index = 0; index < kept; index += 1) open(nth(cases.accepted, index), nothingFound);

const grown = [
  { name: 'extra field of 1 KB', forms: withExtra([['db', textOf(2 ** 10)]]) },
  { name: 'extra field of 1 MB', forms: withExtra([['db', textOf(2 ** 20)]]) },
  { name: 'extra field of 64 MB', forms: withExtra([['db', textOf(2 ** 26)]]) },
  { name: '10 extra fields', forms: withExtra(extraFieldsOf(10)) },
  { name: '1,000 extra fields', forms: withExtra(extraFieldsOf(1000)) },
  { name: '100,000 extra fields', forms: withExtra(extraFieldsOf(100_000)) },
];

const times = await takeTurns(
  grown.map(
    ({ forms }): Call =>
      (index) =>
        open(nth(forms, index), nothingFound),
  ),
  rounds,
);
const turns = Array.from({ length: keptRounds }, () => grown.map(({ forms }) => bytesKept(forms)));

const figures: Record<string, Record<string, number>> = {};
for (const [index, { name, forms }] of grown.entries()) {
  const fields = [...(forms[0]?.fields ?? [])].length;
  figures[name] = { time: times[index] ?? NaN, fields, bytes: median(turns.map((bytes) => bytes[index] ?? NaN)) };
}
console.log(JSON.stringify(figures));
