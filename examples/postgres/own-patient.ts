/** Patients with an account of their own, which may upload that patient only. */
import { chainW, fromNullable, isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isNone, none, some } from 'fp-ts/lib/Option.js';
import { parseClientVersion, refused, userErrorMessage, type UserError } from 'camcops-tablet-session';
import { readCommand, serverCamcopsVersion } from 'camcops-tablet-session/operations';
import type { PatientDetails, TabletHost } from 'camcops-tablet-session/operations';

import { asTask, type Database } from './database.js';
import type { Tablet } from './ports.js';
import type { Account } from './users.js';

/** Reads a patient in the form that the table holds: a JSON list of one patient, as tablets send it to `validate_patients`. */
export const readPatient = (patientInfo: string): Either<UserError, PatientDetails> =>
  pipe(
    parseClientVersion(serverCamcopsVersion),
    chainW((clientVersion) =>
      readCommand(new Map())({ clientVersion }, 'validate_patients', { patient_info: patientInfo }),
    ),
    chainW(({ patients: [patient] }) => fromNullable(refused('There must be one patient'))(patient)),
  );

/** Reads a patient that the table holds; throws if it is damaged. */
export const storedPatient = ({ id, details }: { readonly id: number; readonly details: string }): PatientDetails => {
  const patient = readPatient(details);
  if (isLeft(patient)) throw new Error(`patient ${String(id)} is damaged: ${userErrorMessage(patient.left)}`);
  return patient.right;
};

export const ownPatient =
  (db: Database): NonNullable<TabletHost<unknown, Tablet, Account>['ownPatient']> =>
  ({ user: { patientId } }) =>
    asTask(async () => {
      if (isNone(patientId)) return right(none);
      const sql = 'select id, details from patients where id = $1 and withdrawn_at is null';
      const [patient] = await db.query<{ id: number; details: string }>(sql, [patientId.value]);
      if (patient === undefined) throw new Error('the patient of this account is gone');
      return right(some(storedPatient(patient)));
    });
