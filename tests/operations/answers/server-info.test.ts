import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { serverInfoAnswer } from '../../../src/operations/answers/server-info.js';
import { serverInfo } from '../../../src/operations/patients/server-info.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { clientVersion } from '../../support/fixtures.js';
import { clinic, clinicInfo } from '../../support/patients.js';

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
