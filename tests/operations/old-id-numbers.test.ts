import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { invalidNumber } from '../../src/index.js';
import { hasOldIdNums, separateOldIdNums, type SeparatedRecord } from '../../src/operations/index.js';
import { defunctColumnCount, isDefunctColumn } from '../../src/operations/old-id-numbers.js';
import { rightOf } from '../support/decoded.js';
import { clientVersion } from '../support/fixtures.js';

type Value = string | number | null;
type Pairs = readonly (readonly [column: string, value: Value])[];

const clientOf = (version: string) => ({ clientVersion: clientVersion(version) });

const old = ['0', '1.06', '1.14', '1.5', '1.99.99', '2.0.0-rc.1', '2.0.0', '2.0.0+b', '2.0.1-0', '2.0.1-rc.1+b'];
const later = ['2.0.1', '2.0.1+b', '2.0.2-0', '2.0.3', '2.0.4-beta', '2.0.4', '2.2.8', '2.4.24', '3.0.0-0'];
const otherTables = ['patient_idnum', 'Patient', 'PATIENT', 'patient ', 'patients', 'phq9', '', '__proto__'];

const separated = (pairs: Pairs, version = '1.14', table = 'patient') =>
  separateOldIdNums(clientOf(version), table)(new Map(pairs));

const separatedWell = (pairs: Pairs, version?: string): SeparatedRecord<Value> => rightOf(separated(pairs, version));

const patient: Pairs = [
  ['id', 7],
  ['forename', 'Zo\u00eb'],
  ['idnum1', 1001],
  ['iddesc1', 'NHS number'],
  ['idshortdesc1', 'NHS'],
  ['idnum2', null],
  ['idnum8', '0080'],
  ['when_last_modified', '2016-03-01T09:00:00.000+0000'],
  ['_move_off_tablet', 0],
];

describe('isDefunctColumn', () => {
  const numbered = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) =>
    ['idnum', 'iddesc', 'idshortdesc'].map((name) => `${name}${String(n)}`),
  );

  it('of 24 columns', () => {
    expect(numbered.filter(isDefunctColumn)).toStrictEqual(numbered);
    expect(defunctColumnCount).toBe(numbered.length);
  });

  it.each([
    ...['', 'id', 'idnum', 'iddesc', 'idshortdesc', 'idnum0', 'idnum9', 'idnum01', 'idnum10', 'idnum18', 'idnum-1'],
    ...['idnum1 ', ' idnum1', 'idnum1\n', 'idnum1.0', 'Idnum1', 'IDNUM1', 'xidnum1', 'idnum1x', 'iddesc0', 'iddesc9'],
    ...['idshortdesc0', 'idshortdesc9', 'id_num1', 'idnum\u0661', '\u0131dnum1', '__proto__', 'constructor'],
  ])('not of %j', (column) => {
    expect(isDefunctColumn(column)).toBe(false);
  });
});

describe('hasOldIdNums', () => {
  it.each(old)('of a patient of %s', (version) => {
    expect(hasOldIdNums(clientOf(version), 'patient')).toBe(true);
  });

  it.each(later)('not of a patient of %s', (version) => {
    expect(hasOldIdNums(clientOf(version), 'patient')).toBe(false);
  });

  it.each(otherTables)('not of the table %j', (table) => {
    expect(hasOldIdNums(clientOf('1.14'), table)).toBe(false);
  });
});

describe('separateOldIdNums', () => {
  it.each(old)('moves the ID numbers of %s to rows of their own, and drops descriptors', (version) => {
    const shared = {
      patient_id: 7,
      when_last_modified: '2016-03-01T09:00:00.000+0000',
      _move_off_tablet: 0,
    };
    expect(separated(patient, version)).toStrictEqual(
      right({
        record: new Map<string, Value>([
          ['id', 7],
          ['forename', 'Zo\u00eb'],
          ['when_last_modified', '2016-03-01T09:00:00.000+0000'],
          ['_move_off_tablet', 0],
        ]),
        patientId: some(7),
        idNums: [
          { id: 57, which_idnum: 1, idnum_value: 1001, ...shared },
          { id: 64, which_idnum: 8, idnum_value: '0080', ...shared },
        ],
      }),
    );
  });

  const returned = (version: string, table: string) => {
    const record = new Map<string, unknown>([...patient, ['id', 'nonsense']]);
    const result = rightOf(separateOldIdNums(clientOf(version), table)(record));
    expect(result).toStrictEqual({ record: new Map(record), patientId: none, idNums: [] });
    return result.record === record;
  };

  it.each(later)('gives %s its record back as it was', (version) => {
    expect(returned(version, 'patient')).toBe(true);
  });

  it.each(otherTables)('gives a record of the table %j back as it was', (table) => {
    expect(returned('1.14', table)).toBe(true);
  });

  it('keeps the order of columns, and leaves what it was given alone', () => {
    const columns = ['idnum8', 'zulu', 'idshortdesc3', 'id', '_move_off_tablet', 'idnum1', 'alpha'];
    const record = new Map(columns.map((column, index) => [column, index]));
    const result = rightOf(separateOldIdNums(clientOf('2.0.0'), 'patient')(record));
    expect([...result.record]).toStrictEqual([
      ['zulu', 1],
      ['id', 3],
      ['_move_off_tablet', 4],
      ['alpha', 6],
    ]);
    expect(result.idNums.map(({ which_idnum, idnum_value }) => [which_idnum, idnum_value])).toStrictEqual([
      [1, 5],
      [8, 0],
    ]);
    expect([...record.keys()]).toStrictEqual(columns);
  });

  it.each<readonly [string, Pairs, Pairs]>([
    [
      'no rows without an ID number',
      [
        ['id', 7],
        ['idnum1', null],
        ['iddesc1', 'x'],
      ],
      [['id', 7]],
    ],
    ['no rows of a plain patient', [['id', 7]], [['id', 7]]],
  ])('%s', (_, pairs, own) => {
    expect(separated(pairs)).toStrictEqual(right({ record: new Map(own), patientId: some(7), idNums: [] }));
  });

  it('no rows of a patient without id, and no patient to tell of', () => {
    const withoutId = { record: new Map(), patientId: none, idNums: [] };
    expect(separated([])).toStrictEqual(right(withoutId));
    expect(
      separated([
        ['idnum1', null],
        ['iddesc1', 'NHS number'],
        ['id', null],
      ]),
    ).toStrictEqual(right({ ...withoutId, record: new Map([['id', null]]) }));
  });

  it('takes undefined for null', () => {
    const record = new Map<string, number | undefined>([
      ['id', undefined],
      ['idnum1', undefined],
    ]);
    const separate = separateOldIdNums(clientOf('1.14'), 'patient');
    expect(rightOf(separate(record))).toMatchObject({ patientId: none, idNums: [] });
    expect(rightOf(separate(new Map([...record, ['id', 1]])))).toMatchObject({ patientId: some(1), idNums: [] });
  });

  it('takes what is blank, zero or no number for an ID number', () => {
    const { idNums } = separatedWell([
      ['id', 0],
      ['idnum1', ''],
      ['idnum2', 0],
      ['idnum3', 'x'],
      ['idnum4', NaN],
    ]);
    expect(idNums.map(({ id, idnum_value }) => [id, idnum_value])).toStrictEqual([
      [1, ''],
      [2, 0],
      [3, 'x'],
      [4, NaN],
    ]);
  });

  it('has null for the columns that the patient has not', () => {
    expect(
      separatedWell([
        ['id', 7],
        ['idnum3', 5],
      ]).idNums,
    ).toStrictEqual([
      { id: 59, patient_id: 7, which_idnum: 3, idnum_value: 5, when_last_modified: null, _move_off_tablet: null },
    ]);
  });

  it('knows names of Object from columns', () => {
    const pairs: Pairs = [
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['id', 1],
      ['idnum1', 2],
    ];
    const { record, idNums } = separatedWell(pairs);
    expect([...record]).toStrictEqual(pairs.slice(0, 3));
    expect(idNums[0]?.when_last_modified).toBe(null);
  });
});

describe('the id of a patient', () => {
  const max = 1125899906842622;
  const rowIds = (id: number) =>
    separatedWell([
      ['id', id],
      ['idnum1', 1],
      ['idnum8', 1],
    ]).idNums.map((row) => BigInt(row.id));

  it.each([0, 1, 7, 2 ** 31, max - 1, max])('%d has rows that are exact', (id) => {
    expect(rowIds(id)).toStrictEqual([BigInt(id) * 8n + 1n, BigInt(id) * 8n + 8n]);
  });

  it('is never close enough to another to share a row', () => {
    const ids = [0, 1, 2, max - 1, max].flatMap((id) =>
      separatedWell([
        ['id', id],
        ...Array.from({ length: 8 }, (_, n) => [`idnum${String(n + 1)}`, 1] as const),
      ]).idNums.map((row) => row.id),
    );
    expect(new Set(ids).size).toBe(40);
    expect(ids.every(Number.isSafeInteger)).toBe(true);
  });

  const refused = left(invalidNumber('id', max));
  it.each<readonly [string, unknown]>([
    ['one too large', max + 1],
    ['2^53', 2 ** 53],
    ['10^300', 1e300],
    ['infinite', Infinity],
    ['no number', NaN],
    ['below 0', -1],
    ['broken', 7.5],
    ['a text', '7'],
    ['blank', ''],
    ['a bigint', 7n],
    ['a truth', true],
    ['an array', [7]],
    ['an object that counts as 7', { valueOf: () => 7 }],
  ])('is refused if it is %s, with or without ID numbers', (_, id) => {
    const separate = separateOldIdNums(clientOf('2.0.0'), 'patient');
    expect(separate(new Map([['id', id]]))).toStrictEqual(refused);
    expect(
      separate(
        new Map([
          ['id', id],
          ['idnum1', 1],
        ]),
      ),
    ).toStrictEqual(refused);
  });
});

describe('an ID number of a patient without id', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is refused rather than lost: idnum%d', (which) => {
    for (const value of [0, '', 'x', 1001]) {
      const idNum: Pairs = [[`idnum${String(which)}`, value]];
      for (const pairs of [idNum, [...idNum, ['id', null]]] satisfies Pairs[]) {
        expect(separated(pairs)).toStrictEqual(left(invalidNumber('id', 1125899906842622)));
      }
    }
  });
});

describe('separated and joined again', () => {
  let seed = 11;
  const below = (bound: number): number => {
    seed = (seed * 16807) % 2147483647;
    return seed % bound;
  };
  const own = ['forename', 'surname', 'sex', 'when_last_modified', '_move_off_tablet', 'idnum9', 'idnum0', '__proto__'];
  const idnums = Array.from({ length: 8 }, (_, index) => `idnum${String(index + 1)}`);
  const descriptors = idnums.flatMap((name) => [name.replace('num', 'desc'), name.replace('num', 'shortdesc')]);
  const value = (): Value => [null, '', 'x', 0, below(1e6), -1.5][below(6)] ?? null;

  const shuffled = (columns: readonly string[]): readonly string[] =>
    columns
      .map((column) => ({ column, at: below(1e9) }))
      .sort((a, b) => a.at - b.at)
      .map(({ column }) => column);

  const generated = (): Pairs => {
    const chosen = [...own, ...idnums, ...descriptors].filter(() => below(3) > 0);
    return shuffled(['id', ...chosen]).map((column) => [column, column === 'id' ? below(1e9) : value()]);
  };

  /** The record as it was sent, from its columns and what became of it; but for descriptors, which are gone. */
  const joined = (columns: readonly string[], { record, idNums }: SeparatedRecord<Value>): Pairs => {
    const numbers = new Map(idNums.map((row) => [`idnum${String(row.which_idnum)}`, row.idnum_value]));
    return columns.map((column) => [column, record.get(column) ?? numbers.get(column) ?? null]);
  };

  it('is the record that was sent', () => {
    for (let round = 0; round < 2000; round += 1) {
      const sent = generated();
      const result = separatedWell(sent, old[below(old.length)]);
      const id = sent.find(([column]) => column === 'id')?.[1];
      const kept = sent.filter(([column]) => !descriptors.includes(column));

      expect(
        joined(
          kept.map(([column]) => column),
          result,
        ),
      ).toStrictEqual(kept);
      expect([...result.record]).toStrictEqual(kept.filter(([column]) => !idnums.includes(column)));
      expect(result.patientId).toStrictEqual(some(id));
      for (const row of result.idNums) {
        expect(row.id).toBe(Number(id) * 8 + row.which_idnum);
        expect(row.patient_id).toBe(id);
        expect(row.when_last_modified).toBe(result.record.get('when_last_modified') ?? null);
        expect(row._move_off_tablet).toBe(result.record.get('_move_off_tablet') ?? null);
      }
    }
  });

  it('is separated once and for all', () => {
    const separate = separateOldIdNums(clientOf('2.0.0'), 'patient');
    for (let round = 0; round < 200; round += 1) {
      const once = rightOf(separate(new Map(generated())));
      expect(separate(once.record)).toStrictEqual(right({ ...once, idNums: [] }));
    }
  });

  it('a later client is never refused', () => {
    for (let round = 0; round < 200; round += 1) {
      const record = new Map<string, Value>([...generated(), ['id', value()]]);
      const result = separateOldIdNums(clientOf('2.0.1'), 'patient')(record);
      expect(isRight(result) && result.right.record === record).toBe(true);
    }
  });
});
