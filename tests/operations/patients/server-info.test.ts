import { isRight, left, match } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  oneLine,
  serverCamcopsVersion,
  serverInfo,
  type ServerInfoConfig,
} from '../../../src/operations/patients/server-info.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { clientVersion } from '../../support/fixtures.js';
import { clinic } from '../../support/patients.js';
import { untyped } from '../../support/untyped.js';

const oneLineRule = 'must be on one line, without leading white space';
const idNumber = { which: 1, description: 'Hospital', shortDescription: 'Hosp', validation: none };

describe('serverInfo', () => {
  it.each<readonly [Partial<ServerInfoConfig>, string, string]>([
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
