/** Patients who use a tablet of their own: their accounts and their schedules. */
import { AsyncResource } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import AsyncLock from 'async-lock';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { elem } from 'fp-ts/lib/Option.js';
import { Eq } from 'fp-ts/lib/number.js';
import { refused, secret, type DeviceName } from 'camcops-tablet-session';
import { accessKeyOfUuid, unknownAccessKey } from 'camcops-tablet-session/operations';
import type { AccessKey, IpUse, PatientMode } from 'camcops-tablet-session/operations';

import { asTask, type Database, type Query } from '../postgres/database.js';
import { othersDevice, storedPatient } from '../postgres/host.js';
import { hashToken, newToken, type Tablet } from '../postgres/ports.js';
import { hashPassword, type Account, type PasswordCost } from '../postgres/users.js';
import { storeAccount } from './accounts.js';
import { writeAudit } from './audit.js';
import { currentClient } from './client.js';
import { schedulesOf } from './schedules.js';
import { usernameOf } from './settings.js';
import type { SignInLimits } from './sign-in-limits.js';

/** Stores a patient, in the form that `readPatient` reads, and returns their number. Stores only a hash of the access key. */
export const storePatient = async (query: Query, key: AccessKey, patientInfo: string, groupId?: number) => {
  const sql = 'insert into patients (group_id, access_key_hash, details) values ($1, $2, $3) returning id';
  const [patient] = await query<{ id: number }>(sql, [groupId, hashToken(key), patientInfo]);
  return patient?.id ?? 0;
};

export const newAccessKey = (): AccessKey => {
  const key = accessKeyOfUuid(randomUUID());
  if (isLeft(key)) throw new Error('no access key could be made');
  return key.right;
};

const byAccessKey = async (query: Query, key: AccessKey) => {
  const [patient] = await query<{ id: number; groupId: number; ipUse: IpUse; details: string }>(
    `select p.id, p.group_id as "groupId", g.ip_use as "ipUse", p.details
     from patients p join groups g on g.id = p.group_id where p.access_key_hash = $1 and p.withdrawn_at is null`,
    [hashToken(key)],
  );
  return patient && { ...patient, details: storedPatient(patient) };
};

/** Makes the names and passwords of the accounts of patients' tablets. */
export const defaultAccounts = {
  // Hashes a long name of a device, because it would leave no room for the rest of the user's name.
  name: (device: DeviceName, patientId: number): string =>
    `user-${device.length < 100 ? device : createHash('sha256').update(device).digest('hex')}-${String(patientId)}`,
  newPassword: newToken,
};

/** How many devices may register with one key. */
const maxDevices = 5;

const busy = 'Access keys cannot be checked from here for now: please wait a minute and try again';
const tryLater = refused(busy, 'try-later');

const refusals = {
  withdrawn: unknownAccessKey,
  // Otherwise whoever has an access key and the name of a ward's tablet could change what that tablet has uploaded.
  othersDevice,
  disabled: refused('Your account on this device is disabled: please speak to your administrator', 'disabled-account'),
  tooManyDevices: refused(
    `This access key is in use on ${String(maxDevices)} devices: please speak to your administrator`,
    'too-many-devices',
  ),
};

/** Locks a patient, and returns why they may not have this account on this device; nothing if they may. */
const problemOf = async (query: Query, id: number, username: string, device: DeviceName) => {
  const active = 'select from patients where id = $1 and withdrawn_at is null for update';
  if ((await query(active, [id])).length === 0) return refusals.withdrawn;
  const [found] = await query<{ problem: keyof typeof refusals | null }>(
    `select case
       when exists (select from devices d left join users u on u.id = d.registered_by
         where d.name = $3 and u.username is distinct from $2) then 'othersDevice'
       when exists (select from users where username = $2 and disabled_at is not null) then 'disabled'
       when (select count(*) from users u where patient_id = $1 and disabled_at is null and username <> $2 and not exists (
           select from devices where name = u.only_device and registered_by <> u.id)) >= $4
         then 'tooManyDevices' end as problem`,
    [id, username, device, maxDevices],
  );
  return found?.problem && refusals[found.problem];
};

export const patientMode = (
  db: Database,
  limits: SignInLimits,
  cost: PasswordCost,
  accounts: typeof defaultAccounts,
): PatientMode<unknown, Tablet, Account> => {
  const turns = new AsyncLock();
  const register = async (device: DeviceName, key: AccessKey) => {
    const { address } = currentClient();
    // The reply does not say whether the key was right.
    if (await limits.isAddressOver(address)) return left(tryLater);
    const patient = await byAccessKey(db.query, key);
    if (patient === undefined) {
      await limits.addressFailed(address);
      return left(unknownAccessKey);
    }
    const { id, groupId, details, ipUse } = patient;
    const username = usernameOf(accounts.name(device, id), 'The account');
    // One at a time, and hashed while the patient's row is locked, because a tablet that asks twice uses the later reply's password.
    // Bound, because the lock would run it in the asynchronous context of the request before it.
    const work = AsyncResource.bind(() =>
      db.transaction(async (query) => {
        const problem = await problemOf(query, id, username, device);
        if (problem) return left(problem);
        const password = accounts.newPassword();
        const hash = await hashPassword(cost, password);
        await storeAccount(query, username, hash, groupId, { id, device });
        await writeAudit(query, { event: 'register-patient', username, device });
        return right({ patient: details, username, password: secret(password), ipUse });
      }),
    );
    return turns.acquire(String(id), work);
  };
  return {
    // Waits in the queue of passwords, because the patient's new password is hashed.
    registerPatient: ({ deviceName }, { accessKey }) =>
      asTask(async () => {
        const registered = await limits.hashing(`a patient on ${deviceName}`, () => register(deviceName, accessKey));
        return registered ?? left(tryLater);
      }),

    taskSchedules: ({ user }, { accessKey }) =>
      asTask(async () => {
        const patient = await byAccessKey(db.query, accessKey);
        if (patient === undefined || !elem(Eq)(patient.id)(user.patientId)) return left(unknownAccessKey);
        return right({ patient: patient.details, schedules: await schedulesOf(db.query, patient.id) });
      }),
  };
};
