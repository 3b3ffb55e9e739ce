/** The functions of a `TabletHost`, over a database. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { fromNullable, isNone, none, some, toNullable } from 'fp-ts/lib/Option.js';
import { parseClientVersion, refused, userErrorMessage, type UserError } from 'camcops-tablet-session';
import { readCommand, serverCamcopsVersion, serverInfo } from 'camcops-tablet-session/operations';
import type { ExtraString, IdNumberType, PatientDetails } from 'camcops-tablet-session/operations';
import type { ServerInfo, TabletHost, UploadTables } from 'camcops-tablet-session/operations';

import { asTask, type Database, type Query } from './database.js';
import type { OnStored } from './history.js';
import { databaseUploads } from './uploads.js';
import type { Tablet } from './ports.js';
import type { Account } from './users.js';

export interface HostOptions {
  /** What tablets may upload. */
  readonly tables: UploadTables;
  /** What tablets show as the name of the database. */
  readonly title: string;
  /** Runs in the transaction of each upload that counts: to audit it, for example. */
  readonly onStored?: OnStored;
}

type Host = TabletHost<unknown, Tablet, Account>;

type StoredType = Omit<IdNumberType, 'validation'> & { readonly validation: 'uk_nhs_number' | null };

/**
 * Returns what the tablets of a group are told; throws if the package refuses it. The version rises with each change, from `2.4.24` to
 * `2.4.99`, then `2.5.0`, because tablets fetch everything again when it does.
 */
export const serverInfoOf = async (query: Query, groupId: number, databaseTitle: string): Promise<ServerInfo> => {
  const [group] = await query<{ upload: string; finalize: string; version: string; types: readonly StoredType[] }>(
    `select upload_policy as upload, finalize_policy as finalize, concat_ws('.', n / 10000, n / 100 % 100, n % 100) as version, (
       select coalesce(json_agg(json_build_object(
         'which', which, 'description', description, 'shortDescription', short_description, 'validation', validation)), '[]')
       from id_number_types) as types
     from groups, (select 20424 + changes as n from server_information) v where id = $1`,
    [groupId],
  );
  if (group === undefined) throw new Error('there is no such group');
  const camcopsVersion = parseClientVersion(group.version);
  if (E.isLeft(camcopsVersion)) throw new Error('the server information has changed too often');
  const info = serverInfo({
    databaseTitle,
    uploadPolicy: group.upload,
    finalizePolicy: group.finalize,
    idNumbers: group.types.map((type) => ({ ...type, validation: fromNullable(type.validation) })),
    camcopsVersion: camcopsVersion.right,
  });
  if (E.isLeft(info)) throw new Error(`Tablets could not be told: ${info.left.field} ${info.left.rule}`);
  return info.right;
};

/** Reads a patient in the form that the table holds: a JSON list of one patient, as tablets send it to `validate_patients`. */
export const readPatient = (patientInfo: string): E.Either<UserError, PatientDetails> =>
  pipe(
    parseClientVersion(serverCamcopsVersion),
    E.chainW((clientVersion) =>
      readCommand(new Map())({ clientVersion }, 'validate_patients', { patient_info: patientInfo }),
    ),
    E.chainW(({ patients: [patient] }) => E.fromNullable(refused('There must be one patient'))(patient)),
  );

/** Reads a patient that the table holds; throws if it is damaged. */
export const storedPatient = ({ id, details }: { readonly id: number; readonly details: string }): PatientDetails => {
  const patient = readPatient(details);
  if (E.isLeft(patient)) throw new Error(`patient ${String(id)} is damaged: ${userErrorMessage(patient.left)}`);
  return patient.right;
};

const others = 'Another account has registered this device: please speak to your administrator';
/** Refuses a patient's account on a device that another account has registered. */
export const othersDevice = refused(others, 'others-device');

const allStrings = 'select task, name, language, value from extra_strings order by task, name';

export const databaseHost = (db: Database, { tables, title, onStored }: HostOptions): Host => ({
  tables,
  uploads: databaseUploads(db, onStored),

  serverInfo: ({ groupId }) => asTask(async () => E.right(await serverInfoOf(db.query, groupId, title))),

  // Accounts that are tied to a patient are those that a patient's own tablet signs in with.
  ownPatient: ({ user: { patientId } }) =>
    asTask(async () => {
      if (isNone(patientId)) return E.right(none);
      const sql = 'select id, details from patients where id = $1 and withdrawn_at is null';
      const [patient] = await db.query<{ id: number; details: string }>(sql, [patientId.value]);
      if (patient === undefined) throw new Error('the patient of this account is gone');
      return E.right(some(storedPatient(patient)));
    }),

  registerDevice: ({ user, deviceName, session }, { friendlyName }) =>
    asTask(async () => {
      // A patient's account takes no device over: another account may have registered it while this request waited.
      const registered = await db.query(
        `insert into devices (name, friendly_name, registered_by, client_version) values ($1, $2, $3, $4)
         on conflict (name) do update set friendly_name = $2, registered_at = now(), registered_by = $3, client_version = $4
         where devices.registered_by = $3 or $5 returning id`,
        [deviceName, toNullable(friendlyName), user.id, session.clientVersion, isNone(user.patientId)],
      );
      return registered.length > 0 ? E.right(undefined) : E.left(othersDevice);
    }),

  extraStrings: () => asTask(async () => E.right(await db.query<ExtraString>(allStrings))),
});
