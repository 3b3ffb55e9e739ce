/** The package and the model agree on generated requests, patients and days, and these have met every rule of the model. */
import { expect, it } from 'vitest';

import { seed } from '../seed.js';
import { operations } from './arbitraries.js';
import { firstDifference, type Comparison } from './comparison.js';

const floor = 5;
const listed = (text: string): string[] => text.split('; ');

/** Why a request is refused. */
const refusals = listed(
  'missing-field; duplicate-field; bad-integer; bad-json; unknown-table; client-too-old; unknown-column; reserved-column; ' +
    'duplicate-column; missing-column; id-only; key-not-sent; negative-count; bad-literal; bad-key; duplicate-key; old-id; bad-date; ' +
    'count of values; count of values in record N; count of dates; count of PKs; no object: pknameinfo; no object: dbdata; ' +
    'names-differ; duplicate-table; no-key-name; key-name-not-text; rows-not-list; row-not-object; cell-not-text; patients-not-list; ' +
    'patient-not-object; patient-empty; unknown-patient-key; bad-idnum-key; idnum-twice; bad-idnum-value; text-not-text; bad-sex; ' +
    'bad-dob; bad-email; bad-finalizing; missing-finalizing; unknown-access-key',
);
const rules: Readonly<Record<Comparison, readonly string[]>> = {
  requests: [
    ...refusals.map((why) => `refused: ${why}`),
    ...operations.map((operation) => `read: ${operation}`),
    ...['upload', 'finalizing'].map((policy) => `Invalid patient (number N in the list): Fails ${policy} ID policy`),
    ...listed('patients pass; Bad ID number type: N; The ID number of type N is invalid'),
  ],
  patients: listed('policy: invalid; policy: true; policy: false; ID number: true; ID number: false'),
  days: listed(
    'accepted; insert; supersede; unchanged; unchanged, finalized; remove; sent twice in an upload; sent, then not kept; ' +
      'finalize a record sent; finalize a record not sent; finalize a predecessor; finalize all: current; finalize all: superseded; ' +
      'finalize all: deleted; a finalized key comes again; a key is not wanted; start forgets; an end repeated; a whole upload repeated; ' +
      'a whole upload ends one under way; refused: upload-under-way; refused: no-upload-under-way; refused: bad-id-number',
  ),
};

it.each<readonly [count: number, Comparison]>([
  [20_000, 'requests'],
  [20_000, 'patients'],
  [2_000, 'days'],
])(
  `%i %s, each rule met at least ${String(floor)} times (FUZZ_SEED=${String(seed)})`,
  async (count, what) => {
    const counts = new Map(rules[what].map((rule) => [rule, 0]));
    const met = (rule: string): unknown => counts.set(rule, (counts.get(rule) ?? 0) + 1);
    expect(await firstDifference(what, seed, count, met)).toBeUndefined();
    if (process.env['FUZZ_SHOW'] !== undefined) console.table([...counts].sort(([, a], [, b]) => a - b));
    expect(rules[what].filter((rule) => (counts.get(rule) ?? 0) < floor)).toEqual([]);
    // Days meet other refusals of fields as well.
    if (what !== 'days') expect([...counts.keys()]).toEqual(rules[what]);
  },
  120_000,
);
