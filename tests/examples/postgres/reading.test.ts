/** What people read: each questionnaire once, under its own patient. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import type { Database } from '../../../examples/postgres/database.js';
import { keepViews } from '../../../examples/postgres/views.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { clientDaysOf, clientDayMismatches, tablesOf } from '../../support/client-days.js';
import { databases } from '../../support/reference-server.js';
import { tablesBeside } from '../../support/replay.js';
import { serversOver } from '../../support/server-conformance.js';
import { answersOf, type Answer, type SentStep } from '../../support/whose-answers.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const idNums = `(select string_agg(key || '=' || value, ',' order by key) from jsonb_each_text(patient_idnums)) as "idNums"`;

/** All that is read of a device: from the one view, or from those of some tables. */
const readOf = (db: Database, device: string) =>
  db.query<Answer>(
    `select table_name as "table", key, patient_surname as surname, ${idNums}, data ->> 'when_created' as created
     from camcops.answers where device = $1`,
    [device],
  );

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

const texts = (answers: readonly Answer[]): readonly string[] =>
  answers
    .map(({ table, key, surname, idNums: numbers, created }) => JSON.stringify([table, key, surname, numbers, created]))
    .sort();

const stepsByDevice = (steps: readonly SentStep[]): ReadonlyMap<string, readonly SentStep[]> => {
  const byDevice = new Map<string, SentStep[]>();
  for (const step of steps) {
    const device = new URLSearchParams(step.body).get('device') ?? '';
    byDevice.set(device, [...(byDevice.get(device) ?? []), step]);
  }
  return byDevice;
};

const files = ['client-days', 'client-days-all-tables'].map(
  (folder) => new URL(`../../vectors/${folder}/days.jsonl.gz`, import.meta.url).pathname,
);

// A tablet that hands out keys as SQLite does, and sends everything in one step

type Row = Readonly<Record<string, string>>;

interface Act {
  readonly act:
    | 'patient'
    | 'task'
    | 'edit'
    | 'delete task'
    | 'delete patient'
    | 'copy'
    | 'mark and copy'
    | 'move'
    | 'keep patients';
  readonly which: number;
  /** The tablet does not hear that the server has stored the upload. */
  readonly isLost: boolean;
}

const act: fc.Arbitrary<Act> = fc.record({
  act: fc.constantFrom(
    ...(['patient', 'task', 'task', 'edit', 'delete task', 'delete patient'] as const),
    ...(['copy', 'mark and copy', 'move', 'keep patients'] as const),
  ),
  which: fc.nat(20),
  isLost: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
});

const bodiesOf = (device: string, acts: readonly Act[]): readonly string[] => {
  const held = { patient: new Map<number, Row>(), patient_idnum: new Map<number, Row>(), phq9: new Map<number, Row>() };
  let clock = 0;
  const now = (): string => {
    clock += 1;
    return `'${new Date(Date.UTC(2026, 10, 24) + clock * 1_001).toISOString()}'`;
  };
  const add = (table: keyof typeof held, row: Row): number => {
    const key = Math.max(0, ...held[table].keys()) + 1;
    held[table].set(key, { id: String(key), _move_off_tablet: '0', when_last_modified: now(), ...row });
    return key;
  };
  const pick = (table: keyof typeof held, which: number): number | undefined => {
    const keys = [...held[table].keys()];
    return keys[which % Math.max(1, keys.length)];
  };
  const ofPatient = (patient: number) => ({
    patient: [patient],
    patient_idnum: [...held.patient_idnum].flatMap(([key, row]) =>
      row['patient_id'] === String(patient) ? [key] : [],
    ),
    phq9: [...held.phq9].flatMap(([key, row]) => (row['patient_id'] === String(patient) ? [key] : [])),
  });
  const tables = ['patient', 'patient_idnum', 'phq9'] as const;
  const bodies: string[] = [];
  const upload = (finalizing: boolean): void => {
    const dbdata = Object.fromEntries(tables.map((table) => [table, [...held[table].values()]]));
    const pknameinfo = Object.fromEntries(tables.map((table) => [table, 'id']));
    bodies.push(
      new URLSearchParams({
        ...{ operation: 'upload_entire_database', camcops_version: '2.4.24', device, user: 'nurse', password: 'pw' },
        ...{
          finalizing: finalizing ? '1' : '0',
          pknameinfo: JSON.stringify(pknameinfo),
          dbdata: JSON.stringify(dbdata),
        },
      }).toString(),
    );
  };

  for (const { act: what, which, isLost } of acts) {
    const [patient, task] = [pick('patient', which), pick('phq9', which)];
    if (what === 'patient') {
      const name = `'Patient ${String(clock)}'`;
      const key = add('patient', { forename: 'NULL', surname: name, sex: "'F'", dob: 'NULL' });
      add('patient_idnum', { patient_id: String(key), which_idnum: '1', idnum_value: String(1_000 + clock) });
    }
    if (what === 'task' && patient !== undefined)
      add('phq9', { patient_id: String(patient), when_created: now(), q1: '1' });
    if (what === 'edit' && task !== undefined) {
      held.phq9.set(task, { ...held.phq9.get(task), when_last_modified: now(), q1: String(clock) });
    }
    if (what === 'delete task' && task !== undefined) held.phq9.delete(task);
    if (what === 'delete patient' && patient !== undefined) {
      const gone = ofPatient(patient);
      for (const table of tables) for (const key of gone[table]) held[table].delete(key);
    }
    const marked =
      what === 'mark and copy' && patient !== undefined
        ? ofPatient(patient)
        : { patient: [], patient_idnum: [], phq9: [] };
    for (const table of tables) {
      for (const key of marked[table]) held[table].set(key, { ...held[table].get(key), _move_off_tablet: '1' });
    }
    if (!['copy', 'mark and copy', 'move', 'keep patients'].includes(what)) continue;
    upload(what === 'move' || what === 'keep patients');
    if (isLost) continue;
    for (const table of tables) {
      if (what === 'move' || (what === 'keep patients' && table === 'phq9')) held[table].clear();
      for (const [key, row] of held[table]) if (row['_move_off_tablet'] === '1') held[table].delete(key);
    }
  }
  return bodies;
};

describe.for(databases)('on $name', ({ isThere, open }) => {
  if (!isThere) {
    it.skip('no server answers');
    return;
  }
  const db = open();
  const { start, stop } = serversOver(db);

  it('each questionnaire of the real client is read once, under its own patient', async () => {
    await keepViews(db.query, camcopsTables);
    let questionnaires = 0;
    for (const file of files) {
      for (const day of clientDaysOf(file)) {
        const tables = tablesBeside(file);
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

  it('so is each of tablets that use keys again, whatever their users do and however often a reply is lost', async () => {
    await keepViews(db.query, camcopsTables);
    const plain = [...camcopsTables].map(([name, { columns: known }]) => [name, [...known.keys()]] as const);
    const tables = Object.fromEntries(
      plain.map(([name, known]) => [name, { minClientVersion: '2.0.0', columns: [...known] }]),
    );
    const world = {
      users: [{ username: 'nurse', password: 'pw' }],
      devices: [],
      idNumbers: { 1: null },
      accessKeys: [],
    };
    const server = await start({ ...world, tables });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 24, size: 'max' }), async (acts) => {
        count += 1;
        const device = `tablet-${String(count)}`;
        const register = { operation: 'register', camcops_version: '2.4.24', device, user: 'nurse', password: 'pw' };
        await server.post(new URLSearchParams(register).toString());
        const bodies = bodiesOf(device, acts);
        for (const body of bodies) expect(await server.post(body)).toContain('success:1\n');
        const steps = bodies.map((body) => ({ operation: 'upload_entire_database', body }));
        const meant = answersOf({ tables: new Map(Object.entries(tables)) }, steps);
        expect(texts(await readOf(db, device))).toEqual(texts(meant));
      }),
      { numRuns: 40 },
    );
    await stop();
  });
});
