/** Requests and days by the thousand, from a seed: mostly lawful, with faults put in so that every rule is met. */
import type { Random } from '../generated-requests.js';
import type { ModelFields, ModelWorld } from './command-model.js';
import type { ModelStep } from './day-model.js';
import { modelAccessKeyOfUuid } from './patient-model.js';

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const some = <A>(random: Random, share: number, pool: readonly A[]): A[] => pool.filter(() => random() < share);
/** One of the words of a text, parted by single blanks. */
const pick = (random: Random, words: string): string => {
  const pool = words.split(' ');
  return pool[below(random, pool.length)] ?? '';
};
const oneOf = <A>(random: Random, first: A, ...others: readonly A[]): A =>
  others[below(random, others.length + 1) - 1] ?? first;
const listOf = <A>(random: Random, limit: number, make: () => A): A[] =>
  Array.from({ length: below(random, limit) }, make);

const table = (minClientVersion: string, own: string) => ({
  minClientVersion,
  columns: `id ${own} when_last_modified _move_off_tablet`.split(' '),
});
export const tables: ModelWorld['tables'] = new Map(
  Object.entries({
    patient: table('2.0.0', 'forename dob'),
    patient_idnum: table('2.0.0', 'patient_id which_idnum idnum_value'),
    blobs: table('2.0.0', 'theblob'),
    phq9: table('2.0.0', 'patient_id q1 q2'),
    newtask: table('2.4.0', 'q1'),
  }),
);
/** The types of ID numbers, 1, 2 and 4, and their methods. */
export const idNumbers = new Map(
  [1, 2, 4].map((which): [number, string | null] => [which, which === 4 ? 'uk_nhs_number' : null]),
);

const versions = '2.0.0 2.0.1-rc.1 2.0.1 2.0.3 2.0.4 2.2.8 2.3.9 2.4.0-rc.1 2.4.0 2.4.24 2.4.24';
const isOld = (version: string): boolean => /^1|^2\.0\.0|^2\.0\.1-/.test(version);
const isNew = (version: string): boolean => /^2\.4\.\d+$/.test(version);

// Values; ~ stands for a blank

const literals =
  "NULL nUll  0 007 -0 -3 9007199254740992 -123456789012345678901 1e-07 1e+16 1.50 .5 -5. -0.0 1e400 -1e400 inf -inf nan '' 'a' ',' " +
  "'it''s,~ok' 'a\\nb\\\\\\c\\r' 'é☃😀' 'NULL' X'00fF' X'0~a~1b~' 64'' 64'QQ==' 64'~aGVs\nbG8=' ',''' '\n' '~'";
const oddLiterals =
  "x +5 1_0 x'00' X'' X'0' 64'QQ' 64'QQ=' 64'!' 64'=QQ=' a~b NaN Infinity 1E5 ٣ 0x1F {} - . e5 --1 1e TRUE -nan +inf ½ '";
const dates =
  "'2020-01-01T00:00:00.000+00:00' '2020-01-01T00:00:00.000+00:00' '2020-01-01T05:30:00.000+05:30' '2020-01-01T00:00:00.0009Z' " +
  "'2020-01-02T00:00:00.000+00:00' '2020-01-02T00:00:00Z' '2020-01-01T23:59:59.999-00:00' '2020-01-02T00:00:00.001+00:00'";
const oddDates =
  "NULL  'yesterday' 5 '2021-02-29T00:00:00Z' '2020-01-01T24:00:00Z' '2020-01-01T00:00:00+24:00' '0000-01-01T00:00:00Z' 64'QQ=='";
const marks = '0 0 0 0 0 1 2 NULL  000';
const oddKeys = "-1 -0 1.0 1e3 9007199254740992 NULL  '1' x 64'QQ==' +1";
const oddColumns = "_pk _era _Era nosuch q'1 __proto__ ID idnum1 idnum9 iddesc8 id q1 ";
const oddIntegers = '-1 -2 -00 ten 1_0 +1 1.0 ٣ 1; 99 00';
const oddNames: Readonly<Record<string, string>> = {
  table: "nosuch PHQ9 _pk ph'q9 __proto__ newtask patient",
  tables: "nosuch phq9,, newtask,patient phq9,PHQ9 a'b patient_idnum,patient",
  pkname: "q1 _pk nosuch q'1 ID _move_off_tablet constructor",
  nrecords: oddIntegers,
  finalizing: oddIntegers,
};

const keysOf = (random: Random): string[] => some(random, 0.4, '0 1 2 3 004 5 9007199254740991'.split(' '));
const cellOf = (random: Random, column: string, key: string): string => {
  const odd = random();
  if (column === 'id') return odd < 0.005 ? pick(random, oddKeys) : key;
  if (column === 'when_last_modified') return pick(random, odd < 0.06 ? oddDates : dates);
  if (column === '_move_off_tablet') return pick(random, marks);
  if (column === 'which_idnum') return pick(random, odd < 0.01 ? "9 NULL 'x' 4" : '1 2 1 2 1 2 4');
  if (column.startsWith('idnum')) return pick(random, odd < 0.01 ? "5 'x' 1234567890" : '9434765919 NULL');
  return pick(random, odd < 0.002 ? oddLiterals : literals).replaceAll('~', ' ');
};
const columnsOf = (random: Random, name: string, version: string): string[] => {
  const columns = (tables.get(name)?.columns ?? []).filter(
    (column) => random() < (/^(id|w|_)/.test(column) ? 0.995 : 0.7),
  );
  if (name === 'patient' && isOld(version))
    columns.push(...some(random, 0.4, 'idnum1 idnum4 idnum8 iddesc1 idshortdesc8'.split(' ')));
  const turn = below(random, columns.length);
  return [...columns.slice(turn), ...columns.slice(0, turn)];
};
/** A list as a client writes it, or with white space. */
const joined = (random: Random, pieces: readonly string[]): string =>
  pieces
    .map((piece) => (random() < 0.9 ? piece : oneOf(random, ` ${piece}`, `${piece}\t`, `\r\n${piece}\n`)))
    .join(',');

// JSON is made as text, so that it can hold any number

const objectOf = (entries: readonly (readonly [key: string, json: string])[]): string =>
  `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
const jsonOf = (random: Random, json: string): string => {
  if (random() < 0.97) return json;
  return oneOf(
    random,
    json.slice(0, -1),
    `${json},`,
    `\u00a0${json}`,
    pick(random, '{} [] null "x" [1] {"a":01} [NaN] 5 '),
  );
};

const texts = ['"Ann" "O\\u2019Neill" "" null', '1 true ["x"] {}'] as const;
const numbers = [
  '5 7 true 9223372036854775807 9434765919 123456789012345678901',
  '0 -1 1.5 7.0 "7" null false [1] 1e3',
] as const;
const fives = ['5', '5'] as const;
/** How often a key of a patient comes, and its values: lawful and not. */
const patientKeys: Readonly<Record<string, readonly [share: number, lawful: string, odd: string]>> = {
  forename: [0.7, ...texts],
  surname: [0.5, ...texts],
  other: [0.3, ...texts],
  sex: [0.9, '"M" "F" "X"', '"m" "" null 1 "MF"'],
  dob: [0.7, '"1950-01-02" "2000-02-29" "" null', '"1950-1-2" "1900-02-29" "0000-01-01" "1950-01-02T00:00:00" "now" 5'],
  email: [0.5, '"a@b.org" "" null', `"a@" "@b" "a@-b.c" "a@b..c" 5 "${'x'.repeat(250)}@b.org"`],
  idnum1: [0.5, ...numbers],
  idnum2: [0.4, ...numbers],
  idnum4: [0.1, '9434765919 9434765918', '0'],
  ...Object.fromEntries(
    'idnum01 idnum9 idnum+1 idnumx idnum1_0 idnum0 idnum IDNUM1 nhs toString x\ny'
      .split(' ')
      .map((key) => [key, [0.006, ...fives]]),
  ),
  finalizing: [0.98, 'true false', '1 "yes" null'],
};
const patientOf = (random: Random): string => {
  if (random() < 0.02) return pick(random, '{} [] null 1 "x" {}');
  const chosen = Object.entries(patientKeys).filter(([, [share]]) => random() < share);
  return objectOf(chosen.map(([key, [, lawful, odd]]) => [key, pick(random, random() < 0.99 ? lawful : odd)]));
};

const wholeOf = (random: Random, version: string): Record<string, string> => {
  const names = [...some(random, 0.7, [...tables.keys()]), ...some(random, 0.02, ['nosuch', "p'q"])];
  const keyNames: [string, string][] = [];
  const data = names.map((name): [string, string] => {
    const isTaken = random() < 0.05 || (tables.has(name) && (name !== 'newtask' || isNew(version)));
    const rows = (isTaken ? keysOf(random) : []).map((key) => {
      if (random() < 0.004) return pick(random, '[] null "x" 1');
      const columns = [...columnsOf(random, name, ''), ...some(random, 0.0004, oddColumns.split(' '))];
      const cell = (column: string): string =>
        random() < 0.999 ? JSON.stringify(cellOf(random, column, key)) : pick(random, '1 null true [] {}');
      return objectOf([...new Set(columns)].map((column) => [column, cell(column)]));
    });
    const isOdd = rows.length > 0 && random() < 0.03;
    if (random() < 0.99)
      keyNames.push([name, isOdd ? pick(random, '"" "" null 1 "q1" "_pk" "nosuch" "q\'1" "id\\n"') : '"id"']);
    return [name, random() < 0.99 ? `[${rows.join(',')}]` : pick(random, '{} null "x" 1')];
  });
  const [dbdata, pknameinfo] = [jsonOf(random, objectOf(data)), jsonOf(random, objectOf(keyNames))];
  return { finalizing: pick(random, '0 0 1 -1 00 2'), pknameinfo, dbdata };
};

// Requests

const fieldsOf = (random: Random, operation: string, version: string): ModelFields => {
  const name = pick(random, `patient patient_idnum blobs phq9 ${isNew(version) ? 'newtask' : 'phq9'}`);
  const columns = columnsOf(random, name, operation === 'upload_table' ? version : '');
  const fields = joined(random, columns);
  const keys = keysOf(random);
  const rowOf = (key: string): string =>
    joined(
      random,
      columns.map((column) => cellOf(random, column, key)),
    );
  const uuid = Array.from({ length: 32 }, () => below(random, 16).toString(16)).join('');
  const key = modelAccessKeyOfUuid(uuid);
  const quoted = keys.map(() => pick(random, random() < 0.02 ? oddDates : dates));
  const lists = {
    pkvalues: joined(random, keys),
    datevalues: joined(random, random() < 0.5 ? quoted : quoted.map((date) => date.replaceAll("'", ''))),
  };
  const moved =
    random() < 0.9
      ? joined(
          random,
          keys.map(() => pick(random, marks)),
        )
      : '';
  const head = { table: name, ...(random() < 0.9 || operation !== 'upload_table' ? { pkname: 'id' } : {}) };
  const proquint = oneOf(
    random,
    key,
    key.toUpperCase(),
    ` ${key}\n`,
    key.replace('-', ''),
    key.slice(6),
    key.replace(/.$/, 'b'),
    `${key}-`,
    'é',
  );
  const made: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
    register: () => ({ devicefriendlyname: oneOf(random, '', 'Ward 3', ' ', 'a\nb') }),
    register_patient: () => ({ patient_proquint: proquint }),
    get_task_schedules: () => ({ patient_proquint: proquint }),
    validate_patients: () => ({
      patient_info: jsonOf(random, `[${listOf(random, 4, () => patientOf(random)).join(',')}]`),
    }),
    upload_entire_database: () => wholeOf(random, version),
    upload_empty_tables: () => ({
      tables: joined(random, some(random, 0.3, ['phq9', 'blobs', 'patient', 'patient_idnum']).concat(name)),
    }),
    delete_where_key_not: () => ({ ...head, pkvalues: joined(random, ['0', ...keys]) }),
    which_keys_to_send: () => ({ ...head, ...lists, ...(random() < 0.8 ? { move_off_tablet_values: moved } : {}) }),
    upload_record: () => ({ ...head, fields, values: rowOf(keys[0] ?? '7') }),
    upload_table: () => ({
      ...head,
      fields,
      nrecords: String(keys.length),
      ...Object.fromEntries(keys.map((one, at) => [`record${String(at)}`, rowOf(one)])),
    }),
  };
  return Object.entries(made[operation]?.() ?? {});
};

/** One fault in one field. */
const spoilt = (random: Random, fields: ModelFields): ModelFields => {
  const at = below(random, fields.length);
  const [name, value] = fields[at] ?? ['x', ''];
  const odd = pick(
    random,
    oddNames[name] ?? (name === 'fields' ? oddColumns : name === 'pkvalues' ? oddKeys : oddLiterals),
  );
  const pieces = value.split(',');
  const place = below(random, pieces.length);
  const put = (...others: string[]): string =>
    [...pieces.slice(0, place), ...others, ...pieces.slice(place + 1)].join(',');
  const instead = name in oddNames ? odd : put(odd);
  const again = put(pieces[place] ?? '', pieces[place] ?? '');
  const values = oneOf(random, [instead], [instead], [instead], [again], [put()], [''], [], [value, value]);
  return [...fields.slice(0, at), ...values.map((one): [string, string] => [name, one]), ...fields.slice(at + 1)];
};

const changing =
  'upload_table upload_table upload_record which_keys_to_send which_keys_to_send upload_empty_tables delete_where_key_not';
const rare =
  'register register_patient get_task_schedules check_device_registered get_allowed_tables get_extra_strings get_id_info check_upload_user_and_device start_upload start_preservation end_upload';
export interface ModelRequest {
  readonly version: string;
  readonly operation: string;
  readonly fields: ModelFields;
}
export const requestOf = (random: Random): ModelRequest => {
  const version = pick(random, `1.5 ${versions}`);
  const operation = pick(
    random,
    random() < 0.1
      ? rare
      : `${changing} upload_entire_database upload_entire_database validate_patients validate_patients`,
  );
  const fields = fieldsOf(random, operation, version);
  return { version, operation, fields: random() < 0.65 || fields.length === 0 ? fields : spoilt(random, fields) };
};

/** Uploads of two users on two devices, each in a session of its own; some are cut short, some steps come twice, late or from elsewhere. */
export const dayOf = (random: Random): readonly ModelStep[] => {
  const clientVersion = pick(random, versions);
  const steps: ModelStep[] = [];
  for (let session = 1; session < 7; session += 1) {
    const who = {
      device: pick(random, 'tablet-1 tablet-1 tablet-2'),
      user: pick(random, 'ann ann bob'),
      session,
      clientVersion,
    };
    const step = (operation: string): ModelStep => {
      const fields = fieldsOf(random, operation, clientVersion);
      return { ...who, operation, fields: random() < 0.98 || fields.length === 0 ? fields : spoilt(random, fields) };
    };
    const start = ['start_upload', ...some(random, 0.25, ['start_preservation'])];
    const stepwise = [...start, ...listOf(random, 6, () => pick(random, changing)), 'end_upload'];
    for (const one of (random() < 0.3 ? ['upload_entire_database'] : stepwise).map(step)) {
      if (random() < 0.95) steps.push(one);
      if (random() < 0.08) steps.push(one);
      if (random() < 0.04) steps.push({ ...one, user: pick(random, 'eve ann'), session: session - below(random, 2) });
      if (random() < 0.04) steps.push(steps[below(random, steps.length)] ?? one);
    }
  }
  return steps;
};
