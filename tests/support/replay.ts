/** A whole server to replay recorded requests against, and what it holds in the end, as text to compare. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { handleTabletRequest, versionPolicy } from '../../src/index.js';
import { operationHandlers, readCommand, RowFromJson, type PatientDetails } from '../../src/operations/index.js';
import { inMemoryHost, type InMemoryPatient, type StoredVersion } from '../../src/testing/index.js';
import { camcopsTables, uploadTables } from '../../src/tables/index.js';
import { decoded, rightOf } from './decoded.js';
import { clientVersion } from './fixtures.js';

export type Tables = Readonly<
  Record<string, { readonly minClientVersion: string; readonly columns: readonly string[] }>
>;

const IdNumbers = t.record(t.string, t.union([t.literal('uk_nhs_number'), t.null]));

/** What a server must know for a day. All users are of one group, and may upload and register devices. */
export interface DayWorld {
  readonly tables: Tables;
  readonly users: readonly { readonly username: string; readonly password: string }[];
  /** Registered before the day begins. */
  readonly devices: readonly string[];
  /** Each type of ID number, and its validation method. */
  readonly idNumbers: t.TypeOf<typeof IdNumbers>;
  /** Patients whom tablets may register; their account is the first of `users`. */
  readonly accessKeys: readonly string[];
  /** What their tablet says of them, in JSON, if it does. */
  readonly patientInfo?: string | undefined;
  /** `true` if left out. */
  readonly hasSessions?: boolean;
}

/** A server, wherever it runs. Any client version is served. */
export interface Server {
  /** The body of the reply to the body of a request. */
  readonly post: (body: string) => Promise<string>;
  /** All versions of a device's records in a table. */
  readonly versions: (device: string, table: string) => Promise<readonly StoredVersion[]>;
}

export type StartServer = (world: DayWorld) => Server | Promise<Server>;

export const anyVersion = rightOf(versionPolicy({ supported: '>=0.0.0' }));

/** The patient that a tablet tells of, or somebody if it tells of nobody. */
export const somebody = '[{"sex":"F","idnum1":1,"finalizing":false}]';
const patientFrom = (patientInfo = somebody): Omit<InMemoryPatient, 'accessKey' | 'username' | 'password'> => {
  const client = { clientVersion: clientVersion('2.4.24') };
  const command = rightOf(readCommand(new Map())(client, 'validate_patients', { patient_info: patientInfo }));
  const patient: Partial<PatientDetails> = command.patients[0] ?? {};
  const { idNumbers = new Map<number, number | bigint>(), ...texts } = patient;
  const told = Object.entries(texts).flatMap(([name, text]) =>
    typeof text === 'object' && isSome(text) ? [[name, text.value] as const] : [],
  );
  return { ...Object.fromEntries(told), idNumbers: Object.fromEntries(idNumbers) };
};

export const serverInMemory = (world: DayWorld): Server => {
  const { tables, users, devices, idNumbers, accessKeys, hasSessions = true } = world;
  const {
    ports: allPorts,
    host,
    versions,
  } = inMemoryHost({
    users,
    devices: devices.map((name) => ({ name })),
    tables,
    patients: accessKeys.map((accessKey) => ({
      ...{ username: '', password: '', ...users[0] },
      ...{ accessKey, ...patientFrom(world.patientInfo) },
    })),
    serverInfo: {
      idNumbers: Object.entries(idNumbers).map(([which, method]) => ({
        ...{ which: Number(which), description: `Type ${which}`, shortDescription: which },
        validation: method === null ? none : some(method),
      })),
    },
  });
  const { sessions, ...others } = allPorts;
  const ports = hasSessions ? { sessions, ...others } : others;
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host), versions: anyVersion });
  return {
    post: async (body) => (await handle({ method: 'POST', fields: new URLSearchParams(body) })()).body,
    versions: (device, table) => Promise.resolve(versions(device, table)),
  };
};

/** A reply as the client reads it: the last line of a key counts. */
export const readReply = (body: string): ReadonlyMap<string, string> =>
  new Map(body.split('\n').map((line) => [line.replace(/:.*/s, ''), line.replace(/^[^:]*:\s*/, '')]));

/** Versions as texts, each with those before it. CamCOPS clears the mark when it finalizes, so it does not count. */
export const versionText = (
  { key, state, finalized }: { readonly key: number; readonly state: string; readonly finalized: boolean },
  values: Iterable<readonly [string, unknown]>,
  before: string,
): string => {
  const sent = [...values].filter(([column]) => column !== '_move_off_tablet').sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([key, state, finalized, sent, before]);
};

export const storedTexts = (versions: readonly StoredVersion[]): readonly string[] => {
  const texts: string[] = [];
  for (const version of versions) {
    const before = version.supersedes._tag === 'Some' ? (texts[version.supersedes.value] ?? '?') : '';
    texts.push(versionText(version, Object.entries(RowFromJson.encode(version.row)), before));
  }
  return texts.sort();
};

/** What is stored of a device in a table, if it is not what was meant. */
export const historyMismatch = async (
  server: Server,
  device: string,
  table: string,
  meant: readonly string[],
): Promise<readonly string[]> => {
  const stored = storedTexts(await server.versions(device, table));
  const [missing, added] = [
    meant.filter((text) => !stored.includes(text)),
    stored.filter((text) => !meant.includes(text)),
  ];
  const counts =
    stored.length === meant.length ? [] : [`${String(meant.length)} versions, got ${String(stored.length)}`];
  return [...counts, ...missing, ...added.map((text) => `no ${text}`)].map((text) => `${table}: expected ${text}`);
};

/** The tables of the file beside a recording; all of CamCOPS's if there is none. */
export const tablesBeside = (file: string): Tables => {
  const beside = join(dirname(file), 'tables.json');
  const tables = existsSync(beside) ? rightOf(uploadTables(JSON.parse(readFileSync(beside, 'utf8')))) : camcopsTables;
  return Object.fromEntries(
    [...tables].map(([name, { minClientVersion, columns }]) => [
      name,
      { minClientVersion, columns: [...columns.keys()] },
    ]),
  );
};
export const idNumbersBeside = (file: string): DayWorld['idNumbers'] =>
  decoded(IdNumbers, JSON.parse(readFileSync(join(dirname(file), 'id-numbers.json'), 'utf8')));
