import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { database, onlyValues, read } from '../../support/reading.js';

const text = '2026-11-24T09:30:15.123+05:30';
const common = `"when_last_modified":"'${text}'","_move_off_tablet":"0"`;
const notCell = 'must be a string that holds one SQL literal';

/** What is read of a cell of the second record, given as JSON. */
const cellOf = (json: string) => {
  const command = read(
    'upload_entire_database',
    database(`{"task":[{"id":"1","q1":"1",${common}},{"id":"2","q1":${json},${common}}]}`, '{"task":"id"}'),
  );
  return typeof command === 'string' ? command : command.changes[0]?.records[1]?.values.get('q1');
};

describe('a cell', () => {
  it.each<readonly [string, unknown]>([
    ['"7"', 7],
    ['"007"', 7],
    ['"-7"', -7],
    ['"999999999999999"', 999999999999999],
    ['"9223372036854775807"', 9223372036854775807n],
    ['"1.5e+16"', 1.5e16],
    ['"NULL"', null],
    ['"nULL"', null],
    ['""', null],
    ['" NULL "', null],
    ['"nan"', NaN],
    [`"''"`, ''],
    [`"'a,b'"`, 'a,b'],
    [`"'it''s'"`, "it's"],
    [`"'\\"q\\"'"`, '"q"'],
    [String.raw`"'a\\nb\\\\'"`, 'a\nb\\'],
    [String.raw`"'\u00e9\ud83d\ude00\u0027"`, 'é😀'],
    [String.raw`"\u0037"`, 7],
    [`"64'aGk='"`, Uint8Array.of(0x68, 0x69)],
    [`"X'00'"`, Uint8Array.of(0)],
  ])('%s is one literal', (json, value) => {
    expect(cellOf(json)).toEqual(value);
  });

  it.each([
    ['7', notCell],
    ['null', notCell],
    ['["7"]', notCell],
    ['"1,2"', notCell],
    [`"'a'`.concat(`,'b'"`), notCell],
    ['"one"', 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes'],
    [`"'a"`, 'must have its quote closed'],
    [`"64'aGk'"`, "64'...' must hold padded base64"],
  ])('%s is refused', (json, rule) => {
    expect(cellOf(json)).toBe(`Bad value in dbdata, table task, record 1, column q1: ${rule}`);
  });

  it('holds no control character', () => {
    expect(cellOf(`"'\u0020'"`)).toBe(' ');
    expect(cellOf(`"'\u001f'"`)).toBe("Bad JSON for key 'dbdata'");
  });

  it('may hold 10 MB', () => {
    const bytes = Buffer.alloc(10_000_000, 'photograph');
    expect(Buffer.compare(cellOf(`"64'${bytes.toString('base64')}'"`) as Uint8Array, bytes)).toBe(0);
  });
});

describe('a record', () => {
  const whole = `{"id":"1",${common}}`;
  const recordOf = (json: string) =>
    read('upload_entire_database', database(`{"task":[${whole},${json}]}`, '{"task":"id"}'));

  it.each([
    ['[]', 'Bad value in dbdata, table task, record 1: must be an object'],
    ['"x"', 'Bad value in dbdata, table task, record 1: must be an object'],
    ['{}', "Field 'id' missing in client input"],
    ['{ }', "Field 'id' missing in client input"],
    ['{"id":"2"}', "Field 'when_last_modified' missing in client input"],
    [
      `{"id":"1",${common}}`,
      'Bad value in dbdata, table task, record 1, column id: must not be that of another record',
    ],
    [
      `{"id":"2.0",${common}}`,
      'Bad value in dbdata, table task, record 1, column id: must be a whole number from 0 to 9007199254740991',
    ],
    [`{"id":"2",${common},"id":"2"}`, "Duplicate field name for table 'task': 'id'"],
    [`{"id":"2","\\u0069d":"2",${common}}`, "Duplicate field name for table 'task': 'id'"],
    [`{"id":"2",${common},"_era":"1"}`, "Reserved field name for table 'task': '_era'"],
    [`{"id":"2",${common},"__proto__":"1"}`, "Invalid field name for table 'task': '__proto__'"],
    [`{"id":"2",${common},"a b":"1"}`, "Invalid field name for table 'task'"],
  ])('%s is refused', (json, words) => {
    expect(recordOf(json)).toBe(words);
  });

  it.each([
    '{"id" "2"}',
    '{"id":"2";}',
    '{"id":"2",}',
    '{,}',
    '{"id":"2"',
    '{"id":"\u0001"}',
    `{"id":"'\u001f'"}`,
    '{id:"2"}',
    '{"id":"2"]',
  ])('%j is not JSON', (json) => {
    expect(recordOf(json)).toBe("Bad JSON for key 'dbdata'");
  });

  it('has its columns in any order, with any white space between', () => {
    const space = fc.constantFrom('', ' ', '\n\t', '\r\n  ');
    const cells = fc.shuffledSubarray(['id', 'q1', 'q2', 'when_last_modified', '_move_off_tablet'], { minLength: 5 });
    const rows = fc.array(fc.tuple(cells, fc.array(space, { minLength: 4, maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(rows, (shuffled) => {
        const json = shuffled.map(([columns, [a = '', b = '', c = '', d = '']], index) => {
          const members = columns.map(
            (column) => `${a}"${column}"${b}:${c}"${column === 'id' ? String(index) : '7'}"${d}`,
          );
          return `{${members.join(',')}}`;
        });
        const command = read('upload_entire_database', database(`{"task":[${json.join(',')}]}`, '{"task":"id"}'));
        const orders =
          typeof command === 'string' ? command : command.changes[0]?.records.map(({ values }) => [...values.keys()]);
        expect(orders).toEqual(shuffled.map(([columns]) => columns));
      }),
    );
  });

  it('may have fewer columns than the one before', () => {
    const dbdata = `{"task":[{"id":"1","q1":"1",${common}},{"id":"2",${common}},{"id":"3","q2":"3",${common}}]}`;
    const command = read('upload_entire_database', database(dbdata));
    const sizes = typeof command === 'string' ? command : command.changes[0]?.records.map(({ values }) => values.size);
    expect(sizes).toEqual([4, 3, 4]);
    expect(onlyValues(command)).toEqual(
      new Map<string, unknown>([
        ['id', 1],
        ['q1', 1],
        ['when_last_modified', text],
        ['_move_off_tablet', 0],
      ]),
    );
  });
});
