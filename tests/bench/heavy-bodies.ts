/** Bodies whose fields take long to read, each just within the limits of the reference server. */
type Fields = Readonly<Record<string, string>>;

export interface HeavyBody {
  readonly name: string;
  readonly operation: string;
  /** Made when they are needed: they are large. */
  readonly fields: () => Fields;
}

const date = "'2026-03-01T12:00:00.000+00:00'";
const blob = { table: 'blobs', pkname: 'id', fields: 'id,theblob,when_last_modified,_move_off_tablet' };
const whole = { finalizing: '0', pknameinfo: '{"phq9":"id"}' };
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

/** What counts against the limits of `form.ts`. */
const marksOf = (text: string): number =>
  (text.match(/[,"'\\]/g) ?? []).length + 8 * (text.match(/[[{]/g) ?? []).length;
const [mostMarks, mostText, mostFields] = [990_000, 8_300_000, 29_000];

/** Bodies of a size, as a tablet percent-encodes them, or as large as the other limits allow. */
export const heavyBodies = (bytes: number): readonly HeavyBody[] => {
  const often = (unit: string, text = mostText): number =>
    Math.floor(
      Math.min((bytes - 1_000) / encodeURIComponent(unit).length, mostMarks / marksOf(unit), text / unit.length),
    );
  const fill = (unit: string, text?: number): string => unit.repeat(often(unit, text));
  const bodies: Readonly<Record<string, readonly [operation: string, fields: () => Fields]>> = {
    'a photograph': ['upload_record', () => ({ ...blob, values: `1,64'${fill('QUJD', Infinity)}',${date},0` })],
    'a photograph in hexadecimal': ['upload_record', () => ({ ...blob, values: `1,X'${fill('4142')}',${date},0` })],
    'one long text': ['upload_record', () => ({ ...blob, values: `1,'${fill('text')}\\n',${date},0` })],
    'a text of quotes': ['upload_record', () => ({ ...blob, values: `1,'${fill("''")}',${date},0` })],
    'one record of many values': ['upload_record', () => ({ ...blob, values: fill('1,') })],
    'many keys': ['delete_where_key_not', () => ({ table: 'phq9', pkname: 'id', pkvalues: fill('1,') })],
    'many tables': ['upload_empty_tables', () => ({ tables: fill('phq9,') })],
    'patients that are nothing': ['validate_patients', () => ({ patient_info: `[${fill('{},')}{}]` })],
    'lists in lists': ['validate_patients', () => ({ patient_info: fill('[') })],
    'a patient of many ID numbers': [
      'validate_patients',
      () => ({
        patient_info: `[{${numbers(often('"idnum1234567":1,'))
          .map((at) => `"idnum${String(at)}":1`)
          .join(',')}}]`,
      }),
    ],
    'many records': [
      'upload_entire_database',
      () => {
        const record = (at: number) =>
          `{"id":"${String(at)}","when_last_modified":"${date}","_move_off_tablet":"0","q1":"3"}`;
        return {
          ...whole,
          dbdata: `{"phq9":[${numbers(often(record(123_456)))
            .map(record)
            .join(',')}]}`,
        };
      },
    ],
    'records that are nothing': ['upload_entire_database', () => ({ ...whole, dbdata: `{"phq9":[${fill('{},')}{}]}` })],
    'a text of escapes': [
      'upload_entire_database',
      () => ({ ...whole, dbdata: `{"phq9":[{"id":"${fill('\\u00e9')}"}]}` }),
    ],
    'as many records as are taken': [
      'upload_table',
      () => {
        const count = Math.min(mostFields, often(`record12345=123456,${date},0,3&`));
        const records = numbers(count).map((at) => [`record${String(at - 1)}`, `${String(at)},${date},0,3`] as const);
        const fields = 'id,when_last_modified,_move_off_tablet,q1';
        return {
          table: 'phq9',
          pkname: 'id',
          fields,
          nrecords: String(records.length),
          ...Object.fromEntries(records),
        };
      },
    ],
  };
  return Object.entries(bodies).map(([name, [operation, fields]]) => ({ name, operation, fields }));
};
