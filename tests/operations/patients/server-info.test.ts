import * as fc from 'fast-check';
import { isRight, left, match } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import type * as M from '../../../src/operations/patients/model.js';
import {
  allowedTablesAnswer,
  extraStringsAnswer,
  oneLine,
  serverCamcopsVersion,
  serverInfo,
  serverInfoAnswer,
} from '../../../src/operations/patients/server-info.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { clientVersion } from '../../support/fixtures.js';
import { clinic, clinicInfo } from '../../support/patients.js';
import { untyped } from '../../support/untyped.js';

const oneLineRule = 'must be on one line, without leading white space';
const idNumber = { which: 1, description: 'Hospital', shortDescription: 'Hosp', validation: none };

describe('serverInfo', () => {
  it.each<readonly [Partial<M.ServerInfoConfig>, string, string]>([
    [{ uploadPolicy: '' }, 'uploadPolicy', 'must be an ID policy: empty at position 0'],
    [{ uploadPolicy: 'sex, dob' }, 'uploadPolicy', 'must be an ID policy: unknown word at position 3'],
    [{ finalizePolicy: 'sex AND' }, 'finalizePolicy', 'must be an ID policy: syntax at position 7'],
    [{ finalizePolicy: '('.repeat(101) }, 'finalizePolicy', 'must be an ID policy: too deep at position 100'],
    ...[' Clinic', '\tClinic', '\u00a0Clinic', 'A\nB', 'A\r', 'A\u2028B', 'A\u0085B', 'A\ud800'].map(
      (databaseTitle) => [{ databaseTitle }, 'databaseTitle', oneLineRule] as const,
    ),
    ...[0, -1, 1.5, NaN, 2147483648].map(
      (which) =>
        [
          { idNumbers: [{ ...idNumber, which }] },
          'idNumbers[0].which',
          'must be a whole number from 1 to 2147483647',
        ] as const,
    ),
    [{ idNumbers: [idNumber, idNumber] }, 'idNumbers[1].which', 'must be unique'],
    [{ idNumbers: [{ ...idNumber, description: ' a' }] }, 'idNumbers[0].description', oneLineRule],
    [{ idNumbers: [{ ...idNumber, shortDescription: 'a\nb' }] }, 'idNumbers[0].shortDescription', oneLineRule],
  ])('refuses %j', (differences, field, rule) => {
    expect(serverInfo({ ...clinic, ...differences })).toEqual(left({ field, rule }));
  });

  const versionRule = 'must be a version x.y.z, y and z below 100, 2.4.24 or later';
  it.each(['2.4.23', '2.3.99', '1.99.99', '0.0.0', '2.100.0', '2.4.100', '2.4.24-rc.1', '2.5.0+build', '1.5'])(
    'refuses the version %s',
    (version) => {
      expect(serverInfo({ ...clinic, camcopsVersion: clientVersion(version) })).toEqual(
        left({ field: 'camcopsVersion', rule: versionRule }),
      );
    },
  );

  it.each(['2.4.24', '2.4.25', '2.4.99', '2.5.0', '3.0.0', '999999999.99.99'])('tells the version %s', (version) => {
    expect(rightOf(serverInfo({ ...clinic, camcopsVersion: clientVersion(version) })).camcopsVersion).toBe(version);
  });

  it('tells the version whose operations the package does, if the host names none', () => {
    expect(rightOf(serverInfo(clinic)).camcopsVersion).toBe(serverCamcopsVersion);
    expect(serverCamcopsVersion).toBe('2.4.24');
  });

  it.each<readonly [object, string]>([
    ...['', '2.4', 'v2.4.24', '02.4.24', '2.4.24\n', 2.4, null, ['2.4.24']].map(
      (camcopsVersion) => [{ camcopsVersion }, 'camcopsVersion'] as const,
    ),
    [{ databaseTitle: null }, 'databaseTitle'],
    [{ idNumbers: new Map() }, 'idNumbers'],
    [{ idNumbers: [null] }, 'idNumbers[0]'],
    [{ idNumbers: [{ ...idNumber, which: '1' }] }, 'idNumbers[0].which'],
    [{ idNumbers: [{ ...idNumber, validation: null }] }, 'idNumbers[0].validation'],
    [{ idNumbers: [{ ...idNumber, validation: some('luhn') }] }, 'idNumbers[0].validation'],
  ])('refuses %j of a host without types', (differences, field) => {
    expect(serverInfo(untyped({ ...clinic, ...differences }))).toMatchObject({ left: { field } });
  });

  it('names the validation method that there is', () => {
    const idNumbers = [{ ...idNumber, validation: some('luhn') }];
    expect(serverInfo(untyped({ ...clinic, idNumbers }))).toEqual(
      left({ field: 'idNumbers[0].validation', rule: "must be 'uk_nhs_number', was a string" }),
    );
  });

  it('never quotes a value', () => {
    const sentinel = '\nsentinel';
    const texts = [
      { databaseTitle: sentinel },
      { uploadPolicy: sentinel },
      { finalizePolicy: sentinel },
      { idNumbers: [{ ...idNumber, description: sentinel }] },
    ];
    for (const differences of texts) {
      expect(match(JSON.stringify, () => 'sentinel')(serverInfo({ ...clinic, ...differences }))).not.toContain(
        'sentinel',
      );
    }
  });
});

const whole = ['', 'a', 'a ', 'a\tb', ':a', 'a:b', '\\n', '\u{1f511}', '\u200ba', '\0'];
const broken = [
  ...[' a', '\ta', '\u3000a', '\ufeffa'],
  ...['a\n', 'a\rb', '\r\n', 'a\vb', 'a\fb', 'a\u0085b', 'a\u2029b'],
  ...['\ud800', 'a\udc00'],
];

describe('oneLine', () => {
  it('takes what the client reads back, and nothing else', () => {
    expect(whole.filter((text) => !isRight(oneLine(text)))).toEqual([]);
    expect(broken.filter((text) => isRight(oneLine(text)))).toEqual([]);
    expect(whole.map((title) => readByClient({ title }).get('title'))).toEqual(whole);
  });
});

describe('serverInfoAnswer', () => {
  it('tells all that a tablet stores and compares, in the order of the types', () => {
    expect(Object.entries(serverInfoAnswer(clinicInfo))).toEqual([
      ['databaseTitle', 'Clinic'],
      ['idPolicyUpload', 'SEX AND ANYIDNUM'],
      ['idPolicyFinalize', 'SEX AND IDNUM4'],
      ['serverCamcopsVersion', '2.4.24'],
      ['idDescription1', 'Hospital number'],
      ['idShortDescription1', 'Hosp'],
      ['idValidationMethod1', ''],
      ['idDescription4', 'NHS number'],
      ['idShortDescription4', 'NHS'],
      ['idValidationMethod4', 'uk_nhs_number'],
    ]);
  });

  it('is read back exactly', () => {
    const description = 'a: b,\\n \u{1f511} \u00e9';
    const config = {
      databaseTitle: description,
      uploadPolicy: '\n(sex\r\nOR dob)',
      finalizePolicy: `not${' '.repeat(1000)}sex`,
      idNumbers: [{ which: 7, description, shortDescription: '', validation: some('uk_nhs_number' as const) }],
    };
    const answer = serverInfoAnswer(rightOf(serverInfo(config)));
    const read = readByClient(answer);
    for (const [key, value] of Object.entries(answer)) expect(read.get(key)).toBe(value);
    expect(read.get('databaseTitle')).toBe(description);
    expect(read.get('idPolicyUpload')).toBe('(SEX OR DOB)');
    expect(read.get('idShortDescription7')).toBe('');
  });

  it('tells the version that the host names', () => {
    const info = rightOf(serverInfo({ ...clinic, camcopsVersion: clientVersion('2.5.0') }));
    expect(serverInfoAnswer(info)).toMatchObject({ serverCamcopsVersion: '2.5.0' });
  });
});

describe('allowedTablesAnswer', () => {
  const tables = (...versions: readonly string[]) =>
    new Map(
      versions.map((version, index) => [
        `t${String(index)}`,
        { columns: new Set(['id']), minClientVersion: clientVersion(version) },
      ]),
    );

  it('lists all tables, in the order of the host', () => {
    expect(rightOf(allowedTablesAnswer(tables('2.0.0', '99.0.0')))).toEqual({
      nfields: '2',
      fields: 'tablename,min_client_version',
      nrecords: '2',
      record0: "'t0','2.0.0'",
      record1: "'t1','99.0.0'",
    });
  });

  it('may list none', () => {
    expect(rightOf(allowedTablesAnswer(new Map()))).toMatchObject({ nrecords: '0' });
  });

  it.each([
    ['2.4.0-beta.1', '2.4.0'],
    ['2.4.0+build-7', '2.4.0'],
    ['2.4.0-beta+build', '2.4.0'],
    ['1.5', '1.50.0'],
    ['0.99.99', '0.99.99'],
  ])('tells %s as %s', (version, release) => {
    expect(rightOf(allowedTablesAnswer(tables(version)))['record0']).toBe(`'t0','${release}'`);
  });

  it.each(['2.100.0', '2.0.100', '1.123'])('refuses %s, which the client would misread', (version) => {
    expect(allowedTablesAnswer(tables('2.0.0', version))).toEqual(
      left({ field: 'tables.t1.minClientVersion', rule: 'must have a second and third number below 100' }),
    );
  });

  it.each(['', 'two', '2.4', 'v2.4.0'])('refuses %j of a host without types', (version) => {
    const unread = new Map([['t0', { columns: new Set<string>(), minClientVersion: untyped(version) }]]);
    expect(allowedTablesAnswer(unread)).toMatchObject({ left: { field: 'tables.t0.minClientVersion' } });
  });
});

describe('extraStringsAnswer', () => {
  const text = { task: 'phq9', name: 'q1', language: 'en_GB', value: "It's\na \\ line" };

  it('is a table of four columns', () => {
    expect(rightOf(extraStringsAnswer([text, { ...text, name: 'q2', language: '', value: '' }]))).toEqual({
      nfields: '4',
      fields: 'task,name,language,value',
      nrecords: '2',
      record0: "'phq9','q1','en_GB','It''s\\na \\\\ line'",
      record1: "'phq9','q2','',''",
    });
  });

  it('may be empty', () => {
    expect(rightOf(extraStringsAnswer([]))).toMatchObject({ nrecords: '0' });
  });

  it('writes 100,000 strings', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ ...text, name: `q${String(index)}` }));
    expect(rightOf(extraStringsAnswer(many))['record99999']).toContain("'q99999'");
  });

  it.each([{ task: '' }, { task: ' ' }, { name: '' }, { name: '\n' }])('refuses %j', (differences) => {
    expect(extraStringsAnswer([text, { ...text, ...differences }])).toEqual(
      left({ field: 'extraStrings[1]', rule: 'must have a task and a name' }),
    );
  });

  /** The client drops the quotes, and what it escaped. */
  const readByClient = (literal: string): string =>
    literal
      .slice(1, -1)
      .replaceAll("''", "'")
      .replace(/\\([^])/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped);

  it('is read back exactly', () => {
    const anyText = fc.string({ unit: fc.constantFrom('a', "'", '\\', '\n', '\r', ',', '\u{1f511}', 'n', ' ') });
    fc.assert(
      fc.property(anyText, (value) => {
        const record = String(rightOf(extraStringsAnswer([{ ...text, value }]))['record0']);
        expect(record).not.toMatch(/[\r\n]/);
        expect(readByClient(record.slice("'phq9','q1','en_GB',".length))).toBe(value);
      }),
    );
  });
});
