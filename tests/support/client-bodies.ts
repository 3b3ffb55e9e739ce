/** A second reader of what the real client sends, by regular expressions and Node's own decoders. It shares no code with the package. */

/** The fields of a body as it went over the wire. */
export const fieldsOf = (body: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    body.split('&').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value)];
    }),
  );

/** One literal. */
export const valueOf = (literal: string): unknown => {
  if (literal === 'NULL') return null;
  const blob = /^64'(.*)'$/.exec(literal);
  if (blob !== null) return new Uint8Array(Buffer.from(blob[1] ?? '', 'base64'));
  const text = /^'(.*)'$/s.exec(literal);
  if (text === null)
    return Number.isSafeInteger(Number(literal)) || !/^-?\d+$/.test(literal) ? Number(literal) : BigInt(literal);
  const lineEnds: Readonly<Record<string, string>> = { n: '\n', r: '\r' };
  return text[1]?.replace(/''/g, "'").replace(/\\(.)/gs, (_, escaped: string) => lineEnds[escaped] ?? escaped);
};

/** A list of literals, separated by commas. */
export const valuesOf = (list: string): readonly unknown[] =>
  list.match(/(?:64)?'(?:''|[^'])*'|[^,]+/g)?.map(valueOf) ?? [];

type Row = ReadonlyMap<string, unknown>;

/** A record, as the package reads it. */
const recordOf = (values: Row): unknown => {
  const date = values.get('when_last_modified');
  return {
    key: values.get('id'),
    whenLastModified: date === null ? { _tag: 'None' } : { _tag: 'Some', value: date },
    moveOffTablet: values.get('_move_off_tablet') === 1,
    values,
  };
};

const rowOf = (columns: string, list: string): Row => {
  const values = valuesOf(list);
  return new Map(columns.split(',').map((column, at) => [column, values[at]]));
};

const changeOf = (table: string | undefined, rows: readonly Row[], keep: unknown = 'sent'): unknown => ({
  table,
  records: rows.map(recordOf),
  keep,
  finalize: new Set(),
});

type Database = Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;

const option = (value: unknown): unknown =>
  value === null || value === undefined ? { _tag: 'None' } : { _tag: 'Some', value };

/** `validate_patients`: numbers of ID numbers are quoted first, for JSON's reader would round them. */
const patientsOf = (json: string): readonly unknown[] => {
  const exact = json.replace(/("idnum\d+":)(\d+)/g, '$1"$2"');
  return (JSON.parse(exact) as Record<string, unknown>[]).map((patient) => ({
    ...Object.fromEntries(
      ['forename', 'surname', 'sex', 'dob', 'address', 'email', 'gp', 'other'].map((name) => [
        name,
        option(patient[name]),
      ]),
    ),
    ...(patient['dob'] === '' ? { dob: option(null) } : {}),
    idNumbers: new Map(
      Object.entries(patient).flatMap(([key, value]) =>
        key.startsWith('idnum') ? [[Number(key.slice(5)), valueOf(String(value))] as const] : [],
      ),
    ),
    finalizing: patient['finalizing'],
  }));
};

/** The command that a body asks for; of the tables of a one-step upload, those that the server takes. */
export const commandOf = (operation: string, body: string, tables: ReadonlySet<string>): unknown => {
  const sent = fieldsOf(body);
  const { table, fields = '', values = '', pkvalues = '', datevalues = '', move_off_tablet_values: marks = '' } = sent;
  const keys = valuesOf(pkvalues);
  switch (operation) {
    case 'register':
      return { friendlyName: option(sent['devicefriendlyname'] === '' ? null : sent['devicefriendlyname']) };
    case 'register_patient':
    case 'get_task_schedules':
      return { accessKey: sent['patient_proquint'] };
    case 'validate_patients':
      return { patients: patientsOf(sent['patient_info'] ?? '') };
    case 'upload_empty_tables':
      return { changes: sent['tables']?.split(',').map((name) => changeOf(name, [])) };
    case 'upload_table': {
      const rows = Array.from({ length: Number(sent['nrecords']) }, (_, at) =>
        rowOf(fields, sent[`record${String(at)}`] ?? ''),
      );
      return { changes: [changeOf(table, rows)] };
    }
    case 'upload_record':
      return { changes: [changeOf(table, [rowOf(fields, values)], 'all')] };
    case 'delete_where_key_not':
      return { changes: [changeOf(table, [], new Set(keys))] };
    case 'which_keys_to_send': {
      const dates = datevalues.split(',');
      const asked = keys.map((key, at) => ({
        key,
        whenLastModified: option(dates[at]),
        moveOffTablet: option(marks.split(',')[at] === '1'),
      }));
      return { table, primaryKey: 'id', asked };
    }
    case 'upload_entire_database': {
      const database = Object.entries(JSON.parse(sent['dbdata'] ?? '') as Database).filter(([name]) =>
        tables.has(name),
      );
      const rowsOf = (rows: Database[string]): readonly Row[] =>
        rows.map((row) => new Map(Object.entries(row).map(([column, literal]) => [column, valueOf(literal)])));
      return {
        finalizing: sent['finalizing'] === '1',
        changes: database.map(([name, rows]) => changeOf(name, rowsOf(rows))),
      };
    }
    default:
      return {};
  }
};
