/**
 * A day of all operations, in which one call of one function of the host does wrong, in every way: nothing escapes, that request alone
 * fails, the words name the function, and all else is as if the tablet had not sent it. Of ports, `faults.test.ts` says the same.
 */
import { left, right } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';
import { inspect, types } from 'node:util';
import { describe, expect, it } from 'vitest';

import { fault, handleTabletRequest, secret, unregisteredDevice, type Operation } from 'camcops-tablet-session';
import { operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';
import { untyped } from '../support/untyped.js';

// The day

const accessKey = 'hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l';
const key = { patient_proquint: accessKey };
const date = "'2026-03-01T12:00:00.000+00:00'";
const phq9 = { table: 'phq9', pkname: 'id', fields: 'id,when_last_modified,_move_off_tablet' };
const idNumber = { table: 'patient_idnum', pkname: 'id', fields: `${phq9.fields},which_idnum,idnum_value` };
const asked = {
  table: 'phq9',
  pkname: 'id',
  pkvalues: '1,2',
  datevalues: `${date},${date}`,
  move_off_tablet_values: '0,1',
};
const row = { id: '5', when_last_modified: date, _move_off_tablet: '0', which_idnum: '1', idnum_value: '7' };
const dbdata = JSON.stringify({ patient_idnum: [row] });

const day: readonly (readonly [Operation, Readonly<Record<string, string>>])[] = [
  ['register', { devicefriendlyname: 'Ward 1' }],
  ['check_device_registered', {}],
  ['register_patient', key],
  ['get_allowed_tables', {}],
  ['get_extra_strings', {}],
  ['get_task_schedules', key],
  ['check_upload_user_and_device', {}],
  ['get_id_info', {}],
  ['validate_patients', { patient_info: '[{"sex":"F","idnum1":7,"finalizing":false}]' }],
  ['start_upload', {}],
  ['upload_table', { ...phq9, nrecords: '1', record0: `1,${date},0` }],
  ['end_upload', {}],
  ['start_upload', {}],
  ['start_preservation', {}],
  ['upload_table', { ...idNumber, nrecords: '1', record0: `1,${date},0,1,7` }],
  ['upload_record', { ...idNumber, values: `2,${date},0,1,7` }],
  ['upload_empty_tables', { tables: 'patient' }],
  ['delete_where_key_not', { table: 'phq9', pkname: 'id', pkvalues: '1,2' }],
  ['which_keys_to_send', asked],
  ['end_upload', {}],
  ['upload_entire_database', { finalizing: '0', pknameinfo: '{"patient_idnum":"id"}', dbdata }],
];

interface Call {
  readonly where: string;
  /** Its place in the day. */
  readonly at: number;
}
type Way = () => unknown;

/** What a day comes to in which the call of this number is made in another way, or the request at a place is not sent. It may end early. */
const spend = async (wrong?: { readonly call: number; readonly way: Way }, unsent = -1, end = day.length) => {
  const calls: Call[] = [];
  let at = 0;
  const watched = <A extends object>(owner: string, functions: A): A => {
    const entries = Object.entries(functions).map(([name, own]: [string, (...given: unknown[]) => unknown]) => [
      name,
      (...given: unknown[]): unknown => {
        calls.push({ where: `${owner}.${name}`, at });
        return calls.length - 1 === wrong?.call ? wrong.way() : own(...given);
      },
    ]);
    return untyped(Object.fromEntries(entries));
  };
  const { ports, host, versions } = inMemoryHost({
    users: [{ username: 'nurse', password: 'pw' }],
    tables: { phq9: [], patient: [], patient_idnum: ['which_idnum', 'idnum_value'] },
    patients: [{ accessKey, username: 'nurse', password: 'pw', sex: 'F', idNumbers: { 1: 7 } }],
  });
  const { tables, uploads, patientMode, ...others } = host;
  const handle = handleTabletRequest<unknown>({
    ports,
    handlers: operationHandlers<unknown>({
      ...watched('TabletHost', others),
      tables,
      uploads: watched('UploadStore', uploads),
      patientMode: watched('PatientMode', patientMode),
    }),
  });
  const replies = new Map<number, { readonly status: number; readonly lines: string; readonly result: object }>();
  let session = {};
  for (const [place, [operation, own]] of day.entries()) {
    at = place;
    if (place === unsent || place >= end) continue;
    const common = { camcops_version: '2.4.24', device: 'tablet-1', user: 'nurse', password: 'pw', operation };
    const { status, body, outcome } = await handle({ method: 'POST', fields: { ...common, ...session, ...own } })();
    const [, session_id = '', session_token = ''] = /session_id:(.*)\nsession_token:(.*)\n$/.exec(body) ?? [];
    if (status === 200) session = { session_id, session_token };
    replies.set(place, { status, lines: body.replace(/session_id:[^]*/, ''), result: outcome.result });
  }
  const stored = ['phq9', 'patient_idnum'].map((table) => versions('tablet-1', table));
  return { calls, replies, stored };
};

// What a function does

const down = new Error('the database is down');
const thrower = (): never => {
  throw down;
};
const proxy: unknown = new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower, ownKeys: thrower });
const unsayable = { toString: thrower, valueOf: thrower, toJSON: thrower, [Symbol.toPrimitive]: thrower };
const odd: readonly Error[] = [
  ...[undefined, null, 0, '', Symbol('x'), {}, [], { code: 'served' }, fault(down), unregisteredDevice, secret('x')],
  ...[proxy, unsayable],
].map((cause) => untyped(cause));
const throwing = (cause: Error) => (): never => {
  throw cause;
};
const namedBy = (value: unknown): string => (value === proxy ? 'a proxy' : inspect(value, { depth: 1 }));
const each = <A>(does: string, values: readonly A[], way: (value: A) => unknown): [string, Way][] =>
  values.map((value) => [`${does} ${namedBy(value)}`, () => way(value)]);
const answering = (answer: unknown) => () => Promise.resolve(answer);

const ways: readonly (readonly [string, Way])[] = [
  ...each('throws', [down, ...odd], (cause) => throwing(cause)()),
  ...each('rejects with', [down, ...odd.slice(0, 3)], (cause) => () => Promise.reject(cause)),
  ['throws in its task', () => thrower],
  ...each(
    'returns',
    [undefined, null, 7, 'x', {}, right(undefined), Promise.resolve(right(undefined)), proxy],
    (it) => it,
  ),
  ['returns a promise that rejects', () => Promise.reject(down)],
  ['answers what throws when it is awaited', () => answering({ then: thrower })],
  ...each('answers', [...odd.slice(0, 8), { _tag: 'Nothing' }, some(1), proxy, () => right(1)], answering),
  ...each('answers a left of', [undefined, null, 7, 'x', [], {}, down, { code: 'served' }, proxy], (it) =>
    answering(left(it)),
  ),
  ...each('answers a left of', [{ code: 'refused' }, { code: 'refused', message: 7 }, { code: 'fault' }], (it) =>
    answering(left(it)),
  ),
];

/** Answers that a function must not give, in a right. The other answers nothing, so anything will do. */
const notAnswers = [undefined, null, 7, 'x', {}, right(1), proxy];
const wrongAnswers: Readonly<Record<string, readonly unknown[]>> = {
  'TabletHost.serverInfo': [...notAnswers, [], { idNumbers: [] }],
  'TabletHost.extraStrings': [...notAnswers, [null], [{}], [proxy]],
  'TabletHost.ownPatient': [...notAnswers, some(7), some({})],
  'PatientMode.registerPatient': [...notAnswers, [], { patient: {} }],
  'PatientMode.taskSchedules': [...notAnswers, [], { patient: {}, schedules: [] }],
  // It must have asked its transition.
  'UploadStore.transact': notAnswers,
  'UploadStore.currentRecords': [...notAnswers, new Map(), [null], [{}], [{ key: '1' }], [{ key: 1.5 }], [proxy]],
};
const answerNothing = ['TabletHost.registerDevice'];

const lawful = await spend();
/** Of each function, the first call that an operation makes of it. */
const tried = [...lawful.calls.entries()].filter(
  ([number, { where, at }]) =>
    number === lawful.calls.findIndex((one) => one.where === where && day[one.at]?.[0] === day[at]?.[0]),
);

it('when nothing is wrong, each function is asked, and all 18 operations are served', () => {
  const endings = [...lawful.replies.values()].map(({ status, lines }) => [status, lines.slice(-10)]);
  expect(endings).toEqual(day.map(() => [200, 'success:1\n']));
  expect(new Set(day.map(([operation]) => operation)).size).toBe(18);
  const asked = new Set(lawful.calls.map(({ where }) => where));
  expect([...asked].sort()).toEqual([...Object.keys(wrongAnswers), ...answerNothing].sort());
});

describe.each(tried.map(([call, { where, at }]) => [where, day[at]?.[0], call, at] as const))(
  '%s, asked by %s',
  (where, operation, call, at) => {
    const expectFailure = async (name: string, way: Way, result: object, end = at + 1) => {
      const { calls, replies, stored } = await spend({ call, way }, -1, end);
      const { result: found, ...reply } = replies.get(at) ?? { result: {} };
      expect(reply, name).toEqual({ status: 503, lines: 'success:0\nerror:Server error\n' });
      // What was thrown must not be looked at: it may throw as well.
      const { cause, ...failure }: { readonly cause?: unknown } = found;
      expect(failure, name).toEqual(result);
      const isOwnWords = types.isNativeError(cause) && cause !== down && !name.startsWith('answers a right');
      if (isOwnWords) expect(cause.message, name).toMatch(new RegExp(`^${where}( |:)`));
      // Nothing more is asked of the host, and nothing twice.
      const own = calls.filter((one) => one.at === at);
      expect(own.findIndex((one) => one.where === where)).toBe(own.length - 1);
      return { others: new Map([...replies].filter(([place]) => place !== at)), stored };
    };
    const defect = { code: 'defect', where };

    it(`fails in ${String(ways.length)} ways, and changes nothing`, async () => {
      const { stored } = await spend(undefined, at, at + 1);
      for (const [name, way] of ways) {
        expect((await expectFailure(name, way, defect)).stored, name).toEqual(stored);
      }
      for (const value of wrongAnswers[where] ?? []) {
        const name = `answers a right of ${namedBy(value)}`;
        expect((await expectFailure(name, () => answering(right(value)), defect)).stored, name).toEqual(stored);
      }
    });

    it('fails once, and all else is as if the tablet had not asked', async () => {
      const way: Way = () => answering(left(fault(down)));
      const after = await expectFailure('answers a fault', way, { code: 'fault' }, day.length);
      // A device is registered before its tablet is told, so it is if that fails.
      const isDone = operation === 'register' && where === 'TabletHost.serverInfo';
      const { replies, stored } = isDone ? lawful : await spend(undefined, at);
      expect(after).toEqual({ others: new Map([...replies].filter(([place]) => place !== at)), stored });
    });
  },
);
