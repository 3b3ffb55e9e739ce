/** Answers tablets: the host of `examples/postgres`, with an audit, limits, and patients who use a tablet of their own. */
import { isRight } from 'fp-ts/lib/Either.js';
import { identity, pipe } from 'fp-ts/lib/function.js';
import { chainEitherKW, tryCatch } from 'fp-ts/lib/TaskEither.js';
import { defaultVersionPolicy, fault, handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost, type UploadTables } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database } from '../postgres/database.js';
import { databaseHost } from '../postgres/host.js';
import { databasePorts, type Tablet } from '../postgres/ports.js';
import { defaultCost, type Account } from '../postgres/users.js';
import { auditUpload, writeAudit } from './audit.js';
import { withPatientWords } from './patient-words.js';
import { defaultAccounts, patientMode } from './patients.js';
import { sharedStrings } from './replies.js';
import { unlessRevoked } from './revoked.js';
import { limitedUsers } from './sign-in.js';
import { signInLimits, type SignInLimits } from './sign-in-limits.js';

export const tabletDefaults = {
  tables: camcopsTables as UploadTables,
  versions: defaultVersionPolicy,
  title: 'Reference server',
  passwordCost: defaultCost,
  patientAccounts: defaultAccounts,
};

export const referenceHost = (
  db: Database,
  limits: SignInLimits,
  { tables, title, passwordCost, patientAccounts }: Omit<typeof tabletDefaults, 'versions'>,
): TabletHost<unknown, Tablet, Account> => {
  const options = { tables, title, onStored: auditUpload };
  return {
    ...databaseHost(db, options),
    patientMode: patientMode(db, limits, passwordCost, patientAccounts),

    registerDevice: (admission, command) => {
      const { user, deviceName: device } = admission;
      // In one transaction, so that no device is registered without an entry.
      const register = () =>
        db.transaction(async (query) => {
          const registered = await databaseHost({ ...db, query }, options).registerDevice(admission, command)();
          if (isRight(registered)) await writeAudit(query, { event: 'register', username: user.username, device });
          return registered;
        });
      return pipe(tryCatch(register, fault), chainEitherKW(identity));
    },
  };
};

/** Returns the function that answers a tablet's request. */
export const tabletHandler = (db: Database, settings: typeof tabletDefaults) => {
  const limits = signInLimits(db);
  const host = referenceHost(db, limits, settings);
  const handlers = withPatientWords(operationHandlers(host), host);
  return handleTabletRequest({
    ports: databasePorts(db, limitedUsers(db, limits, settings.passwordCost)),
    handlers: unlessRevoked({ ...handlers, get_extra_strings: sharedStrings(db, handlers.get_extra_strings) }),
    versions: settings.versions,
  });
};
