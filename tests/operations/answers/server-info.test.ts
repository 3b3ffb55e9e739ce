import { left, match } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import {
  serverCamcopsVersion,
  serverInfo,
  serverInfoAnswer,
  type ServerInfoConfig,
} from '../../../src/operations/answers/server-info.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { clinic, clinicInfo } from '../../support/patients.js';

const oneLine = 'must be on one line, without leading white space';
const idNumber = { which: 1, description: 'Hospital', shortDescription: 'Hosp', validation: none };

describe('serverInfo', () => {
  it.each<readonly [Partial<ServerInfoConfig>, string, string]>([
    [{ uploadPolicy: '' }, 'uploadPolicy', 'must be an ID policy: empty at position 0'],
    [{ uploadPolicy: 'sex, dob' }, 'uploadPolicy', 'must be an ID policy: unknown word at position 3'],
    [{ finalizePolicy: 'sex AND' }, 'finalizePolicy', 'must be an ID policy: syntax at position 7'],
    [{ finalizePolicy: '('.repeat(101) }, 'finalizePolicy', 'must be an ID policy: too deep at position 100'],
    ...[' Clinic', '\tClinic', '\u00a0Clinic', 'A\nB', 'A\r', 'A\u2028B', 'A\u0085B', 'A\ud800'].map(
      (databaseTitle) => [{ databaseTitle }, 'databaseTitle', oneLine] as const,
    ),
    ...[0, -1, 1.5, NaN, 2147483648].map(
      (which) =>
        [
          { idNumbers: [{ ...idNumber, which }] },
          'idNumbers[0].which',
          'must be a whole number from 1 to 2147483647',
        ] as const,
    ),
    [{ idNumbers: [idNumber, idNumber] }, 'idNumbers[1].which', 'must be a type of its own'],
    [{ idNumbers: [{ ...idNumber, description: ' a' }] }, 'idNumbers[0].description', oneLine],
    [{ idNumbers: [{ ...idNumber, shortDescription: 'a\nb' }] }, 'idNumbers[0].shortDescription', oneLine],
  ])('refuses %j', (differences, field, rule) => {
    expect(serverInfo({ ...clinic, ...differences })).toEqual(left({ field, rule }));
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

  it('tells a version of three numbers, as the client demands', () => {
    expect(serverCamcopsVersion).toMatch(/^\d+\.\d\d?\.\d\d?$/);
  });
});
