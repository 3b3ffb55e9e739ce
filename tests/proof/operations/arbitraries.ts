/** Requests, days and policies by the thousand, from a seed: mostly lawful, with faults put in so that every rule is met. */
import { randomFrom, type Random } from '../generated-requests.js';
import type { ModelFields, ModelWorld } from './command-model.js';
import type { ModelStep } from './day-model.js';
import { modelAccessKeyOfUuid, type ModelPatient } from './patient-model.js';

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
export const idNumbers = new Map<unknown, string | null>(
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
  "'\0' 'a\ud83d' '\ude00\ud83d' \ufeff1 x +5 1_0 x'00' X'' X'0' 64'QQ' 64'QQ=' 64'!' 64'=QQ=' a~b NaN Infinity 1E5 ٣ 0x1F {} - . e5 --1 1e TRUE -nan +inf ½ '";
const dates =
  "'2020-01-01T00:00:00.000+00:00' '2020-01-01T00:00:00.000+00:00' '2020-01-01T05:30:00.000+05:30' '2020-01-01T00:00:00.0009Z' '2020-01-01T01:00+01' '2020-01-01T05:30:00+0530' " +
  "'2020-01-02T00:00:00.000+00:00' '2020-01-02T00:00:00Z' '2020-01-01T23:59:59.999-00:00' '2020-01-02T00:00:00.001+00:00'";
const oddDates =
  "NULL  'yesterday' 5 '2021-02-29T00:00:00Z' '2020-01-01T24:00:00Z' '2020-01-01T00:00:00+24:00' '0000-01-01T00:00:00Z' 64'QQ=='";
const marks = "0 0 0 0 0 1 2 NULL  000 ''";
const oddKeys = "-1 -0 1.0 1e3 9007199254740992 NULL  '1' x 64'QQ==' +1";
const oddColumns = "_pk _era _Era nosuch q'1 __proto__ ID idnum1 idnum9 iddesc8 id q1 ";
const policyWords =
  'forename SURNAME sex Dob address gp otherdetails email anyidnum otheridnum idnum1 IDNUM02 idnum3 idnum2147483647';
const oddPolicyWords = '( ) and not sex idnum0 idnum 2147483648 x \u00a0 , IDNUM99999999999';
const oddIntegers = '-1 -2 -3 -4 -5 -6 -7 -8 -9 -00 ten 1_0 +1 1.0 ٣ 1; 99 00';
const oddNames: Readonly<Record<string, string>> = {
  table: "nosuch PHQ9 _pk ph'q9 __proto__ newtask patient",
  tables: "nosuch phq9,, newtask,patient phq9,PHQ9 a'b patient_idnum,patient",
  pkname: "q1 _pk nosuch q'1 ID _move_off_tablet constructor",
  nrecords: `${oddIntegers} -1 -2 -3 -9 200001 200002 300000 999999999 999999999999999999999`,
  finalizing: oddIntegers,
};
const oddPieces: Readonly<Record<string, string>> = { fields: oddColumns, pkvalues: oddKeys, datevalues: oddDates };

// JSON is made as text, so that it can hold any number

const objectOf = (entries: readonly (readonly [key: string, json: string])[]): string =>
  `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;

const oddJson = '\u00a0{} {} [] null "x" [1] {} [] null {} [] null {"a":01} [NaN] 5 ';
const texts = ['"Ann" "O\\u2019Neill" "" null', '1 true ["x"] {}'] as const;
const numbers = ['5 7 true 9223372036854775807 9434765919', '0 -1 1.5 7.0 "7" null false [1] 1e3'] as const;
const oddPatientKeys = 'idnum9 idnum+1 idnumx idnum1_0 idnum0 idnum-1 idnum IDNUM1 nhs toString x\ny';
/** How often a key of a patient comes, and its values: lawful and not. */
const patientKeys: Readonly<Record<string, readonly [share: number, lawful: string, odd: string]>> = {
  forename: [0.7, ...texts],
  surname: [0.5, ...texts],
  other: [0.3, ...texts],
  sex: [0.9, '"M" "F" "X"', '"m" "" null 1 "MF"'],
  dob: [0.7, '"1950-01-02" "2000-02-29" "" null', '"1950-1-2" "1900-02-29" "0000-01-01" "1950-01-02T00:00:00" "now" 5'],
  email: [0.7, '"a@b.org" "" null', `"a@" "@b" "a@-b.c" "a@b..c" 5 "${'x'.repeat(250)}@b.org"`],
  idnum1: [0.5, ...numbers],
  idnum2: [0.4, ...numbers],
  idnum01: [0.06, '5', '5'],
  idnum4: [0.2, '9434765919 9434765918', '0'],
  ...Object.fromEntries(oddPatientKeys.split(' ').map((key) => [key, [0.01, '5', '5']])),
  idnum9: [0.1, '5', '5'],
  finalizing: [0.95, 'true false', '1 "yes" null'],
};

const changing =
  'upload_table upload_table upload_record upload_record which_keys_to_send which_keys_to_send which_keys_to_send ' +
  'upload_empty_tables delete_where_key_not';
const others =
  'upload_entire_database upload_entire_database upload_entire_database validate_patients validate_patients validate_patients';
const rare =
  'register register_patient get_task_schedules check_device_registered get_allowed_tables get_extra_strings get_id_info ' +
  'check_upload_user_and_device start_upload start_preservation end_upload';

export const operations = [...new Set(`${changing} ${others} ${rare}`.split(' '))];
export type ModelRequest = Pick<ModelStep, 'clientVersion' | 'operation' | 'fields'>;

export interface PatientInput {
  /** Words of a policy. */
  readonly words: readonly string[];
  readonly patient: ModelPatient;
  readonly uuid: string;
  readonly number: number;
}

export class Generator {
  private readonly random: Random;
  /** How much more than usually faults are put in. */
  private faults = 1;
  /** The table that a day is mostly about. */
  private focus = '';
  constructor(seed: number) {
    this.random = randomFrom(seed);
  }
  readonly below = (limit: number): number => Math.floor(this.random() * limit);
  private readonly chance = (share: number): boolean => this.random() < share;
  private readonly isFault = (share: number): boolean => this.random() < share * this.faults;
  /** One of the words of a text, parted by single blanks. */
  private pick(words: string): string {
    const pool = words.split(' ');
    return pool[this.below(pool.length)] ?? '';
  }
  private readonly oneOf = <A>(first: A, ...more: readonly A[]): A => more[this.below(more.length + 1) - 1] ?? first;
  private readonly some = <A>(share: number, pool: readonly A[]): A[] => pool.filter(() => this.chance(share));
  private readonly list = <A>(limit: number, make: () => A): A[] => Array.from({ length: this.below(limit) }, make);

  private keys(): string[] {
    const pool = this.focus === '' ? '0 1 2 003 9007199254740990 9007199254740991' : '0 1 003';
    const keys = this.some(this.chance(0.1) ? 0 : this.focus === '' ? 0.45 : 0.85, pool.split(' '));
    return this.isFault(0.02) ? [...keys, ...keys.slice(0, 1)] : keys;
  }
  private cell(column: string, key: string): string {
    if (column === 'id') return this.isFault(0.004) ? this.pick(oddKeys) : key;
    if (column === 'when_last_modified') return this.date(0.06);
    if (column === '_move_off_tablet') return this.mark();
    if (column === 'which_idnum') return this.pick(this.isFault(0.01) ? "9 NULL 'x'" : '1 2 1 2 1 2 4');
    if (column === 'idnum_value') return this.pick(this.isFault(0.01) ? '1.5 9434765918' : '5 7 9434765919 NULL');
    if (column.startsWith('idnum')) return this.pick(this.isFault(0.01) ? "5 'x' 1234567890" : '9434765919 NULL');
    return this.pick(this.isFault(0.002) ? oddLiterals : literals).replaceAll('~', ' ');
  }
  /** In days it is mostly one instant, however it is written. */
  private readonly date = (fault: number): string => {
    const own = this.focus !== '' && this.chance(0.6) ? dates.replace(/ '2020-01-02.*/, '') : dates;
    return this.pick(this.isFault(fault) ? oddDates : own);
  };
  private readonly mark = (): string => this.pick(this.focus === '' || this.chance(0.6) ? marks : '0');
  private columns(name: string, version: string): string[] {
    const columns = this.some(0.8, tables.get(name)?.columns ?? []);
    const isMissing = (column: string): boolean => !columns.includes(column) && !this.isFault(0.02);
    const musts = (tables.get(name)?.columns ?? []).filter((column) => /^(id|wh|_)/.test(column) && isMissing(column));
    const isSplit = name === 'patient' && isOld(version);
    const old = this.some(isSplit ? 0.4 : 0, 'idnum1 idnum4 idnum8 iddesc1 idshortdesc8'.split(' '));
    return [...columns, ...musts, ...old];
  }
  /** A list as a client writes it, or with white space. */
  private readonly joined = (pieces: readonly string[]): string =>
    pieces.map((one) => (this.chance(0.9) ? one : this.oneOf(` ${one}`, `${one}\t`, `\r\n${one}\n`))).join(',');
  private json(json: string): string {
    if (!this.isFault(0.04)) return json;
    return this.oneOf(
      json.slice(0, -1),
      `${json},`,
      json.replace(/"$|",/, '\n$&'),
      this.pick(oddJson),
      this.pick(oddJson),
    );
  }
  private patientJson(): string {
    if (this.isFault(0.03)) return this.pick('{} {} {} [] null 1 "x"');
    const chosen = Object.entries(patientKeys).filter(([, [share]]) =>
      share > 0.9 ? !this.isFault(1 - share) : share < 0.05 ? this.isFault(share) : this.chance(share),
    );
    return objectOf(chosen.map(([key, [, lawful, odd]]) => [key, this.pick(this.isFault(0.03) ? odd : lawful)]));
  }
  private row(name: string, key: string): string {
    if (this.isFault(0.006)) return this.pick('[] null "x" 1');
    const columns = new Set([...this.columns(name, ''), ...this.some(0.0006 * this.faults, oddColumns.split(' '))]);
    const cell = (column: string): string =>
      this.isFault(0.001) ? this.pick('1 null true [] {}') : JSON.stringify(this.cell(column, key));
    return objectOf([...columns].map((column) => [column, cell(column)]));
  }
  private whole(version: string): Readonly<Record<string, string>> {
    const names = [...this.some(0.7, [...tables.keys()]), ...this.some(0.02 * this.faults, ['nosuch', "p'q"])];
    const data = names.map((name): [string, string] => {
      const isTaken = this.isFault(0.05) || (tables.has(name) && (name !== 'newtask' || isNew(version)));
      const rows = (isTaken ? this.keys() : []).map((key) => this.row(name, key));
      return [name, this.isFault(0.01) ? this.pick('{} null "x" 1') : `[${rows.join(',')}]`];
    });
    const keyNames = this.some(1 - 0.01 * this.faults, data).map(([name, rows]): [string, string] => {
      const isOdd = rows !== '[]' && this.isFault(0.05);
      return [name, isOdd ? this.pick('"" "" null 1 "q1" "_pk" "nosuch" "q\'1" "id\\n"') : '"id"'];
    });
    const [pknameinfo, dbdata] = [
      this.json(objectOf([...keyNames, ...this.some(0.01 * this.faults, keyNames)])),
      this.json(objectOf(data)),
    ];
    return { finalizing: this.pick('0 0 0 0 0 -1 00 2'), pknameinfo, dbdata };
  }

  private made(operation: string, version: string): Readonly<Record<string, string>> {
    const more = isNew(version) ? 'newtask' : isOld(version) ? 'patient patient patient patient patient' : 'phq9';
    const any = this.pick(`phq9 phq9 phq9 patient patient_idnum blobs ${more}`);
    const name = this.focus !== '' && this.chance(0.7) ? this.focus : any;
    const keys = this.keys();
    const all = this.columns(name, operation === 'upload_table' ? version : '');
    const columns = keys.length === 0 && this.chance(0.4) ? all.filter((column) => column !== 'id') : all;
    const row = (key = '7'): string => this.joined(columns.map((column) => this.cell(column, key)));
    const head = { table: name, pkname: 'id' };
    switch (operation) {
      case 'register':
        return { devicefriendlyname: this.oneOf('', 'Ward 3', ' ', 'a\nb', 'a\ud83d') };
      case 'register_patient':
      case 'get_task_schedules': {
        const key = modelAccessKeyOfUuid(this.digits());
        const wrong = this.oneOf(key.replace('-', ''), key.slice(6), key.replace(/.$/, 'b'), `${key}-`, 'é');
        return { patient_proquint: this.oneOf(key, key.toUpperCase(), ` ${key}\n`, wrong, wrong) };
      }
      case 'validate_patients':
        return { patient_info: this.json(`[${this.list(4, () => this.patientJson()).join(',')}]`) };
      case 'upload_entire_database':
        return this.whole(version);
      case 'upload_empty_tables':
        return { tables: this.joined([...this.some(0.3, ['phq9', 'blobs', 'patient', 'patient_idnum']), name]) };
      case 'delete_where_key_not':
        return { ...head, pkvalues: this.joined(['0', ...keys]) };
      case 'which_keys_to_send': {
        const quoted = this.joined(keys.map(() => this.date(0.02)));
        const datevalues = this.chance(0.5) ? quoted : quoted.replaceAll("'", '');
        const moved = this.chance(0.9)
          ? this.joined(keys.map(() => (this.focus === '' ? this.mark() : this.pick('0 1'))))
          : '';
        const lists = { ...head, pkvalues: this.joined(keys), datevalues };
        return this.chance(0.8) ? { ...lists, move_off_tablet_values: moved } : lists;
      }
      case 'upload_record':
        return { ...head, fields: this.joined(columns), values: row(keys[0]) };
      case 'upload_table': {
        const records = Object.fromEntries(keys.map((key, at) => [`record${String(at)}`, row(key)]));
        return { ...head, fields: this.joined(columns), nrecords: String(keys.length), ...records };
      }
      default:
        return {};
    }
  }
  private readonly digits = (): string => Array.from({ length: 32 }, () => this.below(16).toString(16)).join('');
  /** The fields of a request, `share` of them with one fault. */
  private fields(operation: string, version: string, share: number): ModelFields {
    const fields = Object.entries(this.made(operation, version));
    if (!this.chance(share) || fields.length === 0) return fields;
    const at = this.below(this.chance(0.5) ? Math.min(fields.length, 5) : fields.length);
    const [name, value] = fields[at] ?? ['', ''];
    const pieces = value.split(',');
    const place = this.below(pieces.length);
    const put = (...more: string[]): string =>
      [...pieces.slice(0, place), ...more, ...pieces.slice(place + 1)].join(',');
    const whole = oddNames[name];
    const instead = whole === undefined ? put(this.pick(oddPieces[name] ?? oddLiterals)) : this.pick(whole);
    const again = put(...pieces.slice(place, place + 1), ...pieces.slice(place, place + 1));
    const values = this.oneOf([instead], [instead], [instead], [again], [again], [put()], [''], [], [value, value]);
    return [...fields.slice(0, at), ...values.map((one): [string, string] => [name, one]), ...fields.slice(at + 1)];
  }

  request(): ModelRequest {
    const clientVersion = this.pick(`1.5 2.0.0 ${versions}`);
    const operation = this.pick(this.chance(0.1) ? rare : `${changing} upload_table ${others}`);
    this.faults = this.oneOf(1, 4);
    const isJson = others.includes(operation);
    return { clientVersion, operation, fields: this.fields(operation, clientVersion, isJson ? 0.15 : 0.4) };
  }

  /** Uploads of two users on two devices, each in a session of its own; some are cut short, some steps come twice, late or from elsewhere. */
  day(): readonly ModelStep[] {
    const dayVersion = this.pick(versions);
    const steps: ModelStep[] = [];
    this.faults = 0.2;
    this.focus = this.pick(
      isOld(dayVersion) ? 'phq9 patient' : isNew(dayVersion) ? 'patient_idnum newtask' : 'phq9 patient blobs',
    );
    for (let session = 1; session < 6; session += 1) {
      const clientVersion = this.chance(0.7) ? dayVersion : this.pick(versions);
      const [device, user] = [
        this.pick('tablet-1 tablet-1 tablet-1 tablet-1 tablet-1 tablet-2'),
        this.pick('ann ann bob'),
      ];
      const middle = [...this.some(0.1, ['start_preservation']), ...this.list(7, () => this.pick(changing))];
      const whole = ['upload_entire_database'];
      for (const operation of this.chance(0.2) ? whole : ['start_upload', ...middle, 'end_upload']) {
        const fields = this.fields(operation, clientVersion, 0.02);
        const step = { device, user, session, clientVersion, operation, fields };
        if (this.chance(0.95)) steps.push(step);
        if (this.chance(0.08)) steps.push(step);
        if (this.chance(0.04)) steps.push({ ...step, user: this.pick('eve ann'), session: session - this.below(2) });
        if (this.chance(0.04)) steps.push(steps[this.below(steps.length)] ?? step);
      }
    }
    return steps;
  }

  /** A policy, mostly valid, and a patient; a UUID; and an ID number. */
  patient(): PatientInput {
    const word = (): string => this.pick(policyWords);
    const content = (depth: number): string => {
      if (this.chance(0.2)) return `not ${content(depth)}`;
      return depth > 0 && this.chance(0.4) ? `(${chunk(depth - 1)} )` : word();
    };
    const chunk = (depth: number): string => {
      const rest = this.list(4, () => `${this.pick('AND or \tOr\n')} ${content(depth)}`);
      return [content(depth), ...rest].join(' ');
    };
    const words = chunk(4).split(' ');
    const odd = this.some(0.15, [this.pick(oddPolicyWords)]);
    const place = this.below(words.length + 1);
    const names = 'forename surname sex dob address email gp other'.split(' ');
    const details = Object.fromEntries(names.map((name) => [name, this.oneOf('', 'x', null)]));
    const listed = this.some(0.4, [1, 2, 3, 10]).map((which): [number, number] => [which, which * 7]);
    const patient = { ...details, idNumbers: listed } as unknown as ModelPatient;
    const uuid = this.digits().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    return {
      words: [...words.slice(0, place), ...odd, ...words.slice(place)],
      patient,
      uuid,
      number: 9434765000 + this.below(2000),
    };
  }
}
