/** The real client's days, replayed: what a server answers, and what it holds in the end. */
import * as t from 'io-ts';

import { modelDay, type ModelStep, type ModelVersion } from '../proof/operations/day-model.js';
import { decoded } from './decoded.js';
import { asOne, recordingsOf, runFile, type Result } from './recorded-file.js';
import {
  historyMismatch,
  readReply,
  serverInMemory,
  tablesBeside,
  versionText,
  type DayWorld,
  type StartServer,
  type Tables,
} from './replay.js';

const ClientDay = t.type({
  id: t.string,
  steps: t.array(t.type({ operation: t.string, body: t.string, expect: t.keyof({ success: null, refused: null }) })),
});
type ClientDay = t.TypeOf<typeof ClientDay>;

export const isClientDay = (line: unknown): boolean => ClientDay.is(line);

const columnsOfAll = ['id', 'when_last_modified', '_move_off_tablet'];

const formsOf = (day: ClientDay) => day.steps.map(({ body }) => new URLSearchParams(body));

/** The server that was recorded took many more tables, of which the client names those that are empty. */
export const tablesOf = (day: ClientDay, known: Tables): Tables => {
  const named = formsOf(day).flatMap((form) => form.get('tables')?.split(',') ?? []);
  const empty = Object.fromEntries(named.map((name) => [name, { minClientVersion: '2.0.0', columns: columnsOfAll }]));
  return { ...empty, ...known };
};

const worldOf = (day: ClientDay, known: Tables): DayWorld => {
  const forms = formsOf(day);
  const keys = forms.flatMap((form) => form.getAll('patient_proquint'));
  return {
    tables: tablesOf(day, known),
    users: [{ username: 'nurse', password: 'p&w d+%;é' }],
    devices: [],
    idNumbers: { 1: null },
    accessKeys: [...new Set(keys)],
    patientInfo: forms.map((form) => form.get('patient_info')).find((info) => info !== null) ?? undefined,
  };
};

export const ofUpload = /^(start_.*|upload_.*|end_upload|delete_where_key_not|which_keys_to_send)$/;
const ofFrontDoor = /^(operation|device|user|password|session_.*|camcops_version)$/;

export const modelText = (version: ModelVersion): string =>
  versionText(
    version,
    Object.entries(version.values),
    version.supersedes === null ? '' : modelText(version.supersedes),
  );

/** What differs between a day and ours, a line each. The history must be what an independent model makes of the same bodies. */
export const clientDayMismatches = async (
  day: ClientDay,
  tables: Tables,
  start: StartServer,
): Promise<readonly string[]> => {
  const world = worldOf(day, tables);
  const server = await start(world);
  const sessions = new Map<string, ReadonlyMap<string, string>>();
  const mismatches: string[] = [];
  const done: ModelStep[] = [];
  for (const [index, { operation, body, expect }] of day.steps.entries()) {
    const form = new URLSearchParams(body);
    const device = form.get('device') ?? '';
    // A client repeats the id and token of the latest reply. Nothing else changes, to the byte.
    const sent = body.replace(
      /(?<=^|&)(session_id|session_token)=[^&]*/g,
      (_, name: string) => `${name}=${encodeURIComponent(sessions.get(device)?.get(name) ?? '')}`,
    );
    const reply = readReply(await server.post(sent));
    sessions.set(device, reply);
    const got = reply.get('success') === '1' ? 'success' : 'refused';
    if (got !== expect) {
      mismatches.push(`step ${String(index + 1)}, ${operation}: expected ${expect}, got ${reply.get('error') ?? got}`);
    }
    if (got === 'success' && ofUpload.test(operation)) {
      const [user, clientVersion] = [form.get('user') ?? '', form.get('camcops_version') ?? ''];
      const fields = [...form].filter(([name]) => !ofFrontDoor.test(name));
      done.push({ device, user, session: Number(reply.get('session_id')), clientVersion, operation, fields });
    }
  }
  const { after } = modelDay({ tables: new Map(Object.entries(world.tables)) }, done);
  for (const device of new Set(done.map((step) => step.device))) {
    for (const table of Object.keys(world.tables)) {
      const meant = after.filter((one) => one.device === device && one.table === table).map(modelText);
      mismatches.push(...(await historyMismatch(server, device, table, meant)));
    }
  }
  return mismatches.map((line) => `${day.id}: ${line}`);
};

/** The client's days of a file. */
export const clientDaysOf = (file: string): readonly ClientDay[] =>
  recordingsOf(file).map((day) => decoded(ClientDay, day));

/** Runs the client's days of a file. */
export const runClientDays = (file: string, start: StartServer = serverInMemory): Promise<Result> => {
  const tables = tablesBeside(file);
  return runFile(file, 'days', async (day) => asOne(await clientDayMismatches(decoded(ClientDay, day), tables, start)));
};
