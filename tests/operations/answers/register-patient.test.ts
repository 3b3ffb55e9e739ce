import { left } from 'fp-ts/lib/Either.js';
import { some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { secret } from '../../../src/index.js';
import { registerPatientAnswer, type PatientRegistration } from '../../../src/operations/answers/register-patient.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { username } from '../../support/fixtures.js';
import { nobody } from '../../support/patients.js';
import { untyped } from '../../support/untyped.js';

const registration: PatientRegistration = {
  patient: { ...nobody, surname: some('O\u2028Hara'), idNumbers: new Map([[1, 9223372036854775807n]]) },
  username: username('user-{4d1c8ee0}-7'),
  password: secret('p&w d+%;\u00e9: "\\" '),
  ipUse: { commercial: false, clinical: true, educational: false, research: true },
};

describe('registerPatientAnswer', () => {
  it('is read back exactly', () => {
    const read = readByClient(rightOf(registerPatientAnswer(registration)));
    expect(read.get('user')).toBe('user-{4d1c8ee0}-7');
    expect(read.get('password')).toBe('p&w d+%;\u00e9: "\\" ');
    expect(read.get('patient_info')).toContain('"surname":"O\\u2028Hara"');
    expect(read.get('patient_info')).toContain('"idnum1":9223372036854775807');
  });

  it('tells the purposes as numbers', () => {
    expect(rightOf(registerPatientAnswer(registration))['ip_use_info']).toBe(
      '{"ip_use_commercial":0,"ip_use_clinical":1,"ip_use_educational":0,"ip_use_research":1}',
    );
  });

  it.each([
    ['', 'must not be blank'],
    [' sentinel', 'must be on one line, without leading white space'],
    ['sentinel\n', 'must be on one line, without leading white space'],
  ])('refuses the password %j, and does not quote it', (password, rule) => {
    const answer = registerPatientAnswer({ ...registration, password: secret(password) });
    expect(answer).toEqual(left({ field: 'password', rule }));
    expect(JSON.stringify(answer)).not.toContain('sentinel');
  });

  it.each(['', ' alice', 'alice\nsuccess:0'])('refuses the username %j of a host without types', (name) => {
    expect(registerPatientAnswer({ ...registration, username: untyped(name) })).toMatchObject({
      left: { field: 'username' },
    });
  });

  it('refuses what no tablet could read of the patient', () => {
    expect(registerPatientAnswer({ ...registration, patient: { ...nobody, dob: some('1950') } })).toMatchObject({
      left: { field: 'patient.dob' },
    });
  });
});
