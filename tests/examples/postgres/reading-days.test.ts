/** Recorded days are read as they were sent: each questionnaire once, under its own patient. */
import { expect, it } from 'vitest';

import type { Database } from '../../../examples/postgres/database.js';
import { keepViews } from '../../../examples/postgres/views.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { clientDaysOf, clientDayMismatches, tablesOf } from '../../support/client-days.js';
import { dayMismatches, recordedDay } from '../../support/day-conformance.js';
import { recordingsOf } from '../../support/recorded-file.js';
import { onEachDatabase } from '../../support/reference-server.js';
import { plainTables } from '../../support/one-step.js';
import { idNumbersBeside, tablesBeside } from '../../support/replay.js';
import { serversOver } from '../../support/server-conformance.js';
import { idNums, readOf, texts } from '../../support/shown-answers.js';
import { answersOf, type Answer, type SentStep } from '../../support/whose-answers.js';

const readByTable = async (db: Database, device: string, tables: Iterable<string>): Promise<readonly Answer[]> => {
  const read: Answer[] = [];
  for (const table of tables) {
    const created = camcopsTables.get(table)?.columns.has('when_created') === true ? 'when_created' : 'null::text';
    const sql = `select '${table}' as "table", id as key, patient_surname as surname, ${idNums}, ${created} as created
       from camcops.${table} where device = $1`;
    read.push(...(await db.query<Answer>(sql, [device])));
  }
  return read;
};

const stepsByDevice = (steps: readonly SentStep[]): ReadonlyMap<string, readonly SentStep[]> => {
  const byDevice = new Map<string, SentStep[]>();
  for (const step of steps) {
    const device = new URLSearchParams(step.body).get('device') ?? '';
    byDevice.set(device, [...(byDevice.get(device) ?? []), step]);
  }
  return byDevice;
};

const fileIn = (folder: string): string => new URL(`../../vectors/${folder}/days.jsonl.gz`, import.meta.url).pathname;
const recorded = [
  { file: fileIn('client-days'), tables: tablesBeside(fileIn('client-days')) },
  { file: fileIn('client-days-all-tables'), tables: plainTables },
];

onEachDatabase(({ open }) => {
  const db = open();
  const { start, stop } = serversOver(db);

  it('each questionnaire of the real client is read once, under its own patient', async () => {
    await keepViews(db.query, camcopsTables);
    let questionnaires = 0;
    for (const { file, tables } of recorded) {
      for (const day of clientDaysOf(file)) {
        expect(await clientDayMismatches(day, tables, start)).toEqual([]);
        const world = { tables: new Map(Object.entries(tablesOf(day, tables))) };
        const served = day.steps.filter(({ expect: got }) => got === 'success');
        for (const [device, steps] of stepsByDevice(served)) {
          const answers = answersOf(world, steps);
          const meant = texts(answers);
          expect(texts(await readOf(db, device)), day.id).toEqual(meant);
          expect(texts(await readByTable(db, device, new Set(answers.map(({ table }) => table)))), day.id).toEqual(
            meant,
          );
          questionnaires += meant.filter((text) => text.startsWith('["phq9"')).length;
        }
      }
    }
    await stop();
    expect(questionnaires).toBeGreaterThan(20);
  });

  it('each current version of recorded uploads is read once, of which each tenth day is tried here', async () => {
    await keepViews(db.query, camcopsTables);
    const file = fileIn('days');
    const world = { tables: tablesBeside(file), idNumbers: idNumbersBeside(file) };
    let count = 0;
    for (const line of recordingsOf(file).filter((_, at) => at % 10 === 0)) {
      const day = recordedDay(line);
      expect(await dayMismatches(day, world, start)).toEqual([]);
      // These tablets are made up, and mark records without their patients: whose they are is not told here.
      const current = day.after.filter(({ state }) => state === 'current');
      const read = await db.query<{ device: string; table: string; key: number }>(
        'select device, table_name as "table", key from camcops.answers',
      );
      const named = (all: typeof read) =>
        all.map(({ device, table, key }) => `${device} ${table} ${String(key)}`).sort();
      expect(named(read)).toEqual(named(current));
      count += current.length;
    }
    await stop();
    expect(count).toBeGreaterThan(100);
  });
});
