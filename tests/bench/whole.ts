/** A one-step upload through `handleTabletRequest` to the in-memory host, beside the least that a server does by hand. Prints milliseconds. */
import { handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';

import { median, type Figures } from './measure.js';
import { columns, oneStepFields, recordsOf } from './records.js';

const rounds = 15;
const uploads = [1, 2].map((seed) => oneStepFields(recordsOf(10_000, seed)));
const account = { username: 'nurse', password: 'pw' };

type Fields = (typeof uploads)[number];

const timed = async (fields: Fields, upload: (fields: Fields) => unknown): Promise<number> => {
  globalThis.gc?.();
  const started = performance.now();
  await upload(fields);
  return performance.now() - started;
};

const ours = () => {
  const { ports, host } = inMemoryHost({
    users: [account],
    devices: [{ name: 'tablet-1' }],
    tables: { phq9: columns },
  });
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  const front = { camcops_version: '2.4.24', device: 'tablet-1', operation: 'upload_entire_database' };
  return async (upload: Fields): Promise<void> => {
    const fields = Object.entries({ ...front, user: account.username, password: account.password, ...upload });
    const { body } = await handle({ method: 'POST', fields })();
    if (!body.includes('success:1\n')) throw new Error(body);
  };
};

/** Reads the JSON, and keeps each record as a Map, by its key. */
const byHand = () => {
  const stored = new Map<string, ReadonlyMap<string, string>[]>();
  return ({ dbdata }: Fields): void => {
    for (const [, records] of Object.entries(JSON.parse(dbdata) as Record<string, Record<string, string>[]>)) {
      for (const record of records) {
        const values = new Map(Object.entries(record));
        const versions = stored.get(record['id'] ?? '');
        if (versions === undefined) stored.set(record['id'] ?? '', [values]);
        else versions.push(values);
      }
    }
  };
};

const turns: number[][] = [];
for (let round = 0; round < rounds; round += 1) {
  const turn: number[] = [];
  for (const upload of [ours(), byHand()]) {
    for (const fields of uploads) turn.push(await timed(fields, upload));
  }
  turns.push(turn);
}
const [added = NaN, superseding = NaN, bare = NaN] = [0, 1, 2].map((at) =>
  median(turns.map((turn) => turn[at] ?? NaN)),
);
console.log(JSON.stringify({ 'in memory': { added, superseding, bare } } satisfies Figures));
