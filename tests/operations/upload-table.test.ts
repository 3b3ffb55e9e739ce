import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  admit,
  clientTooOldForTable,
  defaultVersionPolicy,
  duplicateColumn,
  duplicateField,
  invalidColumn,
  invalidField,
  invalidNumber,
  invalidTable,
  missingField,
  parseTabletRequest,
  reservedColumn,
  tabletSession,
  userErrorMessage,
  type Fields,
  type UserError,
} from '../../src/index.js';
import {
  separateOldIdNums,
  uploadedTable,
  type TableRule,
  type UploadedTable,
  type Uploader,
} from '../../src/operations/index.js';
import { rightOf } from '../support/decoded.js';
import { alice, clientVersion, device, nothingFound, post } from '../support/fixtures.js';
import { untyped } from '../support/untyped.js';

// The host

const ruleOf = (columns: readonly string[], minimum = '1.0.0'): TableRule => ({
  columns: new Set([...columns, 'id', 'when_last_modified', '_move_off_tablet']),
  minClientVersion: clientVersion(minimum),
});

const tables: ReadonlyMap<string, TableRule> = new Map([
  ['patient', ruleOf(['forename', 'sex'])],
  ['patient_idnum', ruleOf(['patient_id', 'which_idnum', 'idnum_value'], '2.0.1')],
  ['phq9', ruleOf(['q1', 'q2', 'Q1', 'constructor'])],
]);
const maxRecords = 1000;
const upload = uploadedTable({ tables, maxRecords });

// The tablet

const uploader = (version: string): Uploader => ({
  privilege: 'upload',
  session: { clientVersion: clientVersion(version) },
});

type Sent = Readonly<Record<string, string | undefined>>;

const sent: Sent = { table: 'phq9', fields: 'id,q1', nrecords: '2', pkname: 'id' };

const fieldsOf = (differences: Sent): Fields =>
  Object.entries({ ...sent, ...differences }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );

const uploaded = (differences: Sent = {}, version = '2.4.24'): Either<UserError, UploadedTable> =>
  upload(uploader(version), fieldsOf(differences));

const phq9: UploadedTable = {
  table: 'phq9',
  columns: ['id', 'q1'],
  defunctColumns: [],
  primaryKey: 'id',
  recordCount: 2,
};

const javascriptClients = ['1.06', '1.14', '1.5', '1.99.99', '2.0.0-0', '2.0.0-rc.1', '2.0.0-rc.1+b'];
const beforeIdNums = ['2', '2.0.0', '2.0.0+b', '2.0.1-0', '2.0.1-rc.1'];
const beforeKeyNames = ['2.0.1', '2.0.1+b', '2.0.2', '2.0.3', '2.0.3+b', '2.0.4-0', '2.0.4-beta', '2.0.4-rc.1'];
const modern = ['2.0.4', '2.0.4+b', '2.0.5-0', '2.2.8', '2.3.4', '2.4.24', '3.0.0-0', '3'];
const all = [...javascriptClients, ...beforeIdNums, ...beforeKeyNames, ...modern];

const defunct = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) =>
  ['idnum', 'iddesc', 'idshortdesc'].map((name) => `${name}${String(n)}`),
);

describe('an upload', () => {
  it.each(all)('of %s', (version) => {
    expect(uploaded({}, version)).toStrictEqual(right(phq9));
  });

  const pairs = [...Object.entries(sent), ['record0', '1,2'], ['TABLE', 'x'], ['table ', 'x']] as [string, string][];
  const formData = new FormData();
  for (const [name, value] of pairs) formData.append(name, value);
  it.each<readonly [string, Fields]>([
    ['URLSearchParams', new URLSearchParams(pairs)],
    ['FormData', formData],
    ['a Map', new Map(pairs)],
    ['pairs', pairs],
    ['an object', Object.fromEntries(pairs)],
    ['an object without prototype', untyped({ __proto__: null, ...Object.fromEntries(pairs) })],
  ])('in %s', (_, fields) => {
    expect(upload(uploader('2.4.24'), fields)).toStrictEqual(right(phq9));
  });

  it('with the admission of a session', () => {
    const request = rightOf(parseTabletRequest(defaultVersionPolicy)(post()));
    const session = tabletSession(request)({ ...nothingFound, user: some(alice), device: some(device) });
    const admission = rightOf(admit(session));
    expect(admission.privilege === 'upload' && upload(admission, fieldsOf({}))).toStrictEqual(right(phq9));
  });
});

describe('what was sent', () => {
  const names = ['table', 'fields', 'nrecords', 'pkname'] as const;

  it.each(names)('has one %s at most, from every client', (name) => {
    for (const version of all) {
      for (const value of ['', 'id', 'x']) {
        const fields = [...Object.entries(sent), [name, value] as const];
        expect(upload(uploader(version), fields)).toStrictEqual(left(duplicateField(name)));
      }
    }
  });

  it.each(names)('has a text as its %s', (name) => {
    for (const value of [null, 2, ['id'], {}, new Blob([]), Symbol('id'), new Date(0)]) {
      expect(upload(uploader('2.4.24'), { ...sent, [name]: value })).toStrictEqual(
        left(invalidField(name, 'must be text')),
      );
      expect(upload(uploader('1.14'), [...Object.entries({ ...sent, [name]: value })])).toStrictEqual(
        left(invalidField(name, 'must be text')),
      );
    }
  });

  it.each(['table', 'fields', 'nrecords'])('has a %s, from every client', (name) => {
    for (const version of all) {
      expect(uploaded({ [name]: undefined }, version)).toStrictEqual(left(missingField(name)));
      expect(uploaded({ [name]: '' }, version)).toStrictEqual(left(missingField(name)));
      expect(upload(uploader(version), { ...sent, [name]: undefined })._tag).toBe('Left');
    }
  });

  it('may be anything else besides', () => {
    const throwing = (): never => {
      throw new Error('touched');
    };
    const record = Object.defineProperty({ ...sent }, 'record0', { get: throwing, enumerable: true });
    expect(upload(uploader('2.4.24'), record)).toStrictEqual(right(phq9));
    const pair = Object.defineProperty(['record0', ''], 1, { get: throwing });
    expect(upload(uploader('2.4.24'), untyped([...Object.entries(sent), pair, 7, null]))).toStrictEqual(right(phq9));
  });

  it.each<readonly [string, unknown]>([
    ['inherited', { __proto__: sent }],
    ['under __proto__', JSON.parse(`{"__proto__":${JSON.stringify(sent)}}`)],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'table=phq9'],
    ['an iterator that is none', { ...sent, [Symbol.iterator]: 1 }],
    [
      'a getter that throws',
      Object.defineProperty({ ...sent }, 'pkname', {
        get: () => {
          throw new Error('touched');
        },
      }),
    ],
    [
      'pairs that end in an error',
      (function* () {
        yield* Object.entries(sent);
        throw new Error('interrupted');
      })(),
    ],
  ])('is nothing if it is %s', (_, fields) => {
    expect(upload(uploader('2.4.24'), untyped(fields))).toStrictEqual(left(missingField('table')));
  });
});

describe('the table', () => {
  it.each(['phq99', 'PHQ9', '__proto__', 'constructor', 'toString', 'x'.repeat(128)])('is not %s', (table) => {
    expect(uploaded({ table })).toStrictEqual(left({ code: 'invalid-table', table }));
  });

  it.each([
    ['white space', ' '],
    ['white space about it', ' phq9'],
    ['Unicode', 'ph\u00e99'],
    ['10 MB', 'x'.repeat(10_000_000)],
  ])('is not one of %s, and that is not repeated', (_, table) => {
    expect(uploaded({ table })).toStrictEqual(left(invalidTable()));
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])("may be %s, if it is the host's", (table) => {
    const own = uploadedTable({ tables: new Map([[table, ruleOf(['q1'])]]), maxRecords });
    expect(own(uploader('2.4.24'), fieldsOf({ table }))).toStrictEqual(right({ ...phq9, table }));
  });

  const ofIdNums = { table: 'patient_idnum', fields: 'id,idnum_value' };
  it.each([...beforeKeyNames, ...modern])('is for %s, if that is new enough', (version) => {
    expect(uploaded(ofIdNums, version)._tag).toBe('Right');
  });
  it.each([...javascriptClients, ...beforeIdNums])('is not for %s, if that is too old', (version) => {
    expect(uploaded({ ...ofIdNums, fields: '', nrecords: '' }, version)).toStrictEqual(
      left(clientTooOldForTable(clientVersion(version), clientVersion('2.0.1'), 'patient_idnum')),
    );
  });
});

describe('the columns', () => {
  it.each([
    ['id', ['id']],
    ['q1,id', ['q1', 'id']],
    ['id , q1\t,\r\nq2 ', ['id', 'q1', 'q2']],
    ['id,\u00a0q1\u2003', ['id', 'q1']],
    ['id,q1,Q1', ['id', 'q1', 'Q1']],
    ['id,_move_off_tablet,constructor', ['id', '_move_off_tablet', 'constructor']],
  ])('%j are as they were sent', (fields, columns) => {
    expect(uploaded({ fields })).toStrictEqual(right({ ...phq9, columns }));
  });

  it.each<readonly [string, UserError]>([
    ['id,q3', invalidColumn('phq9', 'q3')],
    ['ID', invalidColumn('phq9', 'ID')],
    ['id,forename', invalidColumn('phq9', 'forename')],
    ['id,__proto__', reservedColumn('phq9', '__proto__')],
    ['id,toString', invalidColumn('phq9', 'toString')],
    ['id,_pk,_pk', reservedColumn('phq9', '_pk')],
    ['id,_Move_Off_Tablet', reservedColumn('phq9', '_Move_Off_Tablet')],
    ['id,_move_off_tablet2', reservedColumn('phq9', '_move_off_tablet2')],
    ['id,_', reservedColumn('phq9', '_')],
    ['id,q1, id', duplicateColumn('phq9', 'id')],
    ['id,_move_off_tablet,_move_off_tablet', duplicateColumn('phq9', '_move_off_tablet')],
    ['q3,_pk', invalidColumn('phq9', 'q3')],
    ['_pk,q3', reservedColumn('phq9', '_pk')],
    ['id,id,q3', duplicateColumn('phq9', 'id')],
    [' ', invalidColumn('phq9')],
    [',', invalidColumn('phq9')],
    ['id,', invalidColumn('phq9')],
    [',id', invalidColumn('phq9')],
    ['id,,q1', invalidColumn('phq9')],
    ['id, ,q1', invalidColumn('phq9')],
    ['id q1', invalidColumn('phq9')],
    ['id;q1', invalidColumn('phq9')],
    ["id,q1'--", invalidColumn('phq9')],
    ['"id"', invalidColumn('phq9')],
    ['phq9.id', invalidColumn('phq9')],
    ['id,q\u0661', invalidColumn('phq9')],
    ['\u0456d', invalidColumn('phq9')],
    ['id,q1\u200b', invalidColumn('phq9')],
    ['id,_\u00e9', invalidColumn('phq9')],
    ['id,\ud800', invalidColumn('phq9')],
    ['id,q1\0', invalidColumn('phq9')],
  ])('%j are refused, for the first that is wrong', (fields, refusal) => {
    for (const version of all) expect(uploaded({ fields }, version)).toStrictEqual(left(refusal));
  });

  it.each([
    ['commas', ','.repeat(1_000_000), invalidColumn('phq9')],
    ['commas after a column', `id${','.repeat(1_000_000)}`, invalidColumn('phq9')],
    ['white space', ' '.repeat(1_000_000), invalidColumn('phq9')],
    ['a name', 'q'.repeat(1_000_000), invalidColumn('phq9')],
    ['one column', 'id,'.repeat(333_333), duplicateColumn('phq9', 'id')],
    [
      'white space about one column',
      `${' '.repeat(499_999)}id${' '.repeat(499_999)},id`,
      duplicateColumn('phq9', 'id'),
    ],
    [
      'columns',
      Array.from({ length: 100_000 }, (_, index) => `q${String(index)}`).join(','),
      invalidColumn('phq9', 'q0'),
    ],
  ])('1 MB of %s is refused at once', (_, fields, refusal) => {
    const started = performance.now();
    expect(uploaded({ fields })).toStrictEqual(left(refusal));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('may be all that the host has, and more are refused', () => {
    const wide = Array.from({ length: 2000 }, (_, index) => `q${String(index)}`);
    const ofWide = uploadedTable({ tables: new Map([['wide', ruleOf(wide)]]), maxRecords });
    const columns = ['id', ...wide];
    const accepted = rightOf(ofWide(uploader('2.4.24'), fieldsOf({ table: 'wide', fields: columns.join(',') })));
    expect(accepted.columns).toStrictEqual(columns);
    for (const [extra, refusal] of [
      ['q0', duplicateColumn('wide', 'q0')],
      ['q2000', invalidColumn('wide', 'q2000')],
      ['', invalidColumn('wide')],
    ] as const) {
      const fields = [...columns, extra].join(',');
      expect(ofWide(uploader('2.4.24'), fieldsOf({ table: 'wide', fields }))).toStrictEqual(left(refusal));
    }
  });

  it('are looked at to the last, though all are sent and defunct ones too', () => {
    const every = [...ruleOf(['forename', 'sex']).columns, ...defunct];
    const ofEvery = (extra: readonly string[]) =>
      uploaded({ table: 'patient', fields: [...every, ...extra].join(',') }, '2.0.0');
    expect(rightOf(ofEvery([])).columns).toStrictEqual(every);
    expect(ofEvery(['id'])).toStrictEqual(left(duplicateColumn('patient', 'id')));
    expect(ofEvery([''])).toStrictEqual(left(invalidColumn('patient')));
  });
});

describe('defunct columns', () => {
  const columns = ['id', ...defunct.slice(0, 9), 'forename', ...defunct.slice(9), '_move_off_tablet'];
  const ofPatients = { table: 'patient', fields: columns.join(', ') };

  it.each([...javascriptClients, ...beforeIdNums])('are taken in the patients of %s', (version) => {
    expect(uploaded(ofPatients, version)).toStrictEqual(
      right({ table: 'patient', columns, defunctColumns: defunct, primaryKey: 'id', recordCount: 2 }),
    );
  });

  it.each([...beforeKeyNames, ...modern])('are unknown in the patients of %s', (version) => {
    for (const column of defunct) {
      expect(uploaded({ table: 'patient', fields: `id,${column}` }, version)).toStrictEqual(
        left(invalidColumn('patient', column)),
      );
    }
  });

  it.each(['idnum', 'idnum0', 'idnum9', 'idnum01', 'idnum10', 'Idnum1', 'iddesc9', 'idshortdesc0', 'iddesc'])(
    'do not include %s',
    (column) => {
      expect(uploaded({ table: 'patient', fields: `id,${column}` }, '1.14')).toStrictEqual(
        left(invalidColumn('patient', column)),
      );
    },
  );

  it('are unknown in other tables', () => {
    expect(uploaded({ fields: 'id,idnum1' }, '1.14')).toStrictEqual(left(invalidColumn('phq9', 'idnum1')));
  });

  it('are not sent twice either', () => {
    expect(uploaded({ table: 'patient', fields: 'id,idnum1,idnum1' }, '1.14')).toStrictEqual(
      left(duplicateColumn('patient', 'idnum1')),
    );
  });

  it("are defunct though the host may have kept them, as separateOldIdNums does not know the host's columns", () => {
    const kept = uploadedTable({ tables: new Map([['patient', ruleOf(['idnum1'])]]), maxRecords });
    const fields = fieldsOf({ table: 'patient', fields: 'id,idnum1' });
    expect(rightOf(kept(uploader('1.14'), fields)).defunctColumns).toStrictEqual(['idnum1']);
    expect(rightOf(kept(uploader('2.4.24'), fields)).defunctColumns).toStrictEqual([]);
  });

  it.each([...javascriptClients, ...beforeIdNums])(
    'are what separateOldIdNums takes from a record of %s',
    (version) => {
      const admission = uploader(version);
      const table = rightOf(upload(admission, fieldsOf(ofPatients)));
      const record = new Map(table.columns.map((column, index) => [column, index]));
      const separated = rightOf(separateOldIdNums(admission.session, table.table)(record));
      expect([...separated.record.keys()]).toStrictEqual(columns.filter((column) => !defunct.includes(column)));
      expect(separated.idNums.length).toBe(8);
    },
  );
});

describe('the number of records', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['007', 7],
    ['999', 999],
    ['1000', 1000],
    [`${'0'.repeat(1000)}1`, 1],
  ])('%s', (nrecords, recordCount) => {
    expect(uploaded({ nrecords })).toStrictEqual(right({ ...phq9, recordCount }));
  });

  it.each([
    ...['1001', '9007199254740992', '99999999999999999999', '-1', '-0', '+1', '1.0', '1e3', '0x1'],
    ...[
      ' 1',
      '1 ',
      '1\n',
      ' ',
      '1,000',
      '1_0',
      '\u0661',
      '\uff11',
      'NaN',
      'Infinity',
      'null',
      'ten',
      '1\0',
      '\u{1d7cf}',
    ],
  ])('not %j', (nrecords) => {
    expect(uploaded({ nrecords })).toStrictEqual(left(invalidNumber('nrecords', maxRecords)));
  });

  it('not a million digits', () => {
    expect(uploaded({ nrecords: '9'.repeat(1_000_000) })).toStrictEqual(left(invalidNumber('nrecords', maxRecords)));
  });

  it.each<readonly [number, string, boolean]>([
    [0, '0', true],
    [0, '1', false],
    [Infinity, '9007199254740991', true],
    [Infinity, '9007199254740992', false],
    [NaN, '0', false],
    [-1, '0', false],
    [1.5, '1', true],
    [1.5, '2', false],
  ])('is at most %d: %s', (max, nrecords, allowed) => {
    const result = uploadedTable({ tables, maxRecords: max })(uploader('2.4.24'), fieldsOf({ nrecords }));
    expect(result).toStrictEqual(
      allowed ? right({ ...phq9, recordCount: Number(nrecords) }) : left(invalidNumber('nrecords', max)),
    );
  });
});

describe('the primary key', () => {
  const keyOf = (differences: Sent, version: string) => {
    const result = uploaded({ ...differences, nrecords: '0' }, version);
    return isLeft(result) ? result : right(result.right.primaryKey);
  };

  it.each(modern)('is named by %s', (version) => {
    expect(keyOf({ fields: 'q1,id', pkname: 'id' }, version)).toStrictEqual(right('id'));
    expect(keyOf({ fields: 'q1,id', pkname: 'q1' }, version)).toStrictEqual(right('q1'));
    expect(keyOf({ pkname: undefined }, version)).toStrictEqual(left(missingField('pkname')));
    expect(keyOf({ pkname: '' }, version)).toStrictEqual(left(missingField('pkname')));
  });

  it.each(modern)('is a column of the upload of %s', (version) => {
    for (const pkname of ['q2', 'ID', 'nonsense', '__proto__', '_pk', 'constructor']) {
      expect(keyOf({ pkname }, version)).toStrictEqual(left({ code: 'invalid-column', table: 'phq9', column: pkname }));
    }
    for (const pkname of [' id', 'id ', 'id,q1', ' ', ',', "id'", '\u0456d', 'x'.repeat(10_000_000)]) {
      expect(keyOf({ pkname }, version)).toStrictEqual(left({ code: 'invalid-column', table: 'phq9' }));
    }
  });

  it.each([...beforeIdNums, ...beforeKeyNames])('is always id for %s', (version) => {
    for (const pkname of [undefined, '', 'q1', ' ']) {
      expect(keyOf({ fields: 'id,q1', pkname }, version)).toStrictEqual(right('id'));
      expect(keyOf({ fields: 'q1,id,q2', pkname }, version)).toStrictEqual(right('id'));
      expect(keyOf({ fields: 'q1,q2', pkname }, version)).toStrictEqual(left(invalidColumn('phq9', 'id')));
    }
  });

  it.each(javascriptClients)('comes first from %s', (version) => {
    for (const pkname of [undefined, '', 'q2', ' ']) {
      expect(keyOf({ fields: 'id,q1', pkname }, version)).toStrictEqual(right('id'));
      expect(keyOf({ fields: ' q1 ,id', pkname }, version)).toStrictEqual(right('q1'));
    }
  });

  it('is not what tells whether a record moves off the tablet', () => {
    const fields = '_move_off_tablet,id';
    const refusal = left(invalidColumn('phq9', '_move_off_tablet'));
    expect(keyOf({ fields, pkname: '_move_off_tablet' }, '2.4.24')).toStrictEqual(refusal);
    expect(keyOf({ fields }, '1.14')).toStrictEqual(refusal);
    expect(keyOf({ fields }, '2.0.0')).toStrictEqual(right('id'));
  });

  it('is not defunct', () => {
    for (const column of ['idnum1', 'iddesc2', 'idshortdesc8']) {
      expect(keyOf({ table: 'patient', fields: `${column},id` }, '1.14')).toStrictEqual(
        left(invalidColumn('patient', column)),
      );
      expect(keyOf({ table: 'patient', fields: `${column},id` }, '2.0.0')).toStrictEqual(right('id'));
    }
  });
});

describe('the order of the checks', () => {
  const wrongs: readonly (readonly [wrong: Sent, refusal: UserError])[] = [
    [{ table: undefined }, missingField('table')],
    [{ table: 'x' }, invalidTable('x')],
    [{ table: 'patient_idnum' }, clientTooOldForTable(clientVersion('2.0.0'), clientVersion('2.0.1'), 'patient_idnum')],
    [{ fields: '' }, missingField('fields')],
    [{ fields: 'q3,_pk,id,id' }, invalidColumn('phq9', 'q3')],
    [{ fields: '_pk,id,id' }, reservedColumn('phq9', '_pk')],
    [{ fields: 'q1,q1' }, duplicateColumn('phq9', 'q1')],
    [{ nrecords: '' }, missingField('nrecords')],
    [{ nrecords: 'x' }, invalidNumber('nrecords', maxRecords)],
    [{ fields: 'q1' }, invalidColumn('phq9', 'id')],
  ];

  it.each(
    wrongs.map(([wrong, refusal], index) => ({ code: refusal.code, wrong, refusal, later: wrongs.slice(index) })),
  )('$code ($wrong) comes before those after it', ({ wrong, refusal, later }) => {
    for (const [other] of later) expect(uploaded({ ...other, ...wrong }, '2.0.0')).toStrictEqual(left(refusal));
  });

  it('what was sent twice comes before what is no text, and that before all else', () => {
    const fields: [string, unknown][] = [
      ['table', ''],
      ['fields', ['id']],
      ['nrecords', ''],
      ['pkname', ''],
    ];
    expect(upload(uploader('1.14'), fields)).toStrictEqual(left(invalidField('fields', 'must be text')));
    expect(upload(uploader('1.14'), [...fields, ['pkname', '']])).toStrictEqual(left(duplicateField('pkname')));
    expect(upload(uploader('1.14'), [...fields, ...fields])).toStrictEqual(left(duplicateField('table')));
  });
});

it('no refusal repeats what has not the form of a name', () => {
  const odd = 'PaSs WoRd';
  for (const name of Object.keys(sent)) {
    const result = uploaded({ [name]: odd });
    expect(isLeft(result)).toBe(true);
    expect(JSON.stringify(result)).not.toContain(odd);
    if (isLeft(result)) expect(userErrorMessage(result.left)).not.toContain(odd);
  }
});
