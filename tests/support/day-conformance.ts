/** Recorded days of uploads, replayed: what a server answers, and what it holds in the end. */
import * as t from 'io-ts';

import { RowFromJson } from '../../src/operations/index.js';
import { decoded } from './decoded.js';
import { asOne, runFile, type Result } from './recorded-file.js';
import {
  historyMismatch,
  idNumbersBeside,
  readReply,
  serverInMemory,
  tablesBeside,
  versionText,
  type DayWorld,
  type StartServer,
} from './replay.js';

const RecordedStep = t.type({
  device: t.string,
  user: t.string,
  clientVersion: t.string,
  operation: t.string,
  fields: t.array(t.tuple([t.string, t.string])),
  expect: t.union([t.type({ result: t.string }), t.type({ error: t.union([t.string, t.null]) })]),
});

const RecordedVersion = t.type({
  device: t.string,
  table: t.string,
  key: t.number,
  values: t.record(t.string, t.unknown),
  state: t.string,
  finalized: t.boolean,
  supersedes: t.union([t.number, t.null]),
});

const RecordedDay = t.type({ id: t.string, steps: t.array(RecordedStep), after: t.array(RecordedVersion) });
type RecordedDay = t.TypeOf<typeof RecordedDay>;

export const recordedDay = (line: unknown): RecordedDay => decoded(RecordedDay, line);
export const isRecordedDay = (line: unknown): boolean => RecordedDay.is(line);

const password = 'pw';

const isAsRecorded = (reply: ReadonlyMap<string, string>, expect: t.TypeOf<typeof RecordedStep>['expect']): boolean => {
  const isServed = reply.get('success') === '1';
  if ('result' in expect) return isServed && reply.get('result') === expect.result;
  return !isServed && (expect.error === null || reply.get('error') === expect.error);
};

/** The recorded versions as texts. A number that JSON cannot hold is written in one way. */
const recordedTexts = (after: RecordedDay['after']): readonly string[] => {
  const texts: string[] = [];
  for (const version of after) {
    const values = Object.entries(RowFromJson.encode(decoded(RowFromJson, version.values)));
    texts.push(versionText(version, values, version.supersedes === null ? '' : (texts[version.supersedes] ?? '?')));
  }
  return texts;
};

/** What differs between a recorded day and ours, a line each. */
export const dayMismatches = async (
  day: RecordedDay,
  world: Pick<DayWorld, 'tables' | 'idNumbers'>,
  start: StartServer,
): Promise<readonly string[]> => {
  const devices = [...new Set(day.steps.map((step) => step.device))];
  const users = [...new Set(day.steps.map((step) => step.user))].map((username) => ({ username, password }));
  const server = await start({ ...world, users, devices, accessKeys: [] });
  const sessions = new Map<string, ReadonlyMap<string, string>>();
  const mismatches: string[] = [];
  for (const [index, { device, user, clientVersion, operation, fields, expect }] of day.steps.entries()) {
    // A tablet signs in anew for each upload, and stays in that session. A start that is refused starts nothing.
    const asker = `${device} ${user}`;
    const isStart = (operation === 'start_upload' || operation === 'upload_entire_database') && 'result' in expect;
    const session = isStart ? undefined : sessions.get(asker);
    const form = new URLSearchParams({ operation, camcops_version: clientVersion, device, user, password });
    for (const name of ['session_id', 'session_token']) form.set(name, session?.get(name) ?? '');
    for (const [name, value] of fields) form.append(name, value);
    const reply = readReply(await server.post(form.toString()));
    sessions.set(asker, reply);
    if (!isAsRecorded(reply, expect)) {
      const got = reply.get('result') ?? reply.get('error') ?? 'nothing';
      mismatches.push(`step ${String(index + 1)}, ${operation}: expected ${JSON.stringify(expect)}, got ${got}`);
    }
  }
  const texts = recordedTexts(day.after);
  for (const device of devices) {
    for (const table of Object.keys(world.tables)) {
      const meant = texts.filter((_, at) => day.after[at]?.device === device && day.after[at].table === table);
      mismatches.push(...(await historyMismatch(server, device, table, meant)));
    }
  }
  return mismatches.map((line) => `${day.id}: ${line}`);
};

/** Runs the recorded days of a file. */
export const runRecordedDays = (file: string, start: StartServer = serverInMemory): Promise<Result> => {
  const world = { tables: tablesBeside(file), idNumbers: idNumbersBeside(file) };
  return runFile(file, 'days', async (day) => asOne(await dayMismatches(recordedDay(day), world, start)));
};
