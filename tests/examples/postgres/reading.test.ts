/** What people read: each questionnaire once, under its own patient. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';

import { administer } from '../../../examples/reference-server/admin/administer.js';
import { keepViews } from '../../../examples/postgres/views.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { clientVersion } from '../../support/fixtures.js';
import { onEachDatabase } from '../../support/reference-server.js';
import { oneStepBody, plainTables, registerDevice, rowsWith, startWith } from '../../support/one-step.js';
import { bodiesOf, dayOfActs } from '../../support/random-tablet.js';
import { serversOver } from '../../support/server-conformance.js';
import { readOf, texts } from '../../support/shown-answers.js';
import { answersOf } from '../../support/whose-answers.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

onEachDatabase(({ open }) => {
  const db = open();
  const { start, stop } = serversOver(db);

  it('each questionnaire of tablets that use keys again is read once, under its own patient, whatever their users do and however often a reply is lost', async () => {
    await keepViews(db.query, camcopsTables);
    const server = await startWith(start);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(dayOfActs, async (acts) => {
        count += 1;
        const device = `tablet-${String(count)}`;
        await registerDevice(server, device);
        const bodies = bodiesOf(device, acts);
        for (const body of bodies) expect(await server.post(body)).toContain('success:1\n');
        const steps = bodies.map((body) => ({ operation: 'upload_entire_database', body }));
        const meant = answersOf({ tables: new Map(Object.entries(plainTables)) }, steps);
        expect(texts(await readOf(db, device))).toEqual(texts(meant));
      }),
      { numRuns: 40 },
    );
    await stop();
  });

  it('what is sent again after a lost reply is shown once, and named in the views, the audit and the list of uploads', async () => {
    await keepViews(db.query, camcopsTables);
    const server = await startWith(start);
    await registerDevice(server, 'tablet-1');
    const phq9 = (...whens: readonly string[]) => ({
      phq9: rowsWith(...whens.map((when) => ({ patient_id: 'NULL', when_created: `'${when}'` }))),
      patient: rowsWith({ forename: "'Ann'" }),
    });
    const [first, second, third] = [1, 2, 3].map((day) => `2026-11-0${String(day)}T09:00:00.000+00:00`) as [
      string,
      string,
      string,
    ];
    for (const whens of [[first], [first, second], [third]]) {
      expect(await server.post(oneStepBody('tablet-1', true, phq9(...whens)))).toContain('success:1\n');
    }
    expect(await db.query('select era, when_created, sent_again from camcops.phq9 order by era, when_created')).toEqual(
      [
        { era: 2, when_created: first, sent_again: true },
        { era: 2, when_created: second, sent_again: false },
        { era: 3, when_created: third, sent_again: false },
      ],
    );
    const audited = `select details -> 'repeats' as repeats from audit where event = 'upload' order by id`;
    expect(await db.query(audited)).toEqual([{ repeats: null }, { repeats: 1 }, { repeats: null }]);
    const listed = await administer(
      () => Promise.resolve(db),
      () => Promise.resolve(''),
      ['list', 'uploads'],
    );
    expect(listed).toMatch(/^2 +[^\n]* 1$/m);
    await stop();
  });

  it('a value of another type than its column is null, and the JSON still has it', async () => {
    await keepViews(db.query, camcopsTables);
    const server = await startWith(start);
    await registerDevice(server, 'tablet-1');
    const backslashes = String.raw`'a\\u0000'`;
    const tables = {
      phq9: rowsWith({
        ...{
          q1: "'abc'",
          q2: '1.5',
          q3: '9223372036854775807',
          q4: '9223372036854775808',
          q5: "64'QUJD'",
          q6: 'NULL',
          q7: '-3',
        },
        q8: '1e20',
      }),
      bmi: rowsWith(
        { mass_kg: '61.25', height_m: '5e-324', waist_cm: '12345678901234567890', comment: backslashes },
        { mass_kg: "'NaN'", height_m: "64'QUJD'", waist_cm: '7', comment: '7' },
      ),
      blobs: rowsWith(
        { tablename: "'phq9'", tablepk: "'1'", theblob: "64'AP8='" },
        { theblob: "64''" },
        { theblob: "'AP8='" },
      ),
    };
    expect(await server.post(oneStepBody('tablet-1', true, tables))).toContain('success:1\n');
    expect(await db.query('select q1, q2, q3::text, q4, q5, q6, q7, q8 from camcops.phq9')).toEqual([
      { q1: null, q2: null, q3: '9223372036854775807', q4: null, q5: null, q6: null, q7: -3, q8: null },
    ]);
    expect(await db.query('select mass_kg, height_m, waist_cm, comment from camcops.bmi order by id')).toEqual([
      { mass_kg: 61.25, height_m: 5e-324, waist_cm: Number('12345678901234567890'), comment: 'a\\u0000' },
      { mass_kg: null, height_m: null, waist_cm: 7, comment: null },
    ]);
    expect(await db.query('select encode(theblob, $1) as hex from camcops.blobs order by id', ['hex'])).toEqual([
      { hex: '00ff' },
      { hex: '' },
      { hex: null },
    ]);
    expect(
      await db.query(`select data -> 'q1' as q1, data -> 'q4' as q4 from camcops.answers where table_name = 'phq9'`),
    ).toEqual([{ q1: 'abc', q4: { bigint: '9223372036854775808' } }]);
    expect(await db.query('select count(*)::integer from camcops_history.bmi where finalized')).toEqual([{ count: 2 }]);
    await stop();
  });

  it('numbers that JSON has no word for are read', async () => {
    await keepViews(db.query, camcopsTables);
    const words = ['nan', 'inf', '-inf', '-0', 'constructor'].map((word) => `camcops.as_real('{"float":"${word}"}')`);
    expect(await db.query(`select array[${words.join()}] as read`)).toEqual([
      { read: [NaN, Infinity, -Infinity, -0, null] },
    ]);
  });

  it('a name that is taken or too long is told apart, and a table without types is read as CamCOPS has it or as JSON', async () => {
    const long = 'x'.repeat(70);
    const own = new Map([
      [
        'answers',
        {
          columns: new Map([
            ['id', 'integer'],
            ['device', 'text'],
            ['device_2', 'text'],
            [`${long}1`, 'text'],
            [`${long}2`, 'real'],
          ]),
        },
      ],
      [`${long}1`, { columns: new Set(['id', 'q"1']) }],
      [`${long}2`, { columns: new Set(['id']) }],
      ['bmi', { columns: new Set(['id', 'mass_kg', 'unknown']) }],
    ]);
    const tables = new Map(
      [...own].map(([name, table]) => [name, { ...table, minClientVersion: clientVersion('2.0.0') }]),
    );
    await keepViews(db.query, tables);
    const columnsOf = async (view: string): Promise<unknown> => {
      const sql = `select string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) as columns
                   from information_schema.columns where table_schema = 'camcops' and table_name = $1 and ordinal_position > 12`;
      return (await db.query<{ columns: unknown }>(sql, [view]))[0]?.columns;
    };
    expect(await columnsOf('answers_2')).toBe(
      `id bigint, device_2 text, device_2_2 text, ${'x'.repeat(63)} text, ${'x'.repeat(55)}_2 double precision`,
    );
    expect(await columnsOf('x'.repeat(63))).toBe('id json, q"1 json');
    expect(await columnsOf(`${'x'.repeat(55)}_2`)).toBe('id json');
    expect(await columnsOf('bmi')).toBe('id bigint, mass_kg double precision, unknown json');

    // Views of the database's users upon these views.
    await db.query('create view mine as select id, mass_kg from camcops.bmi');
    const bmi = {
      minClientVersion: clientVersion('2.0.0'),
      columns: new Set(['id', 'mass_kg', 'unknown', 'height_m']),
    };
    await keepViews(db.query, new Map([['bmi', bmi]]));
    expect(await columnsOf('bmi')).toBe('id bigint, mass_kg double precision, unknown json, height_m double precision');
    expect(await db.query('select * from mine where mass_kg < 0')).toEqual([]);
    const moved = new Map([['bmi', { ...bmi, columns: new Set(['height_m', 'id', 'mass_kg']) }]]);
    await expect(keepViews(db.query, moved)).rejects.toThrow(
      'cannot drop view camcops.bmi because other objects depend on it',
    );
    await db.query('drop view mine');
    await keepViews(db.query, moved);
    expect(await columnsOf('bmi')).toBe('height_m double precision, id bigint, mass_kg double precision');
  });

  it('is made anew when it is not as it should be, and else left alone', async () => {
    const oids = async () =>
      (
        await db.query<{ oids: unknown }>(`select array_agg(xmin::text order by relname) as oids from pg_class
        where relnamespace = 'camcops'::regnamespace`)
      )[0]?.oids;
    await keepViews(db.query, camcopsTables);
    const before = await oids();
    await keepViews(db.query, camcopsTables);
    expect(await oids()).toEqual(before);
    await db.query('drop schema camcops cascade');
    await keepViews(db.query, camcopsTables);
    expect(await db.query('select count(*)::integer from camcops.phq9 where q1 = -1')).toEqual([{ count: 0 }]);
  });

  it('runs every select of docs/reading.md', async () => {
    await keepViews(db.query, camcopsTables);
    const server = await startWith(start);
    await registerDevice(server, 'tablet-1');
    const answers = Object.fromEntries(
      ['q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7', 'q8', 'q9'].map((name) => [name, '2']),
    );
    const tables = {
      patient: rowsWith({ forename: "'Ann'", surname: "'Lee'", sex: "'F'" }),
      patient_idnum: rowsWith({ patient_id: '1', which_idnum: '1', idnum_value: '7007' }),
      phq9: rowsWith({ patient_id: '1', when_created: "'2026-11-24T09:30:15.123+00:00'", ...answers }),
      photosequence: rowsWith({ patient_id: '1', sequence_description: "'A day'" }),
      photosequence_photos: rowsWith({ photosequence_id: '1', seqnum: '1', description: "'Morning'" }),
      blobs: rowsWith({ tablename: "'photosequence_photos'", tablepk: '1', theblob: "64'AP8='" }),
    };
    expect(await server.post(oneStepBody('tablet-1', true, tables))).toContain('success:1\n');
    const page = readFileSync(new URL('../../../docs/reading.md', import.meta.url), 'utf8');
    const [scores, ...others] = [...page.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql = '']) => sql);
    const scored = { patient_surname: 'Lee', patient_forename: 'Ann', id_number: '7007' };
    expect(await db.query(scores ?? '')).toEqual([
      { ...scored, when_created: '2026-11-24T09:30:15.123+00:00', score: 18 },
    ]);
    for (const sql of others.filter((each) => each.startsWith('select'))) {
      const rows = await db.query(sql);
      expect([sql, rows.length > 0]).toEqual([sql, !sql.includes('not finalized')]);
    }
    await stop();
  });

  it('lets those read who are granted the schema, and nothing else', async () => {
    await keepViews(db.query, camcopsTables);
    const page = readFileSync(new URL('../../../docs/reading.md', import.meta.url), 'utf8');
    const [, grants = ''] = /^```sql\n(create role.*?)^```$/ms.exec(page) ?? [];
    const role = `analyst_${randomBytes(4).toString('hex')}`;
    const asAnalyst = (sql: string) =>
      db.transaction(async (query) => {
        await query(`set local role ${role}`);
        return query(sql);
      });
    for (const sql of grants
      .replaceAll('analyst', role)
      .split(';')
      .filter((each) => each.trim() !== ''))
      await db.query(sql);
    try {
      expect(await asAnalyst('select q1 from camcops.phq9 where q1 = -1')).toEqual([]);
      for (const table of ['records', 'users', 'camcops_history.phq9']) {
        await expect(asAnalyst(`select 1 from ${table}`), table).rejects.toThrow('permission denied');
      }
    } finally {
      await db.query(`drop owned by ${role}`);
      await db.query(`drop role ${role}`);
    }
  });
});
