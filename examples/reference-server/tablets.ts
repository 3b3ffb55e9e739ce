/** Answers tablets: the host of `examples/postgres`, with an audit, limits, and patients who use a tablet of their own. */
import { AsyncResource } from 'node:async_hooks';
import AsyncLock from 'async-lock';
import { isRight } from 'fp-ts/lib/Either.js';
import { identity, pipe } from 'fp-ts/lib/function.js';
import { isNone } from 'fp-ts/lib/Option.js';
import { chainEitherKW, tryCatch } from 'fp-ts/lib/TaskEither.js';
import { defaultVersionPolicy, fault, handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost, type UploadTables } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import type { Database } from '../postgres/database.js';
import type { OnStored } from '../postgres/history.js';
import { databaseHost } from '../postgres/host.js';
import { databasePorts, type Tablet } from '../postgres/ports.js';
import { defaultCost, findUser, type Account } from '../postgres/users.js';
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

/** Stores an upload only if its user and device may still act: either may have lost its access while the request waited. */
const onStored: OnStored = async (query, admission, plan) => {
  const device = await query('select from devices where id = $1 and revoked_at is null', [admission.device.id]);
  const user = await findUser(query, admission.user.id);
  if (device.length === 0 || isNone(user)) throw new Error('the access of the user or the device has ended');
  await auditUpload(query, admission, plan);
};

export const referenceHost = (
  db: Database,
  limits: SignInLimits,
  { tables, title, passwordCost, patientAccounts }: Omit<typeof tabletDefaults, 'versions'>,
): TabletHost<unknown, Tablet, Account> => {
  const options = { tables, title, onStored };
  const turns = new AsyncLock();
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
      // One at a time, so that registrations that wait for an upload of their device hold only one connection of the database.
      const inTurn = () => turns.acquire(device, AsyncResource.bind(register));
      return pipe(tryCatch(inTurn, fault), chainEitherKW(identity));
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
