/** What this server does for its tablets: the functions of a `TabletHost`. Nothing here knows the wire format. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { fromNullable, toNullable } from 'fp-ts/lib/Option.js';
import { refused, type Device } from 'camcops-tablet-session';
import {
  serverInfo,
  type ExtraString,
  type IdNumberType,
  type TabletHost,
  type UploadTables,
} from 'camcops-tablet-session/operations';

import { writeAudit } from './audit.js';
import { asTask, type Database } from './database.js';
import { acceptPatients, patientMode, type PatientAccounts } from './patients.js';
import type { PasswordCost } from './passwords.js';
import type { Account } from './ports.js';
import type { SignInLimits } from './sign-in-limits.js';
import { databaseUploads } from './uploads.js';

export interface HostOptions {
  readonly tables: UploadTables;
  readonly title: string;
  readonly passwordCost: PasswordCost;
  readonly patientAccounts: PatientAccounts;
}

const revoked = refused('This device has been revoked: please speak to your administrator', 'revoked-device');

export const databaseHost = (
  db: Database,
  limits: SignInLimits,
  { tables, title, passwordCost, patientAccounts }: HostOptions,
): TabletHost<unknown, Device, Account> => ({
  tables,
  uploads: databaseUploads(db),
  patientMode: patientMode(db, limits, passwordCost, patientAccounts),
  acceptPatients: ({ user }, patients) => acceptPatients(db, user, patients),

  serverInfo: ({ groupId }) =>
    asTask(async () => {
      const sql = 'select upload_policy as upload, finalize_policy as finalize from groups where id = $1';
      const [policy] = await db.query<{ upload: string; finalize: string }>(sql, [groupId]);
      if (policy === undefined) throw new Error('there is no such group');
      const types = await db.query<Omit<IdNumberType, 'validation'> & { readonly validation: 'uk_nhs_number' | null }>(
        'select which, description, short_description as "shortDescription", validation from id_number_types',
      );
      const info = serverInfo({
        databaseTitle: title,
        uploadPolicy: policy.upload,
        finalizePolicy: policy.finalize,
        idNumbers: types.map((type) => ({ ...type, validation: fromNullable(type.validation) })),
      });
      if (isLeft(info))
        throw new Error(`the server information of group ${String(groupId)}: ${info.left.field} ${info.left.rule}`);
      return info;
    }),

  registerDevice: ({ user, deviceName, session }, { friendlyName }) =>
    asTask(() =>
      db.transaction(async (query) => {
        const [device] = await query(
          `insert into devices (name, friendly_name, registered_by, client_version) values ($1, $2, $3, $4)
           on conflict (name) do update set friendly_name = excluded.friendly_name, registered_at = now(),
             registered_by = excluded.registered_by, client_version = excluded.client_version
           where devices.revoked_at is null returning id`,
          [deviceName, toNullable(friendlyName), user.id, session.clientVersion],
        );
        if (device === undefined) return left(revoked);
        await writeAudit(query, { event: 'register', username: user.username, device: deviceName });
        return right(undefined);
      }),
    ),

  extraStrings: () =>
    asTask(async () =>
      right(await db.query<ExtraString>('select task, name, language, value from extra_strings order by task, name')),
    ),
});
