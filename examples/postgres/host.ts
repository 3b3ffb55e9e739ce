/** The functions of a `TabletHost`, over a database. */
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import { parseClientVersion } from 'camcops-tablet-session';
import { serverInfo, type ExtraString, type IdNumberType, type ServerInfo } from 'camcops-tablet-session/operations';
import type { TabletHost, UploadTables } from 'camcops-tablet-session/operations';

import { asTask, type Database, type Query } from './database.js';
import type { OnStored } from './history.js';
import { ownPatient } from './own-patient.js';
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
  if (isLeft(camcopsVersion)) throw new Error('the server information has changed too often');
  const info = serverInfo({
    databaseTitle,
    uploadPolicy: group.upload,
    finalizePolicy: group.finalize,
    idNumbers: group.types.map((type) => ({ ...type, validation: fromNullable(type.validation) })),
    camcopsVersion: camcopsVersion.right,
  });
  if (isLeft(info)) throw new Error(`Tablets could not be told: ${info.left.field} ${info.left.rule}`);
  return info.right;
};

const allStrings = 'select task, name, language, value from extra_strings order by task, name';

export const databaseHost = (
  db: Database,
  { tables, title, onStored }: HostOptions,
): TabletHost<unknown, Tablet, Account> => ({
  tables,
  uploads: databaseUploads(db, onStored),
  ownPatient: ownPatient(db),

  serverInfo: ({ groupId }) => asTask(async () => right(await serverInfoOf(db.query, groupId, title))),

  registerDevice: ({ user, deviceName, session }, { friendlyName }) =>
    asTask(async () => {
      await db.query(
        `insert into devices (name, friendly_name, registered_by, client_version) values ($1, $2, $3, $4)
         on conflict (name) do update set friendly_name = excluded.friendly_name, registered_at = now(),
           registered_by = excluded.registered_by, client_version = excluded.client_version`,
        [deviceName, toNullable(friendlyName), user.id, session.clientVersion],
      );
      return right(undefined);
    }),

  extraStrings: () => asTask(async () => right(await db.query<ExtraString>(allStrings))),
});
