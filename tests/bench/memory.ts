/** Whether the package itself keeps anything: the heap before and after a million of what differs, over a host that keeps nothing. */
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { decoded, rightOf } from '../support/decoded.js';

import {
  ClientVersion,
  defaultVersionPolicy,
  handleTabletRequest,
  secret,
  type Ports,
  type User,
  type Username,
} from 'camcops-tablet-session';
import {
  foldSteps,
  noUploads,
  operationHandlers,
  planUpload,
  serverInfo,
  uploadTransition,
  type TabletHost,
} from 'camcops-tablet-session/operations';
import { bytesInUse, type Figures } from './measure.js';
import { columns, oneStepFields, recordsOf } from './records.js';
import { ours } from './rivals/ours.js';

type Fields = Readonly<Record<string, string>>;

const uploads = 10_000;

const open = ours(defaultVersionPolicy);
const nothingFound = { device: none, user: none, session: none };

// A host that keeps nothing

const answer =
  <A>(value: A) =>
  () =>
    Promise.resolve(right(value));

const userNamed = (username: Username): User => ({
  ...{ id: 1, username, uploadGroupId: some(1), superuser: false },
  memberships: [{ groupId: 1, mayUpload: true, mayRegisterDevices: true }],
});

const table = { columns: new Set(columns), minClientVersion: decoded(ClientVersion, '2.0.0') };
const info = rightOf(
  serverInfo({
    ...{ databaseTitle: 'Nothing', uploadPolicy: 'sex', finalizePolicy: 'sex' },
    idNumbers: [{ which: 1, description: 'Number', shortDescription: 'No', validation: none }],
  }),
);

let sessions = 0;
const ports: Ports<never> = {
  devices: { findDeviceByName: (name) => answer(some({ id: 1, name })) },
  users: { authenticate: (username) => answer(some(userNamed(username))) },
  sessions: {
    findSession: () => answer(none),
    startSession: () => answer({ id: (sessions += 1), token: secret(`token ${String(sessions)}`) }),
  },
};

/** A form of a tablet, in which little is as in another's. */
const formOf = (index: number, operation: string, fields: Fields = {}) => {
  const front = { camcops_version: '2.4.24', device: `tablet-${String(index)}`, operation, password: 'pw' };
  return { method: 'POST', fields: Object.entries({ ...front, user: `nurse-${String(index)}`, ...fields }) };
};

const host = (names: readonly string[]): TabletHost<never> => ({
  tables: new Map(names.map((name) => [name, table])),
  serverInfo: () => answer(info),
  registerDevice: () => answer(undefined),
  uploads: {
    transact: (admission, transition) => () => {
      const begun = uploadTransition(admission)({ type: 'begin' })(noUploads);
      const { effects, answer: answered } = transition(begun.state);
      for (const effect of effects) if (effect.type === 'stage') planUpload([])(foldSteps([effect.step]));
      return Promise.resolve(answered);
    },
    currentRecords: () => answer([]),
  },
});

const asking = (names: readonly string[]) => {
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host(names)) });
  return async (index: number, operation: string, fields?: Fields): Promise<void> => {
    const { outcome } = await handle(formOf(index, operation, fields))();
    if (outcome.result.code !== 'served') throw new Error(`${operation}: ${outcome.result.code}`);
  };
};

// What differs

const tableOf = (index: number): string => `table_${String(index)}`;
const askOne = asking(['phq9']);
const askMany = asking(Array.from({ length: uploads }, (_, index) => tableOf(index)));
const records = recordsOf(10);
const rows = Object.fromEntries(records.map((cells, at) => [`record${String(at)}`, cells.join(',')]));
const whole = oneStepFields(records);

const distinct: Readonly<Record<string, readonly [count: number, work: (index: number) => unknown]>> = {
  versions: [
    1_000_000,
    (index) => {
      const camcops_version = `2.${String(index % 1000)}.${String(Math.floor(index / 1000))}`;
      open({ method: 'POST', fields: [['camcops_version', camcops_version]] }, nothingFound);
    },
  ],
  'devices and users': [1_000_000, (index) => askOne(index, 'check_upload_user_and_device')],
  'uploads, stepwise': [
    uploads,
    async (index) => {
      await askMany(index, 'start_upload');
      const about = {
        table: tableOf(index),
        pkname: 'id',
        fields: columns.join(','),
        nrecords: String(records.length),
      };
      await askMany(index, 'upload_table', { ...about, ...rows });
      await askMany(index, 'end_upload');
    },
  ],
  'uploads, one step': [
    uploads,
    (index) => {
      const { dbdata, pknameinfo, ...fields } = whole;
      // A client names tables that this server does not take.
      const [empty, key] = [`{"${tableOf(index)}":[],`, `{"${tableOf(index)}":"id",`];
      const own = { dbdata: dbdata.replace('{', empty), pknameinfo: pknameinfo.replace('{', key) };
      return askOne(index, 'upload_entire_database', { ...fields, ...own });
    },
  ],
};

const repeat = async (count: number, work: (index: number) => unknown): Promise<void> => {
  for (let index = 0; index < count; index += 1) await work(index);
};

// What is made once is there before.
for (const [count, work] of Object.values(distinct)) await repeat(count / 10, work);

const figures: Record<string, Record<string, number>> = {};
for (const [name, [count, work]] of Object.entries(distinct)) {
  const before = bytesInUse();
  await repeat(count, work);
  figures[`${count.toLocaleString('en')} ${name}`] = { before, after: bytesInUse() };
}
console.log(JSON.stringify(figures satisfies Figures));
