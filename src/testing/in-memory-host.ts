/** A whole server over plain data, for tests and trials: ports, uploads, server information and single-user mode. */
import { left, mapLeft, right } from 'fp-ts/lib/Either.js';
import { fromNullable, none, some } from 'fp-ts/lib/Option.js';

import { fault, refused, secret, type ClientVersion, type Username } from '../index.js';
import {
  serverInfo,
  unknownAccessKey,
  type ExtraString,
  type PatientDetails,
  type ServerInfoConfig,
  type ServerInfoError,
  type TabletHost,
  type TaskSchedule,
  type UploadTables,
} from '../operations/index.js';
import { inMemoryPorts, type InMemoryPorts, type World } from './in-memory-ports.js';
import { inMemoryUploads, type InMemoryUploads } from './in-memory-uploads.js';

/** A patient of the server's own, whom a tablet may register with an access key. */
export interface InMemoryPatient {
  /** As `accessKeyOfUuid` makes it. */
  readonly accessKey: string;
  /**
   * The user of `users` that the patient's tablet signs in as. From its registration on, the account may act from that tablet only, and
   * upload this patient only. A tablet that another user has registered is refused.
   */
  readonly username: string;
  readonly password: string;
  readonly forename?: string;
  readonly surname?: string;
  readonly sex?: string;
  readonly dob?: string;
  readonly address?: string;
  readonly email?: string;
  readonly gp?: string;
  readonly other?: string;
  /** By type: `{ 1: 9434765919 }`. */
  readonly idNumbers?: Readonly<Record<number, number | bigint>>;
  readonly schedules?: readonly TaskSchedule[];
}

/** A table, and the oldest client that may use it. */
export interface InMemoryTable {
  readonly columns: readonly string[];
  readonly minClientVersion: string;
}

/** What the server knows at the start. */
export interface HostWorld extends World {
  /**
   * The tables that tablets may upload: `camcopsTables`, or by name the columns besides `id`, `when_last_modified` and `_move_off_tablet`.
   * Any client may use a table without a version.
   */
  readonly tables?: UploadTables | Readonly<Record<string, readonly string[] | InMemoryTable>>;
  /** If left out: ID numbers of type 1, and the policies `sex AND idnum1`. */
  readonly serverInfo?: Partial<ServerInfoConfig>;
  readonly extraStrings?: readonly ExtraString[];
  readonly patients?: readonly InMemoryPatient[];
}

/** Pass `{ ports, handlers: operationHandlers(host) }` to `handleTabletRequest`. */
export interface InMemoryHost extends InMemoryPorts {
  readonly host: Required<TabletHost<string>>;
  /** Returns everything that tablets have uploaded. */
  readonly versions: InMemoryUploads['versions'];
}

const ofEachTable = ['id', 'when_last_modified', '_move_off_tablet'];

// Not checked: a test may try what no tablet can send.
const clientOf = (version: string): ClientVersion => version as ClientVersion;
const userNamed = (name: string): Username => name as Username;

const isTables = (tables: NonNullable<HostWorld['tables']>): tables is UploadTables => tables instanceof Map;

const detailsOf = (patient: InMemoryPatient): PatientDetails => ({
  forename: fromNullable(patient.forename),
  surname: fromNullable(patient.surname),
  sex: fromNullable(patient.sex),
  dob: fromNullable(patient.dob),
  address: fromNullable(patient.address),
  email: fromNullable(patient.email),
  gp: fromNullable(patient.gp),
  other: fromNullable(patient.other),
  idNumbers: new Map(Object.entries(patient.idNumbers ?? {}).map(([which, value]) => [Number(which), value])),
});

const tablesOf = (tables: NonNullable<HostWorld['tables']>): UploadTables => {
  if (isTables(tables)) return tables;
  return new Map(
    Object.entries(tables).map(([name, table]) => {
      const { columns, minClientVersion } = 'columns' in table ? table : { columns: table, minClientVersion: '0.0.0' };
      return [name, { columns: new Set([...ofEachTable, ...columns]), minClientVersion: clientOf(minClientVersion) }];
    }),
  );
};

const othersDevice = refused(
  'Another account has registered this device: please speak to your administrator',
  'others-device',
);

const answer =
  <A>(value: A) =>
  () =>
    Promise.resolve(value);

/**
 * Returns a whole server over plain strings and numbers. Its uploads keep every version of every record, and are gone with the process.
 *
 * @example
 * import { handleTabletRequest } from 'camcops-tablet-session';
 * import { operationHandlers } from 'camcops-tablet-session/operations';
 * import { inMemoryHost } from 'camcops-tablet-session/testing';
 *
 * const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password: 'pw' }], tables: { phq9: ['q1'] } });
 * const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
 * const register = async (password: string) => {
 *   const fields = { camcops_version: '2.4.24', operation: 'register', device: 'tablet-1', user: 'nurse', password };
 *   return (await handle({ method: 'POST', fields })()).outcome.result.code;
 * };
 * await register('pw'); // 'served'
 * await register('wrong'); // 'invalid-credentials'
 */
export const inMemoryHost = (world: HostWorld): InMemoryHost => {
  const inMemory = inMemoryPorts(world);
  const { versions, ...uploads } = inMemoryUploads();
  /** The user who has registered each device. */
  const registrars = new Map<string, string>();
  const patientOf = (accessKey: string) => world.patients?.find((patient) => patient.accessKey === accessKey);
  const inWords = mapLeft(({ field, rule }: ServerInfoError) => fault(`${field} ${rule}`));
  const made = serverInfo({
    databaseTitle: 'In-memory server',
    uploadPolicy: 'sex AND idnum1',
    finalizePolicy: 'sex AND idnum1',
    idNumbers: [{ which: 1, description: 'ID number', shortDescription: 'ID', validation: none }],
    ...world.serverInfo,
  });
  const info = inWords(made);

  return {
    ...inMemory,
    versions,
    host: {
      tables: tablesOf(world.tables ?? {}),
      serverInfo: () => answer(info),
      registerDevice:
        ({ deviceName, user }) =>
        () => {
          inMemory.addDevice({ name: deviceName });
          registrars.set(deviceName, user.username);
          return Promise.resolve(right(undefined));
        },
      uploads,
      ownPatient: ({ user }) => {
        const own = world.patients?.find(({ username }) => username === user.username);
        return answer(right(own === undefined ? none : some(detailsOf(own))));
      },
      extraStrings: () => answer(right(world.extraStrings ?? [])),
      patientMode: {
        registerPatient: ({ deviceName }, { accessKey }) => {
          const patient = patientOf(accessKey);
          if (patient === undefined) return answer(left(unknownAccessKey));
          const { username, password } = patient;
          if ((registrars.get(deviceName) ?? username) !== username) return answer(left(othersDevice));
          const account = world.users?.find((user) => user.username === username);
          if (account !== undefined) inMemory.addUser({ ...account, onlyDevice: deviceName });
          const ipUse = { commercial: false, clinical: true, educational: false, research: false };
          return answer(
            right({ patient: detailsOf(patient), username: userNamed(username), password: secret(password), ipUse }),
          );
        },
        taskSchedules: ({ user }, { accessKey }) => {
          const patient = patientOf(accessKey);
          if (patient?.username !== user.username) return answer(left(unknownAccessKey));
          return answer(right({ patient: detailsOf(patient), schedules: patient.schedules ?? [] }));
        },
      },
    },
  };
};
