/** Answers: what a server tells its tablets of itself, and in single-user mode a patient's own tablet of the patient; what tablets can be told. */
import * as E from 'fp-ts/lib/Either.js';
import { flow, pipe } from 'fp-ts/lib/function.js';
import { parse, stringify } from 'fp-ts/lib/Json.js';
import { toNullable } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ClientVersion, semVerOf } from '../../client-version.js';
import * as S from '../../internal/shape.js';
import { nameRule, Username } from '../../names.js';
import { hasNameForm } from '../../refusals/uploads.js';
import { isReadableVersion, type UploadTables } from '../tables.js';
import { instantOf, isDate, isJsonObject } from '../wire/values.js';
import { parseIdPolicy, showIdPolicy, type IdPolicyError } from './id-policy.js';
import type * as M from './model.js';
import { isIdNumberType, textNames, textOf } from './patient-details.js';

// What a tablet can be told

/**
 * The version of CamCOPS's server whose operations this package does. Tablets store the version and compare it at each upload, so a
 * new version makes each tablet fetch server information again.
 */
export const serverCamcopsVersion = '2.4.24';

const broken = (field: string, rule: string): E.Either<S.Problem, never> => E.left({ field, rule });

/** A value for which `isKept` is true. `rule` begins with "must". */
export const obeys =
  (rule: string, isKept: (value: unknown) => boolean): S.Check =>
  (value) =>
    isKept(value) ? E.right(value) : broken('', rule);

/** A text for which `isKept` is true. */
export const textThat = (rule: string, isKept: (text: string) => boolean): S.Check =>
  obeys(rule, (value) => typeof value === 'string' && isKept(value));

/**
 * Checks that a tablet reads a text back exactly from a line `key:value`. The tablet drops white space after the colon, and ends the value
 * at a line end. Half of a surrogate pair has no UTF-8.
 */
export const oneLine: S.Check = textThat(
  'must be on one line, without leading white space',
  (value) => !/^\s|[\n-\r\u0085\u2028\u2029\p{Surrogate}]/u.test(value),
);

// Making server information

const checkForm = S.objectOf({
  databaseTitle: oneLine,
  idNumbers: S.arrayOf(
    S.objectOf({
      which: obeys('must be a whole number from 1 to 2147483647', isIdNumberType),
      description: oneLine,
      shortDescription: oneLine,
      validation: S.optionalOf(S.shape("'uk_nhs_number'", (method) => method === 'uk_nhs_number')),
    }),
  ),
  camcopsVersion: S.maybe(
    obeys(
      `must be a version x.y.z, y and z below 100, ${serverCamcopsVersion} or later`,
      (version) =>
        ClientVersion.is(version) && isReadableVersion(version) && semVerOf(version).compare(serverCamcopsVersion) >= 0,
    ),
  ),
});

const checkTypes = (types: readonly M.IdNumberType[]): E.Either<S.Problem, unknown> => {
  const again = types.findIndex(({ which }, index) => types.findIndex((type) => type.which === which) < index);
  return again < 0 ? E.right(types) : broken(`idNumbers[${String(again)}].which`, 'must be unique');
};

const readPolicy = (field: string, policy: string): E.Either<S.Problem, M.IdPolicy> =>
  E.mapLeft(({ reason, position }: IdPolicyError) => {
    return { field, rule: `must be an ID policy: ${reason.replace('-', ' ')} at position ${String(position)}` };
  })(parseIdPolicy(policy));

/**
 * Makes server information. Refuses what a tablet could not cope with: a policy that does not parse; a title or description with a line
 * end or leading white space; a type of ID number that is not 1 to 2147483647, or occurs twice; a version that tablets cannot
 * read, or below {@link serverCamcopsVersion}.
 *
 * @example
 * import { serverInfo } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const config = { databaseTitle: 'Clinic', uploadPolicy: 'sex AND dob', finalizePolicy: 'sex AND dob', idNumbers: [] };
 * pipe(serverInfo(config), E.map((info) => info.camcopsVersion)); // right('2.4.24')
 * serverInfo({ ...config, finalizePolicy: 'sex AND' });
 * // left({ field: 'finalizePolicy', rule: 'must be an ID policy: syntax at position 7' })
 */
export const serverInfo = (config: M.ServerInfoConfig): E.Either<S.Problem, M.ServerInfo> =>
  pipe(
    E.Do,
    E.bind('uploadPolicy', () => readPolicy('uploadPolicy', config.uploadPolicy)),
    E.bind('finalizePolicy', () => readPolicy('finalizePolicy', config.finalizePolicy)),
    E.chainFirst(() => checkForm(config)),
    E.chainFirst(() => checkTypes(config.idNumbers)),
    E.map((policies) => {
      const { databaseTitle, camcopsVersion = serverCamcopsVersion } = config;
      const types = [...config.idNumbers].sort((a, b) => a.which - b.which);
      const idNumbers = new Map(types.map((type) => [type.which, type]));
      const content: M.ServerInfoContent = { databaseTitle, ...policies, idNumbers, camcopsVersion };
      // The only maker of a ServerInfo.
      return content as M.ServerInfo;
    }),
  );

// Answers

/** The fields of an answer, or why no tablet can be told. */
export type Told = E.Either<S.Problem, Readonly<Record<string, string>>>;

/** Returns the answer to `register` and `get_id_info`: every line that a tablet compares, blank lines too. `serverInfo` has checked them. */
export const serverInfoAnswer = (info: M.ServerInfo): Readonly<Record<string, string>> => ({
  databaseTitle: info.databaseTitle,
  idPolicyUpload: showIdPolicy(info.uploadPolicy),
  idPolicyFinalize: showIdPolicy(info.finalizePolicy),
  serverCamcopsVersion: info.camcopsVersion,
  ...Object.fromEntries(
    [...info.idNumbers].flatMap(([which, { description, shortDescription, validation }]) => [
      [`idDescription${String(which)}`, description],
      [`idShortDescription${String(which)}`, shortDescription],
      [`idValidationMethod${String(which)}`, textOf(validation)],
    ]),
  ),
});

/** Escapes a text as the client unescapes it. Unescaped, a backslash would be dropped, and a line end would end the reply's line. */
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll("'", "''")}'`;

/** Writes the fields `nfields`, `fields`, `nrecords`, `record0`... */
const rowsAnswer = <C extends string>(columns: readonly C[], rows: readonly Readonly<Record<C, string>>[]): Told =>
  E.right({
    nfields: String(columns.length),
    fields: columns.join(','),
    nrecords: String(rows.length),
    ...Object.fromEntries(
      rows.map((row, index) => [`record${String(index)}`, columns.map((column) => quoted(row[column])).join(',')]),
    ),
  });

/**
 * Returns the answer to `get_allowed_tables`: all tables, whatever the client's version, and the oldest client that may use each. A
 * prerelease is written as its release, because the client cannot read a prerelease.
 */
export const allowedTablesAnswer = (tables: UploadTables): Told => {
  const rows = [...tables].map(([tablename, { minClientVersion }]) => {
    return { tablename, min_client_version: minClientVersion.replace(/[-+].*/, '') };
  });
  const unreadable = rows.find(({ min_client_version }) => !isReadableVersion(min_client_version));
  if (unreadable === undefined) return rowsAnswer(['tablename', 'min_client_version'], rows);
  return broken(`tables.${unreadable.tablename}.minClientVersion`, 'must have a second and third number below 100');
};

/**
 * Returns the answer to `get_extra_strings`. Refuses a string with a blank task or name, because it would make a tablet store none of
 * the strings.
 */
export const extraStringsAnswer = (strings: readonly M.ExtraString[]): Told => {
  const blank = strings.findIndex(({ task, name }) => task.trim() === '' || name.trim() === '');
  if (blank < 0) return rowsAnswer(['task', 'name', 'language', 'value'], strings);
  return broken(`extraStrings[${String(blank)}]`, 'must have a task and a name');
};

// Single-user mode

/** For which purposes a tablet is used. */
const uses = ['commercial', 'clinical', 'educational', 'research'] as const;

/** The client holds ID numbers in 64 bits with a sign. */
const maxIdNumber = 2n ** 63n - 1n;

const isIdNumber = (value: unknown): boolean =>
  typeof value === 'bigint' ? value >= 0n && value <= maxIdNumber : Number.isSafeInteger(value) && Number(value) >= 0;

/** The client would read a date of another form as absent, and a fractional or too large ID number as a different number. */
const aPatient = S.objectOf({
  ...Object.fromEntries(textNames.map((name) => [name, S.optionalOf(S.aString)])),
  sex: S.optionalOf(textThat('must be M, F or X, or absent', (sex) => ['', 'M', 'F', 'X'].includes(sex))),
  dob: S.optionalOf(textThat('must be a date YYYY-MM-DD, or absent', (dob) => dob === '' || isDate(dob))),
  idNumbers: obeys(
    `must have types from 1 to 2147483647, and whole numbers from 0 to ${String(maxIdNumber)}`,
    (numbers) =>
      numbers instanceof Map && [...numbers].every(([type, value]) => isIdNumberType(type) && isIdNumber(value)),
  ),
});

const checkRegistration = S.objectOf({
  username: obeys(nameRule, Username.is),
  password: flow(oneLine, E.chain(textThat('must not be blank', (password) => password !== ''))),
  patient: aPatient,
  ipUse: S.objectOf(Object.fromEntries(uses.map((use) => [use, S.aBoolean]))),
});

const dateTime = textThat(
  'must be an ISO 8601 date and time with an offset',
  (text) => text[10] === 'T' && instantOf(text) !== undefined,
);

const canBeJson = (settings: unknown): boolean => E.exists(isJsonObject)(E.chain(parse)(stringify(settings)));

const taskWith = (whenCompleted: S.Check): S.Check =>
  S.objectOf({
    table: textThat('must be 1 to 128 letters, digits and underscores', hasNameForm),
    anonymous: S.aBoolean,
    settings: obeys('must be an object that JSON can hold', canBeJson),
    dueFrom: dateTime,
    dueBy: dateTime,
    complete: S.aBoolean,
    whenCompleted: S.optionalOf(whenCompleted),
  });
const finished = taskWith(dateTime);
const unfinished = taskWith(obeys('must be none unless complete', () => false));
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
