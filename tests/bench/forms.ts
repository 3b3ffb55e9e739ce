/** Forms as tablets send them, different enough that nothing can be computed once. */
import type { Form } from './rivals/rival.js';

type Fields = Readonly<Record<string, string>>;

const count = 64;

const versionsInTheField = ['2.0.1', '2.0.4', '2.2.3', '2.2.8', '2.3.1', '2.3.4', '2.4.1', '2.4.9', '2.4.17', '2.4.24'];

/** The n-th of a list that has no end. */
export const nth = <A>(values: readonly A[], index: number): A => {
  const value = values[index % values.length];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
};

/** An upload to the world of the recorded requests, in a session that can be resumed. */
const fieldsOf = (index: number): Fields => ({
  camcops_version: nth(versionsInTheField, index),
  device: nth(['tablet-1', '{4d1c8ee0-9a33-4f6b-b5d5-0a6f3f4e7b11}', 'a'], index),
  fields: 'id,_move_off_tablet,forename,surname,sex,when_last_modified',
  nrecords: String(index),
  operation: nth(['upload_table', 'start_upload', 'get_id_info', 'end_upload'], index),
  password: `correct horse ${String(index)}`,
  pkname: 'id',
  table: nth(['patient', 'phq9', 'gad7'], index),
  ...nth(
    [
      { session_id: '501', session_token: 'tok-alice', user: 'alice' },
      { session_id: '502', session_token: 'tok-bob', user: 'bob' },
      { session_id: '505', session_token: 'dG9rZW4+/w==', user: 'erin' },
    ],
    index,
  ),
});

/** As a server gets it from the wire: pairs by name, of strings that no other form shares. */
const parsed = (fields: Fields): Form => ({
  method: 'POST',
  fields: [...new URLSearchParams(new URLSearchParams(Object.entries(fields)).toString())].sort(([a], [b]) =>
    a < b ? -1 : 1,
  ),
});

/** Forms that differ from a tablet's good ones in one field. */
const formsWith = (field: string, values: readonly string[]): readonly Form[] =>
  Array.from({ length: count }, (_, index) => parsed({ ...fieldsOf(index), [field]: nth(values, index) }));

export const cases = {
  accepted: Array.from({ length: count }, (_, index) => parsed(fieldsOf(index))),
  'refused: bad device name': formsWith('device', ['tablet 1', 'ward/3', '{4d1c8ee0-9a33-4f6b}\n', 'x'.repeat(192)]),
  'refused: nonsensical version': formsWith('camcops_version', ['v2.4.24', '2.4.24-', 'two', ' 2.4.24', '2.4.x']),
  'refused: too old': formsWith('camcops_version', ['1.14', '1.5', '1.06', '1.123', '1.4.0']),
};
