/** What this server does for its tablets: the functions of a `TabletHost`, over a database. */
import { isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { map } from 'fp-ts/lib/ReadonlyRecord.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseClientVersion, refused, type Fields, type Handlers, type TabletSession } from 'camcops-tablet-session';
import * as operations from 'camcops-tablet-session/operations';

import { asTask, type Database, type Query } from './database.js';
import type { OnStored } from './history.js';
import { ownPatient } from './own-patient.js';
import { databaseUploads } from './uploads.js';
import type { Tablet } from './ports.js';
import type { Account } from './users.js';

export interface HostOptions {
  /** What tablets may upload. */
  readonly tables: operations.UploadTables;
  /** What tablets show as the name of the database. */
  readonly title: string;
  /** Runs in the transaction of each upload that counts: to audit it, for example. */
  readonly onStored?: OnStored;
}

const revoked = refused('This device has been revoked: please speak to your administrator', 'revoked-device');

/** A handler for each operation. */
export type AllHandlers = Required<Handlers<unknown, Fields, Tablet, Account>>;
type Answer = ReturnType<AllHandlers['end_upload']>;
type AnyHandler = (admission: { readonly session: TabletSession<Tablet> }, fields: Fields) => Answer;

const isRevoked = O.exists((device: Tablet) => device.isRevoked);

const guarded =
  (handler: AnyHandler): AnyHandler =>
  (admission, fields) =>
    isRevoked(admission.session.device) ? TE.left(revoked) : handler(admission, fields);

/** Returns the same handlers for all devices except revoked ones, whose users are told. */
export const unlessRevoked = (handlers: AllHandlers): AllHandlers =>
  // Each gets the admission that it got before.
  map(guarded)(handlers as unknown as Readonly<Record<string, AnyHandler>>) as unknown as AllHandlers;

type StoredType = Omit<operations.IdNumberType, 'validation'> & { readonly validation: 'uk_nhs_number' | null };

/** What the tablets of a group are told, if they can be told it. Their version rises with each change: `2.4.24` ... `2.4.99`, `2.5.0`. */
export const serverInfoOf = async (
  query: Query,
  groupId: number,
  databaseTitle: string,
): Promise<Either<operations.ServerInfoError, operations.ServerInfo>> => {
  const [told] = await query<{ upload: string; finalize: string; version: string; types: readonly StoredType[] }>(
    `select upload_policy as upload, finalize_policy as finalize, concat_ws('.', n / 10000, n / 100 % 100, n % 100) as version, (
       select coalesce(json_agg(json_build_object(
         'which', which, 'description', description, 'shortDescription', short_description, 'validation', validation)), '[]')
       from id_number_types) as types
     from groups, (select 20424 + changes as n from server_information) v where id = $1`,
    [groupId],
  );
  if (told === undefined) throw new Error('there is no such group');
  const { upload: uploadPolicy, finalize: finalizePolicy, version, types } = told;
  const idNumbers = types.map((type) => ({ ...type, validation: O.fromNullable(type.validation) }));
  const camcopsVersion = O.toUndefined(O.getRight(parseClientVersion(version)));
  const known = { databaseTitle, uploadPolicy, finalizePolicy, idNumbers };
  return operations.serverInfo({ ...known, ...(camcopsVersion !== undefined && { camcopsVersion }) });
};

const allStrings = 'select task, name, language, value from extra_strings order by task, name';

export const databaseHost = (
  db: Database,
  { tables, title, onStored }: HostOptions,
): operations.TabletHost<unknown, Tablet, Account> => ({
  tables,
  uploads: databaseUploads(db, onStored),
  ownPatient: ownPatient(db),

  serverInfo: ({ groupId }) =>
    asTask(async () => {
      const info = await serverInfoOf(db.query, groupId, title);
      if (isLeft(info))
        throw new Error(`the server information of group ${String(groupId)}: ${info.left.field} ${info.left.rule}`);
      return info;
    }),

  registerDevice: ({ user, deviceName, session }, { friendlyName }) =>
    asTask(async () => {
      await db.query(
        `insert into devices (name, friendly_name, registered_by, client_version) values ($1, $2, $3, $4)
         on conflict (name) do update set friendly_name = excluded.friendly_name, registered_at = now(),
           registered_by = excluded.registered_by, client_version = excluded.client_version`,
        [deviceName, O.toNullable(friendlyName), user.id, session.clientVersion],
      );
      return right(undefined);
    }),

  extraStrings: () => asTask(async () => right(await db.query<operations.ExtraString>(allStrings))),
});
