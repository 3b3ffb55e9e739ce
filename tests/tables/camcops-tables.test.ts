import { readFileSync } from 'node:fs';
import * as t from 'io-ts';
import { expect, it } from 'vitest';

import { ClientVersion } from '../../src/client-version.js';
import { camcopsTables } from '../../src/tables/camcops-tables.js';
import { uploadTables } from '../../src/tables/upload-tables.js';
import { decoded, rightOf } from '../support/decoded.js';

const Recorded = t.record(t.string, t.type({ minClientVersion: ClientVersion, columns: t.array(t.string) }));
const file = new URL('../vectors/client-days/tables.json', import.meta.url);
const recorded = Object.entries(decoded(Recorded, JSON.parse(readFileSync(file, 'utf8'))));

it('has all tables and columns, in order', () => {
  const names = [...camcopsTables.keys()];
  expect(names).toEqual([...names].sort());
  expect(names).toHaveLength(152);
  const types = [...camcopsTables.values()].flatMap(({ columns }) => [...columns.values()]);
  const count = (type: string): number => types.filter((each) => each === type).length;
  expect(['integer', 'real', 'text', 'blob'].map(count)).toEqual([3923, 220, 1182, 1]);
  expect([...(camcopsTables.get('patient_idnum')?.columns ?? [])]).toEqual([
    ['id', 'integer'],
    ['_move_off_tablet', 'integer'],
    ['when_last_modified', 'text'],
    ['patient_id', 'integer'],
    ['which_idnum', 'integer'],
    ['idnum_value', 'integer'],
  ]);
});

it.each(recorded)("has %s as the real client's recorded days have it", (name, { columns, minClientVersion }) => {
  const table = camcopsTables.get(name);
  expect([...(table?.columns.keys() ?? [])].sort()).toEqual([...columns].sort());
  expect(table?.minClientVersion).toBe(minClientVersion);
});

it('is a list that uploadTables reads', () => {
  const json = [...camcopsTables].map(([name, { columns, minClientVersion }]) => {
    return [name, { columns: Object.fromEntries(columns), minClientVersion }] as const;
  });
  const names = (tables: ReadonlyMap<string, { readonly columns: { keys(): Iterable<string> } }>) =>
    [...tables].map(([name, { columns }]) => [name, ...columns.keys()]);
  expect(names(rightOf(uploadTables(Object.fromEntries(json))))).toEqual(names(camcopsTables));
});
