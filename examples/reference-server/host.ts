/** What this server does for its tablets: the host of PostgreSQL, with an audit, and patients who use a tablet of their own. */
import { left, right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { chainFirst } from 'fp-ts/lib/TaskEither.js';
import { refused } from 'camcops-tablet-session';
import type { PatientMode, TabletHost, UploadTables } from 'camcops-tablet-session/operations';

import { asTask, type Database } from '../postgres/database.js';
import { databaseHost } from '../postgres/host.js';
import type { PasswordCost } from '../postgres/passwords.js';
import type { Tablet } from '../postgres/ports.js';
import type { Account } from '../postgres/users.js';
import { auditUpload, writeAudit } from './audit.js';
import { currentClient } from './client.js';
import { patientMode, type PatientAccounts } from './patients.js';
import type { SignInLimits } from './sign-in-limits.js';

export interface HostOptions {
  readonly tables: UploadTables;
  readonly title: string;
  readonly passwordCost: PasswordCost;
  readonly patientAccounts: PatientAccounts;
}

const tryLater = refused(
  'Access keys cannot be checked from here for now: please wait a minute and try again',
  'try-later',
);

/**
 * Registers patients in the queue of passwords, for each gets one that is hashed. Behind the limit of wrong access keys, nobody is told
 * whether theirs is right.
 */
const inTurn = (
  mode: PatientMode<unknown, Tablet, Account>,
  limits: SignInLimits,
): PatientMode<unknown, Tablet, Account> => ({
  ...mode,
  registerPatient: (admission, command) => async () => {
    const { address } = currentClient();
    const leave = await limits.hashing({ address, account: `a patient on ${admission.deviceName}` });
    if (leave === undefined) return left(tryLater);
    try {
      return (await limits.isAddressOver(address)) ? left(tryLater) : await mode.registerPatient(admission, command)();
    } finally {
      leave();
    }
  },
});

export const referenceHost = (
  db: Database,
  limits: SignInLimits,
  { tables, title, passwordCost, patientAccounts }: HostOptions,
): TabletHost<unknown, Tablet, Account> => {
  const host = databaseHost(db, { tables, title, onStored: auditUpload });
  return {
    ...host,
    patientMode: inTurn(patientMode(db, limits, passwordCost, patientAccounts), limits),

    registerDevice: (admission, command) =>
      pipe(
        host.registerDevice(admission, command),
        chainFirst(() =>
          asTask(async () => {
            const { user, deviceName: device } = admission;
            await writeAudit(db.query, { event: 'register', username: user.username, device });
            return right(undefined);
          }),
        ),
      ),
  };
};
