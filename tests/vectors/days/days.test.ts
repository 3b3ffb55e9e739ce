/** The recorded days of uploads, replayed; and that a replay sees what differs. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

import { dayMismatches, idNumberCheck, isRecordedDay, runDays, tablesFromJson } from '../../support/day-conformance.js';

const bytes = (file: string) => readFileSync(new URL(file, import.meta.url));
const days = gunzipSync(bytes('days.jsonl.gz')).toString('utf8');
const tables = tablesFromJson(bytes('tables.json').toString('utf8'));
const checkIdNumbers = idNumberCheck(bytes('id-numbers.json').toString('utf8'));

it('455 days are answered and stored as recorded', async () => {
  expect(await runDays(days, tables, checkIdNumbers)).toEqual({ days: 455, mismatched: [] });
});

const firstDay = days.slice(0, days.indexOf('\n'));

it('a day is known by its form', () => {
  expect(isRecordedDay(JSON.parse(firstDay))).toBe(true);
  expect(isRecordedDay({ id: 'c1', operation: 'upload_table', fields: [], expect: {} })).toBe(false);
});

it.each([
  ['another answer', '"result":"Table newtask upload successful"', '"result":"Table newtask upload failed"'],
  ['a refusal', '"result":"end_upload"', '"error":null'],
  ['another state', '"state":"deleted"', '"state":"current"'],
  ['another value', '"surname":"Jones"', '"surname":"Jonas"'],
  ['no finalizing', '"finalized":false', '"finalized":true'],
  ['another predecessor', /"supersedes":\d+/, '"supersedes":null'],
  ['one version less', /,\{"device":"tablet-1","table":"newtask"[^}]*\}[^}]*\}/, ''],
])('a replay sees %s', async (_, recorded, mistaken) => {
  const line = firstDay.replace(recorded, mistaken);
  expect(line).not.toBe(firstDay);
  expect(await dayMismatches(tables, checkIdNumbers)(JSON.parse(line))).not.toEqual([]);
});
