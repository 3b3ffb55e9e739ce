/** Answers tablets: the host of `examples/postgres`, with an audit, limits, and patients who use a tablet of their own. */
import { right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { chainFirst } from 'fp-ts/lib/TaskEither.js';
import { defaultVersionPolicy, handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost, type UploadTables } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import { asTask, type Database } from '../postgres/database.js';
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
  const host = databaseHost(db, { tables, title, onStored: auditUpload });
  return {
    ...host,
    patientMode: patientMode(db, limits, passwordCost, patientAccounts),

    registerDevice: (admission, command) => {
      const { user, deviceName: device } = admission;
      const entry = { event: 'register', username: user.username, device } as const;
      return pipe(
        host.registerDevice(admission, command),
        chainFirst(() => asTask(() => writeAudit(db.query, entry).then(right))),
      );
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
