import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { clientTooOldForTable, invalidTable, missingField } from '../../src/index.js';
import { allowedTable, allowedTables, selectAnswer, type TableRule } from '../../src/operations/index.js';
import { clientVersion } from '../support/fixtures.js';

const clientOf = (version: string) => ({ clientVersion: clientVersion(version) });

/** The minimum of a table, the clients that may use it, and those that may not. */
const eras: readonly (readonly [minimum: string, newEnough: readonly string[], tooOld: readonly string[]])[] = [
  ['1.14', ['1.14', '1.14.0', '1.15', '1.5', '2.0.0', '2.4.24'], ['1.13', '1.06', '1.14.0-rc.1', '0']],
  [
    '2.0.0',
    ['2', '2.0.0', '2.0.0+b', '2.0.1-0', '2.0.1', '2.4.24', '3.0.0-0'],
    ['1.14', '1.99.99', '2.0.0-0', '2.0.0-rc.1', '2.0.0-rc.1+b'],
  ],
  [
    '2.0.4-beta',
    ['2.0.4-beta', '2.0.4-beta+b', '2.0.4-rc.1', '2.0.4', '2.4.24'],
    ['2.0.3', '2.0.4-0', '2.0.4-alpha', '2.0.0'],
  ],
  ['2.0.4', ['2.0.4', '2.0.5-0', '2.0.10', '2.4.24'], ['2.0.1', '2.0.3', '2.0.4-beta', '2.0.4-rc.1']],
];

describe.each(eras)('a table that needs %s', (minimum, newEnough, tooOld) => {
  const rule = { minClientVersion: clientVersion(minimum) };
  const tables = new Map([['phq9', rule]]);
  const rows = [{ tablename: 'phq9', min_client_version: clientVersion(minimum) }];

  it.each(newEnough)('is for %s', (version) => {
    expect(allowedTable(tables)(clientOf(version), 'phq9')).toStrictEqual(right(rule));
    expect(allowedTables(tables)(clientOf(version))).toStrictEqual({ rows, usable: rows });
  });

  it.each(tooOld)('is not for %s', (version) => {
    const client = clientOf(version);
    expect(allowedTable(tables)(client, 'phq9')).toStrictEqual(
      left(clientTooOldForTable(client.clientVersion, rule.minClientVersion, 'phq9')),
    );
    expect(allowedTables(tables)(client)).toStrictEqual({ rows, usable: [] });
  });
});

describe('allowedTable', () => {
  const rule: TableRule = { columns: new Set(['id']), minClientVersion: clientVersion('2.0.0') };
  const allowed = (name: string, known = ['phq9', 'my table']) =>
    allowedTable(new Map(known.map((table) => [table, rule])))(clientOf('2.4.24'), name);

  it("gives the host's own rule", () => {
    const found = allowed('phq9');
    expect(found._tag === 'Right' && found.right === rule).toBe(true);
  });

  it('needs a name', () => {
    expect(allowed('')).toStrictEqual(left(missingField('table')));
  });

  it.each(['phq99', 'PHQ9', 'ph', '_security_users', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'refuses %s, and repeats it',
    (name) => {
      expect(allowed(name)).toStrictEqual(left({ code: 'invalid-table', table: name }));
      expect(allowed(name, [name])).toStrictEqual(right(rule));
    },
  );

  it.each([
    ['white space', ' '],
    ['a name and a space', 'phq9 '],
    ['a name and a line end', 'phq9\n'],
    ['a schema', 'main.phq9'],
    ['SQL', "phq9'; DROP TABLE patient; --"],
    ['Unicode', '\u0440hq9'],
    ['10 MB', 'x'.repeat(10_000_000)],
    ["what has not the form of a name, though it is the host's", 'my table'],
  ])('refuses %s, and does not repeat it', (_, name) => {
    expect(allowed(name)).toStrictEqual(left(invalidTable()));
  });
});

describe('allowedTables', () => {
  const tables = new Map(
    Object.entries({ zulu: '2.4.0', patient: '2.0.0', patient_idnum: '2.0.1', constructor: '1.14' }).map(
      ([table, minimum]) => [table, { minClientVersion: clientVersion(minimum) }],
    ),
  );
  const rows = [
    { tablename: 'zulu', min_client_version: '2.4.0' },
    { tablename: 'patient', min_client_version: '2.0.0' },
    { tablename: 'patient_idnum', min_client_version: '2.0.1' },
    { tablename: 'constructor', min_client_version: '1.14.0' },
  ];

  it.each([
    ['1.14', ['constructor']],
    ['2.0.0', ['patient', 'constructor']],
    ['2.0.1', ['patient', 'patient_idnum', 'constructor']],
    ['2.4.24', ['zulu', 'patient', 'patient_idnum', 'constructor']],
  ])('tells %s of all tables, and knows which it may use', (version, usable) => {
    expect(allowedTables(tables)(clientOf(version))).toStrictEqual({
      rows,
      usable: rows.filter(({ tablename }) => usable.includes(tablename)),
    });
  });

  it('of no tables', () => {
    expect(allowedTables(new Map())(clientOf('2.4.24'))).toStrictEqual({ rows: [], usable: [] });
  });

  it('are told as a tablet reads them', () => {
    const allowed = allowedTables(tables)(clientOf('2.0.0'));
    expect(selectAnswer(['tablename', 'min_client_version'])(allowed.rows)).toStrictEqual({
      nfields: '2',
      fields: 'tablename,min_client_version',
      nrecords: '4',
      record0: "'zulu','2.4.0'",
      record1: "'patient','2.0.0'",
      record2: "'patient_idnum','2.0.1'",
      record3: "'constructor','1.14.0'",
    });
  });
});
