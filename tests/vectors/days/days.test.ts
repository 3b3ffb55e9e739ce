/** The recorded days of uploads and of the real client, replayed; and that a replay sees what differs. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import { dayMismatches, isRecordedDay, runRecordedDays } from '../../support/day-conformance.js';
import { runClientDays } from '../../support/client-days.js';
import { linesOf } from '../../support/recorded-file.js';
import { idNumbersBeside, serverInMemory, tablesBeside } from '../../support/replay.js';
import { untyped } from '../../support/untyped.js';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const file = path('days.jsonl.gz');

it('455 days are answered and stored as recorded', async () => {
  expect(await runRecordedDays(file)).toEqual({ count: 455, kind: 'days', mismatches: [] });
});

it("20 days of the real client are answered as it needs, and stored as it meant: both patients' tasks where keys come again", async () => {
  expect(await runClientDays(path('../client-days/days.jsonl.gz'))).toEqual({
    count: 20,
    kind: 'days',
    mismatches: [],
  });
});

const [firstDay = ''] = linesOf(file);

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
  const world = { tables: tablesBeside(file), idNumbers: idNumbersBeside(file) };
  expect(await dayMismatches(untyped(JSON.parse(line)), world, serverInMemory)).not.toEqual([]);
});
