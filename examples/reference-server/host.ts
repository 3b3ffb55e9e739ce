/** The host of `examples/postgres`, with an audit, and with patients who use a tablet of their own. */
import { right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { chainFirst } from 'fp-ts/lib/TaskEither.js';
import type { TabletHost, UploadTables } from 'camcops-tablet-session/operations';

import { asTask, type Database } from '../postgres/database.js';
import { databaseHost } from '../postgres/host.js';
import type { Tablet } from '../postgres/ports.js';
import type { Account, PasswordCost } from '../postgres/users.js';
import { auditUpload, writeAudit } from './audit.js';
import { patientMode, type PatientAccounts } from './patients.js';
import type { SignInLimits } from './sign-in-limits.js';

export interface HostOptions {
  readonly tables: UploadTables;
  readonly title: string;
  readonly passwordCost: PasswordCost;
  readonly patientAccounts: PatientAccounts;
}

export const referenceHost = (
  db: Database,
  limits: SignInLimits,
  { tables, title, passwordCost, patientAccounts }: HostOptions,
): TabletHost<unknown, Tablet, Account> => {
  const host = databaseHost(db, { tables, title, onStored: auditUpload });
  return {
    ...host,
    patientMode: patientMode(db, limits, passwordCost, patientAccounts),

    registerDevice: (admission, command) => {
      const { user, deviceName: device } = admission;
      const entry = { event: 'register', username: user.username, device } as const;
      return pipe(
        host.registerDevice(admission, command),
        chainFirst(() => asTask(() => writeAudit(db.query, entry).then(() => right(undefined)))),
      );
    },
  };
};
