/**
 * `tsx tests/bench/export-memory.ts [RECORDS]`: the memory of the process that exports a million questionnaires from PostgreSQL, as CSV, by
 * `npm run admin -- export phq9`. Fails if it is more than 200 MB, or if a questionnaire is missing. On Linux: the kernel knows the peak.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { keepViews } from '../../examples/postgres/views.js';
import { camcopsTables } from '../../src/tables/index.js';
import { databaseKinds, interruption, unmakeAll } from './load-databases.js';

const records = Number(process.argv[2] ?? 1_000_000);
const [maxMegabytes, perPatient] = [200, 1_000];

/** One tablet's records, each of which answers all questions. The history refuses to be emptied, not to be filled. */
const seed = `with device as (insert into devices (name, registered_by, client_version) values ('tablet-1', 1, '2.4.24') returning id),
    clinic as (insert into groups (name) values ('clinic') returning id),
    upload as (insert into uploads (device_id, user_id, username, group_id, group_name, client_version)
      select device.id, 1, 'nurse', clinic.id, 'clinic', '2.4.24' from device, clinic returning id, device_id),
    patients as (insert into records (device_id, table_name, key, version, when_last_modified, values, added_in)
      select device_id, 'patient', n, 1, '2026-03-01T08:00:00.000+00:00',
        json_build_object('id', n, 'forename', 'Ann', 'surname', 'Patient ' || n, 'sex', 'F', 'dob', '1980-02-29'), upload.id
      from upload, generate_series(1, 1 + $1::integer / ${String(perPatient)}) n)
  insert into records (device_id, table_name, key, version, when_last_modified, values, added_in)
    select device_id, 'phq9', n, 1, '2026-03-01T08:00:00.000+00:00',
      json_build_object('id', n, 'patient_id', 1 + n / ${String(perPatient)}, 'when_created', '2026-03-01T08:00:00.000+00:00',
        'when_last_modified', '2026-03-01T08:00:00.000+00:00', '_move_off_tablet', 0, 'firstexit_is_finish', 1, 'editing_time_s', 61.5,
        'q1', n % 4, 'q2', 1, 'q3', 2, 'q4', 3, 'q5', 0, 'q6', 1, 'q7', 2, 'q8', 3, 'q9', 0, 'q10', 1), upload.id
    from upload, generate_series(1, $1::integer) n`;

/** Gives how many lines were written, and the most memory that the process had, in MB, by the kernel's own count. */
const exported = async (settings: Readonly<Record<string, string>>) => {
  const program = ['--import', 'tsx', 'examples/reference-server/admin.ts', 'export', 'phq9'];
  const child = spawn(process.execPath, program, {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [lines, peak] = [0, 0];
  child.stdout.on('data', (data: Buffer) => {
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines += 1;
  });
  const ended = once(child, 'close');
  while (child.exitCode === null) {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8')) ?? [];
    peak = Number(kilobytes ?? peak * 1024) / 1024;
    await setTimeout(100);
  }
  await ended;
  if (child.exitCode !== 0) throw new Error('the export has failed');
  return { lines, peak };
};

try {
  const postgres = (await databaseKinds()).find(({ name }) => name === 'PostgreSQL');
  if (postgres === undefined) throw new Error('there is no PostgreSQL to export from');
  const { open, settings } = await postgres.place();
  const db = await open();
  await db.transaction(async (query) => {
    await keepViews(query, camcopsTables);
    await query(seed, [records], 1_800);
  });
  await db.query('analyze records');
  await db.close();
  const started = performance.now();
  const { lines, peak } = await exported(settings);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${String(records)} records as CSV: at most ${peak.toFixed(0)} MB, ${seconds} s, ${String(lines - 1)} lines`,
  );
  if (peak > maxMegabytes || lines !== records + 1) process.exitCode = 1;
} catch (error) {
  if (!interruption.signal.aborted) console.error(error);
  process.exitCode = 1;
} finally {
  await unmakeAll();
}
