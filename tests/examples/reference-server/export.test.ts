/** What an export writes: RFC 4180 or JSON lines, of what is read or of the whole history. */
import { expect, it, vi } from 'vitest';

import { exportTable } from '../../../examples/reference-server/export.js';
import { keepViews } from '../../../examples/postgres/views.js';
import { camcopsTables } from '../../../src/tables/index.js';
import { oneStepBody, registerDevice, rowsWith, startWith } from '../../support/one-step.js';
import { onEachDatabase } from '../../support/reference-server.js';
import { serversOver } from '../../support/server-conformance.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const fields = ['comment', 'mass_kg', 'height_m', 'patient_id'];

onEachDatabase(({ open }) => {
  const db = open();
  const { start, stop } = serversOver(db);

  const exported = async (table: string, format: 'csv' | 'jsonl', allVersions = false): Promise<readonly string[]> => {
    const written: string[] = [];
    await exportTable(db, table, { format, allVersions }, async (text) => {
      await Promise.resolve();
      written.push(text);
    });
    return written;
  };
  /** The cells of the columns tried here, for a table whose texts have no commas. */
  const cellsOf = (lines: readonly string[]): readonly (readonly string[])[] => {
    const [heading = '', ...rows] = lines;
    const places = fields.map((field) => heading.split(',').indexOf(`"${field}"`));
    return rows.map((row) => places.map((place) => row.split(',')[place] ?? '?'));
  };

  it('writes what is read, and its versions', async () => {
    await keepViews(db.query, camcopsTables);
    const server = await startWith(start);
    await registerDevice(server, 'tablet-1');
    const upload = (comments: readonly string[], mass: string): Promise<string> =>
      server.post(
        oneStepBody('tablet-1', false, {
          bmi: rowsWith(
            ...comments.map((comment, at) => ({
              ...{ comment, mass_kg: mass, height_m: '-1.5', patient_id: '9007199254740993' },
              when_last_modified: `'2026-11-24T09:30:15.${String(100 + at + Number(mass))}Z'`,
            })),
          ),
          blobs: rowsWith({ theblob: "64'AP8='" }),
        }),
      );
    expect(await upload(["'old'"], '1')).toContain('success:1\n');
    const comments = [
      "'=1+1'",
      "'-1'",
      "'@x'",
      "'+1'",
      '\'say "a"\'',
      "''",
      'NULL',
      "'two\\nlines; 小 💊'",
      "'-a'",
      "'tab\tin'",
      "'\n=1+1'",
      "'\r=1'",
      "'\t=1'",
    ];
    expect(await upload(comments, '2')).toContain('success:1\n');

    const csv = (await exported('bmi', 'csv')).join('');
    expect(csv.endsWith('\r\n')).toBe(true);
    const rows = cellsOf(csv.trimEnd().split('\r\n')).map(([comment]) => comment);
    expect([...rows].sort()).toEqual(
      [
        `"'=1+1"`,
        `"'-1"`,
        `"'@x"`,
        `"'+1"`,
        '"say ""a"""',
        '""',
        '',
        '"two\nlines; 小 💊"',
        `"'-a"`,
        '"tab\tin"',
        `"'\n=1+1"`,
        `"'\r=1"`,
        `"'\t=1"`,
      ].sort(),
    );
    // A number may be negative, and is exact.
    expect(cellsOf(csv.split('\r\n'))[0]?.slice(1)).toEqual(['2', '-1.5', '9007199254740993']);

    const lines = (await exported('bmi', 'jsonl')).join('').trimEnd().split('\n');
    const read = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(read.map(({ comment }) => comment).sort()).toEqual(
      [
        '=1+1',
        '-1',
        '@x',
        '+1',
        'say "a"',
        '',
        null,
        'two\nlines; 小 💊',
        '-a',
        'tab\tin',
        '\n=1+1',
        '\r=1',
        '\t=1',
      ].sort(),
    );
    expect(lines[0]).toContain('"patient_id":9007199254740993');
    expect(read[0]).toMatchObject({
      device: 'tablet-1',
      era: null,
      uploaded_by: 'nurse',
      group_name: 'ward',
      finalized: false,
      mass_kg: 2,
    });

    const versions = (await exported('bmi', 'jsonl', true)).join('').trimEnd().split('\n');
    const states = versions
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .filter(({ id }) => id === 1);
    expect(states.map(({ version, state, comment }) => [version, state, comment]).sort()).toEqual([
      [1, 'superseded', 'old'],
      [2, 'current', '=1+1'],
    ]);
    expect((await exported('blobs', 'csv')).join('')).toContain(',"\\x00ff",');
    expect((await exported('phq9', 'csv')).join('')).toMatch(/^"device","era","patient_forename",[^\n]*,"q10"\r\n$/);
    expect(await exported('phq9', 'jsonl')).toEqual([]);
    // The sign of zero is kept.
    expect(await upload(["'x'"], '-0.0')).toContain('success:1\n');
    expect(cellsOf((await exported('bmi', 'csv')).join('').split('\r\n'))[0]?.[1]).toBe('-0');
    await stop();
  });

  it('a table that has no view is an error, and nothing is written', async () => {
    await keepViews(db.query, camcopsTables);
    for (const table of ['none', '', '__proto__', 'phq9"; drop table records; --', 'records', 'PHQ9']) {
      const written: string[] = [];
      const work = exportTable(db, table, { format: 'csv', allVersions: false }, (text) => void written.push(text));
      await expect(work).rejects.toThrow(`There is no table ${table}`);
      expect(written).toEqual([]);
    }
  });
});
