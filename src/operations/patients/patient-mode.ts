/** Single-user mode, in which a tablet belongs to one patient: the answers to `register_patient` and `get_task_schedules`. */
import * as E from 'fp-ts/lib/Either.js';
import { flow, pipe } from 'fp-ts/lib/function.js';
import { parse, stringify } from 'fp-ts/lib/Json.js';
import { toNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import * as S from '../../internal/shape.js';
import { nameRule, Username } from '../../names.js';
import { hasNameForm } from '../../refusals/uploads.js';
import { instantOf, isDate, isJsonObject } from '../wire/values.js';
import type * as M from './model.js';
import { isIdNumberType, textNames, textOf } from './patient-details.js';
import { oneLine, type Told } from './server-info.js';

/** For which purposes a tablet is used. */
const uses = ['commercial', 'clinical', 'educational', 'research'] as const;

/** The client holds ID numbers in 64 bits with a sign. */
const maxIdNumber = 2n ** 63n - 1n;

const isIdNumber = (value: unknown): boolean =>
  typeof value === 'bigint' ? value >= 0n && value <= maxIdNumber : Number.isSafeInteger(value) && Number(value) >= 0;

/** The client would read a date of another form as absent, and a fractional or too large ID number as a different number. */
const aPatient = S.objectOf({
  ...Object.fromEntries(textNames.map((name) => [name, S.optionalOf(S.aString)])),
  sex: S.optionalOf(S.textThat('must be M, F or X, or absent', (sex) => ['', 'M', 'F', 'X'].includes(sex))),
  dob: S.optionalOf(S.textThat('must be a date YYYY-MM-DD, or absent', (dob) => dob === '' || isDate(dob))),
  idNumbers: S.obeys(
    `must have types from 1 to 2147483647, and whole numbers from 0 to ${String(maxIdNumber)}`,
    (numbers) =>
      numbers instanceof Map && [...numbers].every(([type, value]) => isIdNumberType(type) && isIdNumber(value)),
  ),
});

const checkRegistration = S.objectOf({
  username: S.obeys(nameRule, Username.is),
  password: flow(oneLine, E.chain(S.textThat('must not be blank', (password) => password !== ''))),
  patient: aPatient,
  ipUse: S.objectOf(Object.fromEntries(uses.map((use) => [use, S.aBoolean]))),
});

const dateTime = S.textThat(
  'must be an ISO 8601 date and time with an offset',
  (text) => text[10] === 'T' && instantOf(text) !== undefined,
);

const canBeJson = (settings: unknown): boolean => E.exists(isJsonObject)(E.chain(parse)(stringify(settings)));

const taskWith = (whenCompleted: S.Check): S.Check =>
  S.objectOf({
    table: S.textThat('must be 1 to 128 letters, digits and underscores', hasNameForm),
    anonymous: S.aBoolean,
    settings: S.obeys('must be an object that JSON can hold', canBeJson),
    dueFrom: dateTime,
    dueBy: dateTime,
    complete: S.aBoolean,
    whenCompleted: S.optionalOf(whenCompleted),
  });
const finished = taskWith(dateTime);
const unfinished = taskWith(S.obeys('must be none unless complete', () => false));
const isUnfinished = t.type({ complete: t.literal(false) }).is;

const checkSchedules = S.objectOf({
  patient: aPatient,
  schedules: S.arrayOf(
    S.objectOf({ name: S.aString, items: S.arrayOf((task) => (isUnfinished(task) ? unfinished : finished)(task)) }),
  ),
});

/** Writes JSON in pure ASCII, in which no reader can find a line end. */
const asciiJson = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Writes a list of one object. An empty text becomes absent, because the client would count an empty e-mail address as present. */
const patientJson = (patient: M.PatientDetails): string => {
  const texts = textNames.map((name) => `"${name}":${JSON.stringify(textOf(patient[name]) || null)}`);
  // JSON.stringify takes no bigint.
  const numbers = [...patient.idNumbers].map(([which, value]) => `"idnum${String(which)}":${String(value)}`);
  return asciiJson(`[{${[...texts, ...numbers].join(',')}}]`);
};

/**
 * Returns the answer to `register_patient`: the patient, and the account that the tablet signs in with from then on. Refuses what a
 * tablet could not be told, such as a password with a line end, a date of birth that is no date, or an ID number beyond 64 bits.
 */
export const registerPatientAnswer = (registration: M.PatientRegistration): Told => {
  const { patient, username, ipUse } = registration;
  const password = registration.password.reveal();
  return pipe(
    checkRegistration({ patient, username, ipUse, password }),
    E.map(() => ({
      patient_info: patientJson(patient),
      user: username,
      password,
      // As numbers, because the client reads `true` and `false` as unknown, and then locks the task.
      ip_use_info: JSON.stringify(Object.fromEntries(uses.map((use) => [`ip_use_${use}`, Number(ipUse[use])]))),
    })),
  );
};

/** Writes all seven members, always: the client's database rejects a task that lacks one. */
const toldTask = ({ settings, table, anonymous, dueFrom, dueBy, complete, whenCompleted }: M.ScheduledTask) => {
  const dates = { due_from: dueFrom, due_by: dueBy, when_completed: toNullable(whenCompleted) };
  return { settings, table, anonymous, complete, ...dates };
};

const notJson = (): S.Problem => ({ field: 'schedules', rule: 'must be what JSON can hold' });

/**
 * Returns the answer to `get_task_schedules`: the patient, and which tasks are due when. Refuses what a tablet could not be told, such
 * as a date without an offset, or settings that JSON cannot hold.
 */
export const taskSchedulesAnswer = (scheduled: M.PatientSchedules): Told =>
  pipe(
    checkSchedules(scheduled),
    E.map(() =>
      scheduled.schedules.map(({ name, items }) => {
        return { task_schedule_name: name, task_schedule_items: items.map(toldTask) };
      }),
    ),
    // Settings that are just shallow enough for JSON by themselves may be too deep inside a list.
    E.chain(flow(stringify, E.mapLeft(notJson))),
    E.map((json) => ({ patient_info: patientJson(scheduled.patient), task_schedules: asciiJson(json) })),
  );
