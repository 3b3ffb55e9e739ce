/** Patients who have an account of their own: it may upload its own patient only. */
import { chainW, fromNullable, isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isNone, none, some } from 'fp-ts/lib/Option.js';
import { parseClientVersion, refused, userErrorMessage, type UserError } from 'camcops-tablet-session';
import { readCommand, serverCamcopsVersion } from 'camcops-tablet-session/operations';
import type { IpUse, PatientDetails, TabletHost } from 'camcops-tablet-session/operations';

import { asTask, type Query, type Database } from './database.js';
import type { Tablet } from './ports.js';
import type { Account } from './users.js';

/** Reads a patient as the table stores one: JSON, a list of one patient, as tablets send it to `validate_patients`. */
export const readPatient = (patientInfo: string): Either<UserError, PatientDetails> =>
  pipe(
    parseClientVersion(serverCamcopsVersion),
    chainW((clientVersion) =>
      readCommand(new Map())({ clientVersion }, 'validate_patients', { patient_info: patientInfo }),
    ),
    chainW(({ patients: [patient] }) => fromNullable(refused('There must be one patient'))(patient)),
  );

export const patientBy = async (query: Query, column: 'id' | 'access_key_hash', value: unknown) => {
  const [row] = await query<{ id: number; groupId: number; ipUse: IpUse; details: string }>(
    `select p.id, p.group_id as "groupId", g.ip_use as "ipUse", p.details
     from patients p join groups g on g.id = p.group_id where p.${column} = $1 and p.withdrawn_at is null`,
    [value],
  );
  if (row === undefined) return undefined;
  const details = readPatient(row.details);
  if (isLeft(details)) throw new Error(`patient ${String(row.id)} is damaged: ${userErrorMessage(details.left)}`);
  return { ...row, details: details.right };
};

export const ownPatient =
  (db: Database): NonNullable<TabletHost<unknown, Tablet, Account>['ownPatient']> =>
  ({ user: { patientId } }) =>
    asTask(async () => {
      if (isNone(patientId)) return right(none);
      const patient = await patientBy(db.query, 'id', patientId.value);
      if (patient === undefined) throw new Error('the patient of this account is gone');
      return right(some(patient.details));
    });
