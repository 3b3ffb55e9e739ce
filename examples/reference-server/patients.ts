/** Patients who use a tablet of their own: their accounts, and what they are to do. */
import { createHash, randomUUID } from 'node:crypto';
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { elem, isNone } from 'fp-ts/lib/Option.js';
import { Eq } from 'fp-ts/lib/number.js';
import {
  parseClientVersion,
  refused,
  secret,
  userErrorMessage,
  Username,
  type Device,
  type DeviceName,
  type UserError,
} from 'camcops-tablet-session';
import {
  accessKeyOfUuid,
  readCommand,
  samePatient,
  serverCamcopsVersion,
  unknownAccessKey,
  type AccessKey,
  type IpUse,
  type PatientDetails,
  type PatientMode,
  type ReadPatient,
} from 'camcops-tablet-session/operations';

import { groupIdOf, storeAccount } from './accounts.js';
import { writeAudit } from './audit.js';
import { currentClient } from './client.js';
import { asTask, type Database } from './database.js';
import { hashPassword, hashToken, newToken, type PasswordCost } from './passwords.js';
import type { Account } from './ports.js';
import { schedulesOf } from './schedules.js';
import type { SignInLimits } from './sign-in-limits.js';

const clientVersion = parseClientVersion(serverCamcopsVersion);

/** A patient as tablets tell of theirs, a list of one in JSON, held to the same rules. So patients are stored. */
export const readPatient = (patientInfo: string): Either<UserError, PatientDetails> => {
  if (isLeft(clientVersion)) return clientVersion;
  const client = { clientVersion: clientVersion.right };
  const command = readCommand(new Map())(client, 'validate_patients', { patient_info: patientInfo });
  if (isLeft(command)) return command;
  const [patient] = command.right.patients;
  return patient === undefined ? left(refused('There must be one patient')) : right(patient);
};

const patientBy = async (db: Database, column: 'id' | 'access_key_hash', value: unknown) => {
  const [row] = await db.query<{ id: number; groupId: number; ipUse: IpUse; details: string }>(
    `select p.id, p.group_id as "groupId", g.ip_use as "ipUse", p.details
     from patients p join groups g on g.id = p.group_id where p.${column} = $1`,
    [value],
  );
  if (row === undefined) return undefined;
  const details = readPatient(row.details);
  if (isLeft(details)) throw new Error(`patient ${String(row.id)} is damaged: ${userErrorMessage(details.left)}`);
  return { ...row, details: details.right };
};

/** Adds a patient, told of as `readPatient` reads it: the number of the patient. Of the access key, only a hash is kept. */
export const savePatient = async (db: Database, key: AccessKey, patientInfo: string, group: string): Promise<number> =>
  db.transaction(async (query) => {
    const read = readPatient(patientInfo);
    if (isLeft(read)) throw new Error(userErrorMessage(read.left));
    const [patient] = await query<{ id: number }>(
      'insert into patients (group_id, access_key_hash, details) values ($1, $2, $3) returning id',
      [await groupIdOf(query, group), hashToken(key), patientInfo],
    );
    await writeAudit(query, { event: 'admin', details: { saved: 'patient', patient: patient?.id } });
    return patient?.id ?? 0;
  });

export const newAccessKey = (): AccessKey => {
  const key = accessKeyOfUuid(randomUUID());
  if (isLeft(key)) throw new Error('no access key could be made');
  return key.right;
};

const byAccessKey = (db: Database, key: AccessKey) => patientBy(db, 'access_key_hash', hashToken(key));

/** How accounts of patients' tablets are named, and where their passwords come from. */
export interface PatientAccounts {
  readonly name: (device: DeviceName, patientId: number) => string;
  readonly newPassword: () => string;
}

export const defaultAccounts: PatientAccounts = {
  // A device's name may be as long as a user's: a hash of it leaves room for the rest.
  name: (device, patientId) =>
    `user-${device.length < 100 ? device : createHash('sha256').update(device).digest('hex')}-${String(patientId)}`,
  newPassword: newToken,
};

export const patientMode = (
  db: Database,
  limits: SignInLimits,
  cost: PasswordCost,
  accounts: PatientAccounts,
): PatientMode<unknown, Device, Account> => ({
  registerPatient: ({ deviceName }, { accessKey }) =>
    asTask(async () => {
      const { address } = currentClient();
      if (await limits.isAddressOver(address)) return left(unknownAccessKey);
      const patient = await byAccessKey(db, accessKey);
      if (patient === undefined) {
        await limits.addressFailed(address);
        return left(unknownAccessKey);
      }
      const username = Username.decode(accounts.name(deviceName, patient.id));
      if (isLeft(username)) throw new Error('no account can have this name');
      const password = accounts.newPassword();
      const hash = await hashPassword(cost, password);
      await db.transaction(async (query) => {
        await storeAccount(query, username.right, hash, patient.groupId, patient.id);
        await writeAudit(query, { event: 'register-patient', username: username.right, device: deviceName });
      });
      const { details, ipUse } = patient;
      return right({ patient: details, username: username.right, password: secret(password), ipUse });
    }),

  taskSchedules: ({ user }, { accessKey }) =>
    asTask(async () => {
      const patient = await byAccessKey(db, accessKey);
      if (patient === undefined || !elem(Eq)(patient.id)(user.patientId)) return left(unknownAccessKey);
      return right({ patient: patient.details, schedules: await schedulesOf(db.query, patient.id) });
    }),
});

const anotherPatient = refused('This account may upload its own patient only', 'another-patient');

/** The account of a patient may upload that patient only. */
export const acceptPatients = (db: Database, { patientId }: Account, patients: readonly ReadPatient[]) =>
  asTask(async (): Promise<Either<UserError, void>> => {
    if (isNone(patientId)) return right(undefined);
    const own = await patientBy(db, 'id', patientId.value);
    const isOwn = own !== undefined && patients.every(samePatient(own.details));
    return isOwn ? right(undefined) : left(anotherPatient);
  });
