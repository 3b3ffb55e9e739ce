import { describe, expect, it } from 'vitest';

import { database, read } from '../../support/reading.js';

const whole = (dbdata: string, pknameinfo?: string) => read('upload_entire_database', database(dbdata, pknameinfo));
const row = `{"id":"1","when_last_modified":"NULL","_move_off_tablet":"0"}`;
const empty = (table: string) => ({ table, records: [], keep: 'sent', finalize: new Set() });

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
    [{ pknameinfo: '{"task":"id","task":"id"}' }, 'Bad value in pknameinfo, table task: must be sent once'],
    [{ pknameinfo: '{}', dbdata: '' }, 'Must provide the variable: dbdata'],
    [{ dbdata: '{"task":[]' }, "Bad JSON for key 'dbdata'"],
    [{ dbdata: '{"task":[]}]' }, "Bad JSON for key 'dbdata'"],
    [{ dbdata: '"x"' }, 'Database data JSON is not a dict'],
    [{ dbdata: ' [] ' }, 'Database data JSON is not a dict'],
    [{ dbdata: '{"task":[]}', pknameinfo: '{}' }, "Table names don't match from (1) DB data (2) PK info"],
    [{ dbdata: '{"task":[]}', pknameinfo: '{"patient":"id"}' }, "Table names don't match from (1) DB data (2) PK info"],
    [
      { dbdata: '{"task":{},"x":1}', pknameinfo: '{"task":"id"}' },
      "Table names don't match from (1) DB data (2) PK info",
    ],
  ])('with %j is refused', (change, words) => {
    expect(read('upload_entire_database', { ...database('{}'), ...change })).toBe(words);
  });

  it.each([
    ['{"task":[],"task":[]}', '{"task":"id"}', 'Bad value in dbdata, table task: must be sent once'],
    ['{"a b":[],"a b":[]}', '{"a b":"id"}', 'Bad value in dbdata, a table: must be sent once'],
    ['{"task":{}}', '{"task":"id"}', 'Bad value in dbdata, table task: must be a list of records'],
    ['{"nosuch":null}', '{"nosuch":"id"}', 'Bad value in dbdata, table nosuch: must be a list of records'],
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

  it('is refused if it is deep, huge or many', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(whole(`{"task":[{"id":${deep}}]}`, '{"task":"id"}')).toBe("Bad JSON for key 'dbdata'");
    expect(whole(`{"task":${'{"a":'.repeat(100_000)}`, '{"task":"id"}')).toBe("Bad JSON for key 'dbdata'");
    const cell = (value: string) => `{"task":[{"id":"${value}"}]}`;
    const rule = 'must be NULL, a number of at most 1000 digits, a blob or text in single quotes';
    const words = `Bad value in dbdata, table task, record 0, column id: ${rule}`;
    expect(whole(cell('7'.repeat(1_000_000)))).toBe(words);
    expect(whole(cell('x'.repeat(50_000_000)), '{"task":"id"}')).toBe(words);
    expect(whole(`{"task":[{${'"x":"1",'.repeat(1_000_000)}}]}`, '{"task":"id"}')).toBe("Bad JSON for key 'dbdata'");
    const many = `{"task":[{${'"q1":"1",'.repeat(1_000_000)}"q1":"1"}]}`;
    expect(whole(many, '{"task":"id"}')).toBe("Duplicate field name for table 'task': 'q1'");
  });
});
