/** What each operation's fields say, written once more from the rules; nothing is shared with `src`. */
import { modelIdNumberFault, modelUuidOfAccessKey, type ModelMethods, type ModelReadPatient } from './patient-model.js';

/** A value in plain form: a number that JSON cannot hold is `{ float }` or `{ bigint }`, bytes are `{ blob }`. */
export type Plain = null | string | number | Readonly<Record<'float' | 'bigint' | 'blob', string | undefined>>;

export interface ModelAsked {
  readonly key: number;
  readonly whenLastModified: string | null;
  readonly moveOffTablet: boolean | null;
}
export type ModelRecord = ModelAsked & { readonly values: Readonly<Record<string, Plain>> };
export interface ModelChange {
  readonly table: string;
  readonly records: readonly ModelRecord[];
  readonly keep: 'sent' | 'all' | readonly number[];
}
/** In the form of the recorded lines: what an operation does not say is left out. */
export interface ModelCommand {
  readonly friendlyName?: string | null;
  readonly accessKey?: string;
  readonly uuid?: string;
  readonly patients?: readonly ModelReadPatient[];
  readonly finalizing?: boolean;
  readonly changes?: readonly ModelChange[];
  readonly table?: string;
  readonly asked?: readonly ModelAsked[];
}
export interface ModelWorld {
  readonly tables: ReadonlyMap<string, { readonly minClientVersion: string; readonly columns: readonly string[] }>;
  /** The method of each type. If it is there, ID numbers are checked by it. */
  readonly idNumbers?: ModelMethods;
}
export type ModelFields = readonly (readonly [name: string, value: string])[];
/** `refused` is the exact words, or `null` for any words; `why` is the refusal's code and, after a colon, which of its rules. */
export type ModelReading =
  { readonly command: ModelCommand } | { readonly refused: string | null; readonly why: string };

class Refused extends Error {
  readonly words: string | null;
  constructor(why: string, words: string | null) {
    super(why);
    this.words = words;
  }
}
const refuse = (why: string, words: string | null = null): never => {
  throw new Refused(why, words);
};
/** Words that quote a name are only told if it is a plain one. */
const refuseName = (why: string, name: string, words: string): never =>
  refuse(why, /^[A-Za-z0-9_]{1,128}$/.test(name) ? words : null);

const checkCounts = (what: string, a: readonly string[], other: string, b: readonly string[]): void => {
  const words = `Number of ${what} (${String(a.length)}) doesn't match number of ${other} (${String(b.length)})`;
  if (a.length !== b.length) refuse(`count-mismatch: ${other.replace(/\d+/, 'N')}`, words);
};

// Client versions are compared with releases only

const canonical = (version: string): string => {
  const [, major, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(version) ?? [];
  return major === undefined ? version : [major, fraction.padEnd(2, '0'), 0].map(Number).join('.');
};
export const modelIsBelow = (version: string, release: string): boolean => {
  const [a = [], b = []] = [canonical(version), release].map((text) =>
    (text.split(/[-+]/)[0] ?? '').split('.').map(Number),
  );
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? /^[\d.]+-/.test(version) : (a[at] ?? 0) < (b[at] ?? 0);
};

// Fields

/** A blank field counts as absent. */
const optional = (fields: ModelFields, name: string): string | null => {
  const values = fields.filter(([other]) => other === name).map(([, value]) => value);
  if (values.length > 1) refuse('duplicate-field', `The field ${name} was sent more than once`);
  return values[0] === '' ? null : (values[0] ?? null);
};
const needed = (fields: ModelFields, name: string): string =>
  optional(fields, name) ?? refuse('missing-field', `Must provide the variable: ${name}`);
/** White space as Python has it: U+FEFF is none. */
const blanks = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const trim = (text: string): string => text.replace(new RegExp(`^${blanks}+|${blanks}+$`, 'g'), '');
const namesIn = (list: string): readonly string[] => list.split(',').map(trim);
/** No NUL, and no half of a surrogate pair. */
const wellFormed = (text: string, why = 'invalid-value: ill-formed'): string =>
  text.includes('\0') || Buffer.from(text).toString() !== text ? refuse(why) : text;
const most = 200_000;
const checkMost = (count: number): void => {
  if (count > most) refuse('too-many');
};

const integer = (fields: ModelFields, name: string): bigint => {
  const text = needed(fields, name);
  if (/^-?[0-9]+$/.test(text)) return BigInt(text);
  return refuseName('invalid-number', text, `Variable ${name} is not a valid integer; was '${text}'`);
};

/** JSON whose numbers are `{ n: digits }` and whose keys are told apart by their place: so JSON.parse loses nothing. */
const json = (fields: ModelFields, name: string): unknown => {
  const text = needed(fields, name);
  try {
    JSON.parse(text);
  } catch {
    refuse('bad-json', `Bad JSON for key '${name}'`);
  }
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?[0-9][0-9.eE+-]*/g;
  return JSON.parse(
    text.replace(token, (all: string, string: string | undefined, colon: string | undefined, place: number) => {
      if (string === undefined) return `{"n":"${all}"}`;
      return colon === undefined ? string : `"k${String(place)} ${string.slice(1)}${colon}`;
    }),
  );
};
type Entries = readonly (readonly [key: string, value: unknown])[];
const objectEntries = (value: unknown): Entries | null =>
  typeof value !== 'object' || value === null || Array.isArray(value) || 'n' in value
    ? null
    : // Of a member that was sent twice, the last counts.
      [...new Map(Object.entries(value).map(([key, member]) => [key.slice(key.indexOf(' ') + 1), member as unknown]))];
const checkOnce = (why: string, names: readonly string[]): void => {
  if (new Set(names).size < names.length) refuse(why);
};

// Values

const plain = (form: 'float' | 'bigint' | 'blob', text: string): Plain => ({ [form]: text }) as Plain;
const wholeNumber = (text: string): Plain =>
  Number.isSafeInteger(Number(text)) ? Number(text) + 0 : plain('bigint', String(BigInt(text)));
const hexValue = (text: string): Plain =>
  text.length % 2 === 0 && text !== ''
    ? plain('blob', Buffer.from(text, 'hex').toString('base64'))
    : refuse('invalid-value: literal');
const base64Value = (text: string): Plain => {
  const isStrict = text.length % 4 === 0 && Buffer.from(text, 'base64').toString('base64') === text;
  return isStrict ? plain('blob', text) : refuse('invalid-value: literal');
};
const textValue = (text: string): string =>
  wellFormed(
    text.replaceAll("''", "'").replace(/\\([^]?)/g, (_, letter: string) => ({ n: '\n', r: '\r' })[letter] ?? letter),
  );
const floatValue = (text: string): Plain =>
  Number.isFinite(Number(text)) ? Number(text) : plain('float', text.replace(/[0-9].*|\..*/, 'inf'));

const literals: readonly (readonly [form: RegExp, value: (inner: string) => Plain])[] = [
  [/^((?:NULL)?)$/i, () => null],
  [new RegExp(`^X'((?:[0-9A-Fa-f]|${blanks})+)'$`), (text) => hexValue(text.replace(new RegExp(blanks, 'g'), ''))],
  [
    new RegExp(`^64'((?:[A-Za-z0-9+/=]|${blanks})*)'$`),
    (text) => base64Value(text.replace(new RegExp(blanks, 'g'), '')),
  ],
  [/^'((?:[^']|'')*)'$/, textValue],
  [/^(-?[0-9]+)$/, wholeNumber],
  [/^(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)$/, floatValue],
  [/^(nan|-?inf)$/, (text) => plain('float', text)],
];
const valueOf = (piece: string): Plain => {
  for (const [form, value] of literals) {
    const inner = form.exec(piece)?.[1];
    if (inner !== undefined) return value(inner);
  }
  return refuse('invalid-value: literal');
};
const piecesOf = (list: string): readonly string[] =>
  (`,${list}`.match(/,(?:'[^']*(?:'|$)|[^,'])*/g) ?? []).map((piece) => trim(piece.slice(1)));

const keyOf = (piece: string): number =>
  /^[0-9]+$/.test(piece) && Number.isSafeInteger(Number(piece)) ? Number(piece) : refuse('invalid-value: key');
const isTrue = (value: Plain | undefined): boolean => (value ?? 0) !== 0 && value !== '';

/** A real day of the years 0001 to 9999. */
const isDay = (text: string): boolean => {
  const date = new Date(`${text}T00:00:00Z`);
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !text.startsWith('0000') && isReal;
};
/** Milliseconds, or `null` if a text is no instant. */
export const modelInstant = (text: string | null): number | null => {
  const form =
    /^(\d{4}-\d\d-\d\d)[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(?:Z|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)$/;
  const [, day = '', time = '', seconds = '00', fraction = '', hours = '+00', minutes = '00'] =
    form.exec(text ?? '') ?? [];
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  return isDay(day) ? Date.parse(`${day}T${time}:${seconds}.${milliseconds}${hours}:${minutes}`) : null;
};

// Tables, columns, records

const reserved = (
  '_pk _device_id _era _current _when_added_exact _when_added_batch_utc _adding_user_id _when_removed_exact _when_removed_batch_utc ' +
  '_removing_user_id _preserving_user_id _forcibly_preserved _predecessor_pk _successor_pk _manually_erased _manually_erased_at ' +
  '_manually_erasing_user_id _camcops_version _addition_pending _removal_pending _group_id'
).split(' ');
const oldColumn = /^(?:idnum|iddesc|idshortdesc)[1-8]$/;

/** What a request is read by. */
interface Context {
  readonly world: ModelWorld;
  readonly version: string;
  readonly fields: ModelFields;
}
const isOldPatient = ({ version }: Context, table: string): boolean =>
  table === 'patient' && modelIsBelow(version, '2.0.1');

const checkTable = ({ world, version }: Context, table: string): void => {
  const { minClientVersion: minimum } =
    world.tables.get(table) ?? refuseName('invalid-table', table, `Invalid client table name: ${table}`);
  const words = `Client CamCOPS version ${canonical(version)} is less than the version (${minimum}) required to handle table ${table}`;
  if (modelIsBelow(version, minimum)) refuse('client-too-old-for-table', words);
};
const checkColumn = ({ world }: Context, table: string, column: string, isOldAllowed = false): void => {
  if (reserved.includes(column)) refuse('reserved-column', `Reserved field name for table '${table}': '${column}'`);
  if (world.tables.get(table)?.columns.includes(column) === true || (isOldAllowed && oldColumn.test(column))) return;
  refuseName('invalid-column', column, `Invalid field name for table '${table}': '${column}'`);
};
const tableOf = (context: Context): string => {
  const table = needed(context.fields, 'table');
  checkTable(context, table);
  return table;
};
const columnsOf = (context: Context, table: string, isOldAllowed: boolean): readonly string[] => {
  const columns = namesIn(needed(context.fields, 'fields'));
  for (const column of columns) checkColumn(context, table, column, isOldAllowed);
  checkOnce('duplicate-column', columns);
  return columns;
};
const checkKeyName = (context: Context, table: string, name: string): void => {
  checkColumn(context, table, name);
  if (name !== 'id') refuse('wrong-primary-key');
};
const tableAndKey = (context: Context): string => {
  const table = tableOf(context);
  checkKeyName(context, table, needed(context.fields, 'pkname'));
  return table;
};

const recordOf = (cells: readonly (readonly [column: string, piece: string])[]): ModelRecord => {
  const values = Object.fromEntries(cells.map(([column, piece]) => [column, valueOf(piece)]));
  for (const column of ['id', 'when_last_modified', '_move_off_tablet']) {
    if (!(column in values)) refuse('missing-column', `Field '${column}' missing in client input`);
  }
  const { when_last_modified: date, _move_off_tablet: mark } = values;
  return {
    key: keyOf(cells.find(([column]) => column === 'id')?.[1] ?? ''),
    whenLastModified: typeof date === 'string' && modelInstant(date) !== null ? date : null,
    moveOffTablet: isTrue(mark),
    values,
  };
};
const addRecord = (records: ModelRecord[], record: ModelRecord): void => {
  if (records.some(({ key }) => key === record.key)) refuse('invalid-value: key twice');
  records.push(record);
};
const replacing = (table: string, records: readonly ModelRecord[]): ModelChange => ({ table, records, keep: 'sent' });

/** A patient of an old client without its old columns, and the ID numbers in them. */
const separated = ({ values, ...record }: ModelRecord): { patient: ModelRecord; idNumbers: readonly ModelRecord[] } => {
  const { when_last_modified = null, _move_off_tablet = null } = values;
  const idNumbers = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((which_idnum): readonly ModelRecord[] => {
    const idnum_value = values[`idnum${String(which_idnum)}`] ?? null;
    const id = record.key * 8 + which_idnum;
    if (idnum_value !== null && !Number.isSafeInteger(id)) refuse('invalid-value: id of an old patient');
    const row = { id, patient_id: record.key, which_idnum, idnum_value, when_last_modified, _move_off_tablet };
    return idnum_value === null ? [] : [{ ...record, key: id, values: row }];
  });
  const own = Object.fromEntries(Object.entries(values).filter(([column]) => !oldColumn.test(column)));
  return { patient: { ...record, values: own }, idNumbers };
};

// Operations

const uploadTable = (context: Context): readonly ModelChange[] => {
  const { fields, version } = context;
  const table = tableOf(context);
  const isOld = isOldPatient(context, table);
  const columns = columnsOf(context, table, isOld);
  const count = integer(fields, 'nrecords');
  if (count < 0n) refuse('negative-number', `nrecords=${String(count)}: can't be less than 0`);
  checkMost(Number(count));
  if (!modelIsBelow(version, '2.0.4')) checkKeyName(context, table, needed(fields, 'pkname'));
  if (count === 0n && !columns.includes('id')) refuse('missing-column: no records');
  const records: ModelRecord[] = [];
  for (let at = 0; at < count; at += 1) {
    const pieces = piecesOf(needed(fields, `record${String(at)}`));
    checkCounts('fields in field list', columns, `values in record ${String(at)}`, pieces);
    addRecord(records, recordOf(pieces.map((piece, place) => [columns[place] ?? '', piece])));
  }
  if (!isOld) return [replacing(table, records)];
  const both = records.map(separated);
  const idNumbers = both.flatMap((one) => one.idNumbers);
  const patients = both.map(({ patient }) => patient);
  return [replacing(table, patients), replacing('patient_idnum', idNumbers)];
};

const uploadRecord = (context: Context): readonly ModelChange[] => {
  const table = tableAndKey(context);
  const columns = columnsOf(context, table, false);
  const pieces = piecesOf(needed(context.fields, 'values'));
  checkCounts('fields', columns, 'values', pieces);
  return [{ table, records: [recordOf(pieces.map((piece, place) => [columns[place] ?? '', piece]))], keep: 'all' }];
};

const emptyTables = (context: Context): readonly ModelChange[] => {
  const tables = namesIn(needed(context.fields, 'tables'));
  for (const table of tables) checkTable(context, table);
  const isMore = tables.some((table) => isOldPatient(context, table)) && !tables.includes('patient_idnum');
  return [...new Set(tables), ...(isMore ? ['patient_idnum'] : [])].map((table) => replacing(table, []));
};

const otherRecords = (context: Context): readonly ModelChange[] => {
  const table = tableAndKey(context);
  return [{ table, records: [], keep: piecesOf(needed(context.fields, 'pkvalues')).map(keyOf) }];
};

const whichKeys = (context: Context): ModelCommand => {
  const table = tableAndKey(context);
  const listOf = (name: string): readonly string[] => {
    const list = optional(context.fields, name);
    return list === null ? [] : piecesOf(list);
  };
  const keys = listOf('pkvalues');
  const sentDates = listOf('datevalues');
  const dates = sentDates.length === 0 && keys.length === 1 ? [''] : sentDates;
  checkCounts('PK values', keys, 'dates', dates);
  const marks = listOf('move_off_tablet_values');
  const hasMarks = context.fields.some(([name]) => name === 'move_off_tablet_values');
  if (marks.length > 0) checkCounts('move-off-tablet values', marks, 'PKs', keys);
  const asked = keys.map((piece, at): ModelAsked => {
    const dated = dates[at] ?? '';
    const date = /^(?:$|NULL$|')/i.test(dated) ? valueOf(dated) : dated;
    if (date !== null && (typeof date !== 'string' || modelInstant(date) === null))
      return refuse('invalid-value: date');
    const mark = hasMarks ? isTrue(valueOf(marks[at] ?? '')) : null;
    return { key: keyOf(piece), whenLastModified: date, moveOffTablet: mark };
  });
  checkOnce(
    'invalid-value: key twice',
    asked.map(({ key }) => String(key)),
  );
  return { table, asked };
};

const wholeTable = (context: Context, table: string, name: unknown, rows: unknown): readonly ModelChange[] => {
  if (!Array.isArray(rows)) return refuse('invalid-value: rows');
  if (rows.length > 0) {
    checkTable(context, table);
    const words = `Client-side PK name not specified by client for non-empty table '${table}'`;
    if (name === '') refuse('missing-primary-key', words);
    checkKeyName(context, table, typeof name === 'string' ? name : refuse('invalid-value: key name'));
  }
  const minimum = context.world.tables.get(table)?.minClientVersion;
  if (minimum === undefined || modelIsBelow(context.version, minimum)) return [];
  const records: ModelRecord[] = [];
  for (const row of rows) {
    const cells = (objectEntries(row) ?? refuse('invalid-value: row')).map(([column, cell]): [string, string] => {
      checkColumn(context, table, column);
      const piece = typeof cell === 'string' ? trim(cell) : refuse('invalid-value: cell');
      valueOf(piece);
      return [column, piece];
    });
    addRecord(records, recordOf(cells));
  }
  return [replacing(table, records)];
};

const wholeDatabase = (context: Context): ModelCommand => {
  const object = (field: string, words: string): Entries =>
    objectEntries(json(context.fields, field)) ?? refuse(`wrong-json: ${field}`, words);
  const finalizing = integer(context.fields, 'finalizing') !== 0n;
  const names = object('pknameinfo', 'PK name info JSON is not a dict');
  const nameOf = new Map(names);
  const data = object('dbdata', 'Database data JSON is not a dict');
  const tables = new Set(data.map(([table]) => table));
  const isSame = tables.size === nameOf.size && [...tables].every((table) => nameOf.has(table));
  if (!isSame) refuse('table-names-differ', "Table names don't match from (1) DB data (2) PK info");
  const changes = data.flatMap(([table, rows]) => wholeTable(context, table, nameOf.get(table), rows));
  return { finalizing, changes };
};

/** HTML standard, "valid e-mail address". */
const email =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

const patientOf = ({ world }: Context, value: unknown): ModelReadPatient => {
  const entries = objectEntries(value) ?? refuse('wrong-json: patient', 'Patient JSON is not a dict');
  if (entries.length === 0) refuse('wrong-json: no details', 'Patient JSON is empty');
  const texts = ['forename', 'surname', 'sex', 'dob', 'email', 'address', 'gp', 'other'];
  const patient: Record<string, unknown> = Object.fromEntries(texts.map((field) => [field, null]));
  const idNumbers = new Map<number, Plain>();
  for (const [key, member] of new Map(entries)) {
    if (key.startsWith('idnum')) {
      if (!/^idnum-?[0-9]+$/.test(key)) refuseName('invalid-id-number-key', key, `Bad idnum key: '${key}'`);
      const which = Number(key.slice(5));
      if (world.idNumbers?.has(which) === false) refuse('unknown-id-number', `Bad ID number type: ${String(which)}`);
      const twice = `More than one ID number supplied for ID number type ${String(which)}`;
      if (idNumbers.has(which)) refuse('repeated-id-number', twice);
      const digits = member === true ? '1' : /^\{"n":"([0-9]+)"\}$/.exec(JSON.stringify(member))?.[1];
      if (digits === undefined || BigInt(digits) === 0n) return refuse('invalid-value: ID number');
      idNumbers.set(which, wholeNumber(digits));
    } else if (key === 'finalizing') {
      patient[key] = typeof member === 'boolean' ? member : refuse('invalid-value: finalizing');
    } else if (texts.includes(key)) {
      if (key === 'sex' && member !== 'M' && member !== 'F' && member !== 'X') refuse('invalid-value: sex');
      if (member !== null && typeof member !== 'string') return refuse('invalid-value: text');
      const text = wellFormed(member ?? '');
      if (key === 'dob' && text !== '' && !isDay(text)) refuse('invalid-value: dob');
      if (key === 'email' && text !== '' && (text.length > 255 || !email.test(text))) refuse('invalid-value: email');
      patient[key] = key === 'dob' && text === '' ? null : member;
    } else refuseName('unknown-patient-key', key, `Unknown JSON key: '${key}'`);
  }
  if (!('finalizing' in patient)) refuse('missing-finalizing', "Missing 'finalizing' JSON key");
  return { ...patient, idNumbers: [...idNumbers] } as unknown as ModelReadPatient;
};

const friendlyName = (name: string | null): string | null => (name === null ? null : wellFormed(name, 'invalid-field'));

const commandOf = (context: Context, operation: string): ModelCommand => {
  const { fields } = context;
  const methods = context.world.idNumbers;
  const accessKey = (): ModelCommand => {
    const key = needed(fields, 'patient_proquint');
    const words = 'There is no patient with that access key. Have you entered the key correctly?';
    return { accessKey: key, uuid: modelUuidOfAccessKey(key) ?? refuse('unknown-access-key', words) };
  };
  const patients = (): ModelCommand => {
    const list = json(fields, 'patient_info');
    if (!Array.isArray(list)) return refuse('wrong-json: patients', 'Top-level JSON is not a list');
    return { patients: list.map((patient: unknown) => patientOf(context, patient)) };
  };
  const readers = new Map<string, () => ModelCommand>([
    ['register', () => ({ friendlyName: friendlyName(optional(fields, 'devicefriendlyname')) })],
    ['register_patient', accessKey],
    ['get_task_schedules', accessKey],
    ['validate_patients', patients],
    ['upload_table', () => ({ changes: uploadTable(context) })],
    ['upload_record', () => ({ changes: uploadRecord(context) })],
    ['upload_empty_tables', () => ({ changes: emptyTables(context) })],
    ['delete_where_key_not', () => ({ changes: otherRecords(context) })],
    ['which_keys_to_send', () => whichKeys(context)],
    ['upload_entire_database', () => wholeDatabase(context)],
  ]);
  const command = readers.get(operation)?.() ?? {};
  for (const { table, records } of command.changes ?? []) {
    for (const { values } of table === 'patient_idnum' && methods !== undefined ? records : []) {
      const fault = modelIdNumberFault(methods ?? new Map(), values['which_idnum'], values['idnum_value'] ?? null);
      if (fault !== undefined)
        refuse(fault?.endsWith('invalid') === true ? 'invalid-id-number' : 'unknown-id-number-in-upload', fault);
    }
  }
  return command;
};

type ModelReader = (world: ModelWorld, version: string, operation: string, fields: ModelFields) => ModelReading;
export const modelCommand: ModelReader = (world, version, operation, fields) => {
  try {
    return { command: commandOf({ world, version, fields }, operation) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.words, why: error.message };
    throw error;
  }
};
