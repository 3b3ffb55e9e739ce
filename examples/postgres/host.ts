/** What this server does for its tablets: the functions of a `TabletHost`, over a database. */
import { isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, getRight, isSome, toNullable, toUndefined } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  parseClientVersion,
  refused,
  type ClientVersion,
  type Fields,
  type Handlers,
  type TabletSession,
} from 'camcops-tablet-session';
import {
  serverInfo,
  type ExtraString,
  type IdNumberType,
  type ServerInfo,
  type ServerInfoError,
  type TabletHost,
  type UploadTables,
} from 'camcops-tablet-session/operations';

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

const revoked = refused('This device has been revoked: please speak to your administrator', 'revoked-device');

/** A handler for each operation. */
export type AllHandlers = Required<Handlers<unknown, Fields, Tablet, Account>>;
type AnyHandler = (
  admission: { readonly session: TabletSession<Tablet> },
  fields: Fields,
) => ReturnType<AllHandlers['end_upload']>;

/** Returns the same handlers for all devices except revoked ones, whose users are told. */
export const unlessRevoked = (handlers: AllHandlers): AllHandlers => {
  const guarded = Object.entries(handlers as unknown as Readonly<Record<string, AnyHandler>>).map(
    ([operation, handler]) => {
      const guard: AnyHandler = (admission, fields) => {
        const { device } = admission.session;
        return isSome(device) && device.value.isRevoked ? TE.left(revoked) : handler(admission, fields);
      };
      return [operation, guard] as const;
    },
  );
  // Each gets the admission that it got before.
  return { ...handlers, ...(Object.fromEntries(guarded) as unknown as AllHandlers) };
};

/** The version that tablets are told after so many changes: `2.4.24`, `2.4.25` ... `2.4.99`, `2.5.0`. */
const versionAfter = (changes: number): ClientVersion | undefined => {
  const number = 20_424 + changes;
  const version = [number / 10_000, (number / 100) % 100, number % 100].map(Math.floor).join('.');
  return toUndefined(getRight(parseClientVersion(version)));
};

/** What the tablets of a group are told, if they can be told it. */
export const serverInfoOf = async (
  query: Query,
  groupId: number,
  databaseTitle: string,
): Promise<Either<ServerInfoError, ServerInfo>> => {
  const [policy] = await query<{ upload: string; finalize: string; changes: number }>(
    `select upload_policy as upload, finalize_policy as finalize, changes from groups, server_information where id = $1`,
    [groupId],
  );
  if (policy === undefined) throw new Error('there is no such group');
  const types = await query<Omit<IdNumberType, 'validation'> & { readonly validation: 'uk_nhs_number' | null }>(
    'select which, description, short_description as "shortDescription", validation from id_number_types',
  );
  const camcopsVersion = versionAfter(policy.changes);
  return serverInfo({
    databaseTitle,
    uploadPolicy: policy.upload,
    finalizePolicy: policy.finalize,
    idNumbers: types.map((type) => ({ ...type, validation: fromNullable(type.validation) })),
    ...(camcopsVersion !== undefined && { camcopsVersion }),
  });
};

export const databaseHost = (
  db: Database,
  { tables, title, onStored }: HostOptions,
): TabletHost<unknown, Tablet, Account> => ({
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
        [deviceName, toNullable(friendlyName), user.id, session.clientVersion],
      );
      return right(undefined);
    }),

  extraStrings: () =>
    asTask(async () =>
      right(await db.query<ExtraString>('select task, name, language, value from extra_strings order by task, name')),
    ),
});
