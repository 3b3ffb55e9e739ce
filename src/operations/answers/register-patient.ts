/** The answer to `register_patient`: the patient, and the account that the tablet signs in with from then on. */
import type { Either } from 'fp-ts/lib/Either.js';

import { nameRule, Username } from '../../names.js';
import type { Secret } from '../../secret.js';
import type { PatientDetails } from '../patients/patient-details.js';
import { answerIf, isOneLine, oneLineRule, type BrokenRule } from './broken-rule.js';
import { patientChecks, patientJson } from './patient-json.js';

/** For which purposes a tablet is used: tasks that forbid one are locked. */
export interface IpUse {
  readonly commercial: boolean;
  readonly clinical: boolean;
  readonly educational: boolean;
  readonly research: boolean;
}

const uses = ['commercial', 'clinical', 'educational', 'research'] as const;

/** A patient, and the patient's own account. */
export interface PatientRegistration {
  readonly patient: PatientDetails;
  readonly username: Username;
  /** On one line, without leading white space, and not blank. */
  readonly password: Secret;
  readonly ipUse: IpUse;
}

/**
 * The answer to `register_patient`, or what in it a tablet could not be told: a password that is blank, begins with white space or
 * holds a line end; a date of birth that is not a date; an ID number that is not whole, or beyond 64 bits.
 *
 * @example
 * import { secret, Username } from 'camcops-tablet-session';
 * import { registerPatientAnswer } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { none, some } from 'fp-ts/lib/Option.js';
 *
 * const nobody = { forename: none, surname: none, dob: none, address: none, email: none, gp: none, other: none };
 * const patient = { ...nobody, sex: some('F'), idNumbers: new Map([[1, 9434765919]]) };
 * const ipUse = { commercial: false, clinical: true, educational: false, research: false };
 * const answer = (password: string) =>
 *   E.map((username: Username) => registerPatientAnswer({ patient, username, password: secret(password), ipUse }))(
 *     Username.decode('user-1'),
 *   );
 * answer('correct horse');
 * // right(right({
 * //   patient_info:
 * //     '[{"forename":null,"surname":null,"sex":"F","dob":null,"address":null,"email":null,"gp":null,"other":null,' +
 * //     '"idnum1":9434765919}]',
 * //   user: 'user-1',
 * //   password: 'correct horse',
 * //   ip_use_info: '{"ip_use_commercial":0,"ip_use_clinical":1,"ip_use_educational":0,"ip_use_research":0}',
 * // }))
 * answer(' correct horse'); // right(left({ field: 'password', rule: 'must be on one line, without leading white space' }))
 */
export const registerPatientAnswer = (
  registration: PatientRegistration,
): Either<BrokenRule, Readonly<Record<string, string>>> => {
  const { patient, username, ipUse } = registration;
  const password = registration.password.reveal();
  const checks = [
    ['username', nameRule, Username.is(username)],
    ['password', 'must not be blank', password !== ''],
    ['password', oneLineRule, isOneLine(password)],
    ...patientChecks(patient),
  ] as const;
  // Numbers, because the client takes `true` and `false` for unknown, and then locks the task.
  const ipUseInfo = Object.fromEntries(uses.map((use) => [`ip_use_${use}`, Number(ipUse[use])]));
  return answerIf(checks, () => {
    return { patient_info: patientJson(patient), user: username, password, ip_use_info: JSON.stringify(ipUseInfo) };
  });
};
