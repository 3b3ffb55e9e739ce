/** Cases from public reports, replayed: what a server answers, and what it holds in the end. */
import * as t from 'io-ts';

import { RowFromJson } from '../../src/operations/index.js';
import { decoded } from './decoded.js';
import { asOne, runFile, type Result } from './recorded-file.js';
import { readReply, serverInMemory, type StartServer } from './replay.js';

const Expected = t.union([t.literal('served'), t.type({ result: t.string }), t.type({ refused: t.array(t.string) })]);

const ReportedCase = t.type({
  id: t.string,
  sessions: t.keyof({ one: null, 'new for each upload': null, none: null }),
  steps: t.array(t.type({ operation: t.string, fields: t.array(t.tuple([t.string, t.string])), expect: Expected })),
  after: t.array(t.UnknownRecord),
});
type ReportedCase = t.TypeOf<typeof ReportedCase>;

export const isReportedCase = (line: unknown): boolean => ReportedCase.is(line);

const [device, user, password] = ['tablet-1', 'nurse', 'pw'];
const columns = ['id', 'when_last_modified', '_move_off_tablet', 'patient_id', 'q1'];

const isAsExpected = (reply: ReadonlyMap<string, string>, expect: t.TypeOf<typeof Expected>): boolean => {
  const isServed = reply.get('success') === '1';
  if (expect === 'served') return isServed;
  if ('result' in expect) return isServed && reply.get('result') === expect.result;
  return !isServed && expect.refused.every((words) => reply.get('error')?.includes(words));
};

const isBeginning = (operation: string): boolean =>
  operation === 'start_upload' || operation === 'upload_entire_database';

/** What differs between a case and ours, a line each. */
const caseMismatches = async (reported: ReportedCase, start: StartServer): Promise<readonly string[]> => {
  const server = await start({
    tables: { phq9: { minClientVersion: '2.0.0', columns } },
    users: [{ username: user, password }],
    devices: [device],
    idNumbers: { 1: null },
    accessKeys: [],
    hasSessions: reported.sessions !== 'none',
  });
  let session: ReadonlyMap<string, string> = new Map();
  const mismatches: string[] = [];
  for (const { operation, fields, expect } of reported.steps) {
    if (reported.sessions === 'new for each upload' && isBeginning(operation)) session = new Map();
    const form = new URLSearchParams({ operation, camcops_version: '2.4.24', device, user, password });
    for (const name of ['session_id', 'session_token']) form.set(name, session.get(name) ?? '');
    for (const [name, value] of fields) form.append(name, value);
    const reply = readReply(await server.post(form.toString()));
    // A server that keeps sessions gives one, which a tablet without sessions does not repeat.
    if (reported.sessions !== 'none') session = reply;
    if (!isAsExpected(reply, expect)) {
      const got = reply.get('result') ?? reply.get('error') ?? 'nothing';
      mismatches.push(`${operation}: expected ${JSON.stringify(expect)}, got ${got}`);
    }
  }
  const textOf = (version: Readonly<Record<string, unknown>>): string =>
    JSON.stringify(Object.entries(version).sort(([a], [b]) => (a < b ? -1 : 1)));
  const stored = (await server.versions(device, 'phq9')).map(({ key, row, state, finalized }) => {
    const { q1 } = RowFromJson.encode(row);
    return textOf({ table: 'phq9', key, q1, state, finalized });
  });
  const meant = reported.after.map(textOf);
  if (JSON.stringify(stored.sort()) !== JSON.stringify(meant.sort()))
    mismatches.push(`expected ${meant.join(' ')}, got ${stored.join(' ')}`);
  return mismatches.map((line) => `${reported.id}: ${line}`);
};

/** Runs a file of cases. */
export const runReportedCases = (file: string, start: StartServer = serverInMemory): Promise<Result> =>
  runFile(file, 'cases', async (line) => asOne(await caseMismatches(decoded(ReportedCase, line), start)));
