import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { absentTables } from '../../../src/operations/commands/one-step.js';
import { clientVersion } from '../../support/fixtures.js';
import { database, onlyValues, read, tables } from '../../support/reading.js';

const whole = (dbdata: string, pknameinfo?: string) => read('upload_entire_database', database(dbdata, pknameinfo));
const row = `{"id":"1","when_last_modified":"NULL","_move_off_tablet":"0"}`;
const empty = (table: string) => ({ table, records: [], keep: 'sent' as const, finalize: new Set<number>() });

it('a table that was not sent counts as empty, if the client may use it', () => {
  const absent = (version: string) =>
    absentTables(tables, { clientVersion: clientVersion(version) }, [empty('patient')]);
  expect(absent('2.2.0')).toEqual([empty('patient_idnum')]);
  expect(absent('2.4.24')).toEqual([empty('patient_idnum'), empty('task')]);
});

describe('upload_entire_database', () => {
  it('says something of each table that the host takes, in the order of the JSON', () => {
    const command = whole(`{"task":[],"nosuch":[ ],"__proto__":[],"patient":[${row}]}`);
    expect(command).toMatchObject({ finalizing: false, changes: [empty('task'), { table: 'patient', keep: 'sent' }] });
    expect(whole('{}')).toEqual({ finalizing: false, changes: [] });
  });

  it('ignores an empty table that this client is too old for', () => {
    const command = read('upload_entire_database', database('{"task":[],"patient":[]}'), '2.2.0');
    expect(command).toEqual({ finalizing: false, changes: [empty('patient')] });
  });

  it.each([
    ['0', false],
    ['00', false],
    ['-0', false],
    ['1', true],
    ['-1', true],
    ['2', true],
  ])('finalizes if finalizing is not 0: %s', (finalizing, expected) => {
    expect(read('upload_entire_database', { ...database('{}'), finalizing })).toEqual({
      finalizing: expected,
      changes: [],
    });
  });

  it.each([
    [{ finalizing: '' }, 'Must provide the variable: finalizing'],
    [{ finalizing: 'true', pknameinfo: '{' }, "Variable finalizing is not a valid integer; was 'true'"],
    [{ finalizing: '1.0' }, 'Variable finalizing is not a valid integer'],
    [{ pknameinfo: '', dbdata: '{' }, 'Must provide the variable: pknameinfo'],
    [{ pknameinfo: '{', dbdata: '{' }, "Bad JSON for key 'pknameinfo'"],
    [{ pknameinfo: '{"a":}' }, "Bad JSON for key 'pknameinfo'"],
    [{ pknameinfo: '["id"]', dbdata: '{' }, 'PK name info JSON is not a dict'],
    [{ pknameinfo: '{}', dbdata: '' }, 'Must provide the variable: dbdata'],
    [{ dbdata: '{"task":[]' }, "Bad JSON for key 'dbdata'"],
    [{ dbdata: '{"task":[]}]' }, "Bad JSON for key 'dbdata'"],
    [{ dbdata: '"x"' }, 'Database data JSON is not a dict'],
    [{ dbdata: ' [] ' }, 'Database data JSON is not a dict'],
    [{ dbdata: '{"task":[]}', pknameinfo: '{}' }, "Table names don't match from (1) DB data (2) PK info"],
    [{ dbdata: '{"task":[]}', pknameinfo: '{"patient":"id"}' }, "Table names don't match from (1) DB data (2) PK info"],
    [{ pknameinfo: '{"task":"id"}' }, "Table names don't match from (1) DB data (2) PK info"],
    [
      { dbdata: '{"task":{},"x":1}', pknameinfo: '{"task":"id","y":"id"}' },
      "Table names don't match from (1) DB data (2) PK info",
    ],
    [
      { dbdata: '{"task":{},"x":1}', pknameinfo: '{"task":"id"}' },
      "Table names don't match from (1) DB data (2) PK info",
    ],
  ])('with %j is refused', (change, words) => {
    expect(read('upload_entire_database', { ...database('{}'), ...change })).toBe(words);
  });

  it.each([
    ['{"task":{}}', '{"task":"id"}', 'Bad value in dbdata, table task: must be a list of records'],
    ['{"a b":{}}', '{"a b":"id"}', 'Bad value in dbdata, a table: must be a list of records'],
    ['{"nosuch":null}', '{"nosuch":"id"}', 'Bad value in dbdata, table nosuch: must be a list of records'],
    ['{"task":[{}]}', '{"task":"id"}', "Field 'id' missing in client input"],
    ['{"task":[{"":"1"}]}', '{"task":"id"}', "Invalid field name for table 'task'"],
    ['{"nosuch":[{}]}', '{"nosuch":"id"}', 'Invalid client table name: nosuch'],
    ['{"a b":[{}]}', '{"a b":"id"}', 'Invalid client table name'],
    ['{"__proto__":[{}]}', '{"__proto__":"id"}', 'Invalid client table name: __proto__'],
    ['{"task":[1],"a":[1]}', '{"a":0,"task":"id"}', 'Bad value in dbdata, table task, record 0: must be an object'],
  ])('of %j is refused', (dbdata, pknameinfo, words) => {
    expect(whole(dbdata, pknameinfo)).toBe(words);
  });

  it.each([
    ['""', "Client-side PK name not specified by client for non-empty table 'task'"],
    ['null', 'Bad value in pknameinfo, table task: must be a string'],
    ['[]', 'Bad value in pknameinfo, table task: must be a string'],
    ['"ID"', "Invalid field name for table 'task': 'ID'"],
    ['"_pk"', "Reserved field name for table 'task': '_pk'"],
    ['"q1"', "The primary key of table 'task' must be 'id'"],
  ])('with the primary key %s is refused, if the table has records', (name, words) => {
    expect(whole(`{"task":[${row}]}`, `{"task":${name}}`)).toBe(words);
    expect(whole('{"task":[]}', `{"task":${name}}`)).toEqual({ finalizing: false, changes: [empty('task')] });
  });

  it('needs a client that may use each table with records', () => {
    const words = read('upload_entire_database', database(`{"patient":[],"task":[${row}]}`), '2.2.0');
    expect(words).toBe('Client CamCOPS version 2.2.0 is less than the version (2.3.0) required to handle table task');
  });

  it('is refused if the JSON is broken anywhere, whatever is wrong before', () => {
    const json = `{"task":[${row},{"id":"2","q1":"'\\u00e9'","when_last_modified":"NULL","_move_off_tablet":"64''"}],"patient":[]}`;
    const names = '{"task":"id","patient":"id"}';
    expect(whole(json, names)).toMatchObject({ changes: [{ records: { length: 2 } }, {}] });
    for (let length = 1; length < json.length; length += 1) {
      expect(whole(json.slice(0, length), names)).toBe("Bad JSON for key 'dbdata'");
    }
    expect(whole(`{"task":[1],"patient":[}`, names)).toBe("Bad JSON for key 'dbdata'");
  });

  it('has the last of a member that was sent twice', () => {
    const other = row.replace('"1"', '"2"');
    const twice = whole(`{"task":[1],"patient":[],"task":[${other}]}`, '{"task":"q1","patient":"","task":"id"}');
    expect(twice).toMatchObject({ changes: [{ table: 'task', records: [{ key: 2 }] }, { table: 'patient' }] });
  });

  it('is refused if it is deep or huge', () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    const cellWords =
      'Bad value in dbdata, table task, record 0, column id: must be a string that holds one SQL literal';
    expect(whole(`{"task":[{"id":${deep},"when_last_modified":"","_move_off_tablet":""}]}`)).toBe(cellWords);
    expect(whole(`{"task":${'{"a":'.repeat(100_000)}`, '{"task":"id"}')).toBe("Bad JSON for key 'dbdata'");
    const cell = (value: string) => `{"task":[${row.replace('"1"', `"${value}"`)}]}`;
    const rule = 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes';
    const words = `Bad value in dbdata, table task, record 0, column id: ${rule}`;
    expect(whole(cell('7'.repeat(1_000_000)))).toBe(words);
    expect(whole(cell('x'.repeat(50_000_000)), '{"task":"id"}')).toBe(words);
    expect(whole(`{"task":[{${'"x":"1",'.repeat(1_000_000)}}]}`, '{"task":"id"}')).toBe("Bad JSON for key 'dbdata'");
  });

  it('is refused if it has more than 200,000 records, over all tables', () => {
    const tables = (counts: Readonly<Record<string, number>>) => {
      const lists = Object.entries(counts).map(([name, count]) => `"${name}":[${'{},'.repeat(count - 1)}{}]`);
      return whole(`{${lists.join(',')}}`, JSON.stringify({ patient: 'id', task: 'id' }));
    };
    const tooMany = 'Too many records in dbdata: at most 200000';
    expect(tables({ task: 200_000, patient: 1 })).toBe("Field 'id' missing in client input");
    expect(tables({ task: 200_001, patient: 1 })).toBe(tooMany);
  });
});

const text = '2026-11-24T09:30:15.123+05:30';
const common = `"when_last_modified":"'${text}'","_move_off_tablet":"0"`;
const notLiteral = 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes';
const notCell = 'must be a string that holds one SQL literal';

/** What is read of a cell of the second record, given as JSON. */
const cellOf = (json: string) => {
  const command = read(
    'upload_entire_database',
    database(`{"task":[{"id":"1","q1":"1",${common}},{"id":"2","q1":${json},${common}}]}`, '{"task":"id"}'),
  );
  return typeof command === 'string' ? command : command.changes[0]?.records[1]?.row.values[1];
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
    ['"one"', notLiteral],
    ['"one,2"', notCell],
    [`"'\\u0000'"`, 'must hold no NUL and no lone surrogate'],
    [`"'\\ude00'"`, 'must hold no NUL and no lone surrogate'],
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
          typeof command === 'string' ? command : command.changes[0]?.records.map((record) => record.row.columns);
        expect(orders).toEqual(shuffled.map(([columns]) => columns));
      }),
    );
  });

  it('may have fewer columns than the one before', () => {
    const dbdata = `{"task":[{"id":"1","q1":"1",${common}},{"id":"2",${common}},{"id":"3","q2":"3",${common}}]}`;
    const command = read('upload_entire_database', database(dbdata));
    const sizes =
      typeof command === 'string' ? command : command.changes[0]?.records.map((record) => record.row.columns.length);
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
