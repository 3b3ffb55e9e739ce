/** What this server does for its tablets. Operations that are not here are refused as unsupported. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone } from 'fp-ts/lib/Option.js';
import {
  allowedTables,
  hasOldIdNums,
  invalidField,
  missingField,
  refused,
  selectAnswer,
  separateOldIdNums,
  uploadedTable,
  type Answer,
  type Fault,
  type Handlers,
  type UploadAdmission,
  type UploadedTable,
  type UserError,
} from 'camcops-tablet-session';

import type { Database, Query } from './database.js';
import { readSqlValues } from './sql-values.js';
import { tables } from './tables.js';

type HandlerAnswer = Promise<Either<UserError | Fault<Error>, Answer>>;

const serverInfo = {
  databaseTitle: 'Reference server',
  idPolicyUpload: 'sex AND idnum1',
  idPolicyFinalize: 'sex AND idnum1',
  serverCamcopsVersion: '2.4.24',
  idDescription1: 'Hospital number',
  idShortDescription1: 'HN',
};

/** A row to store, as JSON by column, under its key of the tablet's. */
interface StagedRecord {
  readonly table: string;
  readonly key: string;
  readonly json: string;
  readonly hadIdNums: boolean;
}

/** The rows that an upload comes to; of an old client, those of its patients' ID numbers too. */
const rowsOf = (
  { session }: UploadAdmission,
  { table, columns, primaryKey, recordCount }: UploadedTable,
  fields: URLSearchParams,
): Either<UserError, readonly StagedRecord[]> => {
  const separate = separateOldIdNums(session, table);
  const hadIdNums = hasOldIdNums(session, table);
  const rows: StagedRecord[] = [];
  for (let index = 0; index < recordCount; index += 1) {
    const name = `record${String(index)}`;
    const text = fields.get(name);
    if (text === null) return left(missingField(name));
    const values = readSqlValues(text);
    if (values?.length !== columns.length) return left(invalidField(name, 'must be one SQL value for each column'));
    const separated = separate(new Map(columns.map((column, at) => [column, values[at]])));
    if (isLeft(separated)) return separated;
    const { record, idNums } = separated.right;
    const key = record.get(primaryKey) ?? '';
    if (key === '') return left(invalidField(name, 'must have a primary key'));
    rows.push({ table, key: String(key), json: JSON.stringify(Object.fromEntries(record)), hadIdNums });
    for (const row of idNums) {
      rows.push({ table: 'patient_idnum', key: String(row.id), json: JSON.stringify(row), hadIdNums: false });
    }
  }
  return right(rows);
};

const stage = (query: Query, uploadId: number, rows: readonly StagedRecord[]) =>
  query(
    `insert into staged_records (upload_id, table_name, client_key, record, had_idnums)
     select $1, r.table_name, r.key, r.record::json, r.had_idnums
     from unnest($2::text[], $3::text[], $4::text[], $5::boolean[]) as r (table_name, key, record, had_idnums)
     on conflict (upload_id, table_name, client_key) do update
       set record = excluded.record, had_idnums = excluded.had_idnums`,
    [
      uploadId,
      rows.map(({ table }) => table),
      rows.map(({ key }) => key),
      rows.map(({ json }) => json),
      rows.map(({ hadIdNums }) => hadIdNums),
    ],
  );

const noUpload = refused('There is no upload under way: begin again with start_upload');

/** The upload that this device and user have begun, held against another request of theirs until the transaction ends. */
const openUpload = async (query: Query, { device, user }: UploadAdmission): Promise<number | undefined> => {
  const [upload] = await query<{ id: number }>(
    'select id from uploads where device_id = $1 and user_id = $2 for update',
    [device.id, user.id],
  );
  return upload?.id;
};

export const handlersOf = (db: Database): Handlers<Error, URLSearchParams> => ({
  register:
    ({ session, user }, fields) =>
    async () => {
      if (isNone(session.deviceName)) return left(missingField('device'));
      await db.query(
        `insert into devices (name, friendly_name, registered_by) values ($1, $2, $3)
         on conflict (name) do update set friendly_name = excluded.friendly_name,
           registered_by = excluded.registered_by, registered_at = now()`,
        [session.deviceName.value, fields.get('devicefriendlyname') ?? '', user.id],
      );
      return right(serverInfo);
    },

  get_id_info: () => () => Promise.resolve(right(serverInfo)),

  get_allowed_tables:
    ({ session }) =>
    () =>
      Promise.resolve(right(selectAnswer(['tablename', 'min_client_version'])(allowedTables(tables)(session).rows))),

  // A tablet that lost its way begins again: what it had sent before its start_upload counts for nothing.
  start_upload:
    ({ device, user }) =>
    () =>
      db.transaction(async (query) => {
        await query('delete from uploads where device_id = $1', [device.id]);
        await query('insert into uploads (device_id, user_id) values ($1, $2)', [device.id, user.id]);
        return right(undefined);
      }),

  upload_table: (admission, fields) => async (): HandlerAnswer => {
    const upload = uploadedTable({ tables, maxRecords: 100_000 })(admission, fields);
    if (isLeft(upload)) return upload;
    const rows = rowsOf(admission, upload.right, fields);
    if (isLeft(rows)) return rows;
    return db.transaction(async (query) => {
      const id = await openUpload(query, admission);
      if (id === undefined) return left(noUpload);
      await stage(query, id, rows.right);
      return right(`Table ${upload.right.table} upload successful`);
    });
  },

  // All that was staged counts from here on, at once; or, if this fails, none of it.
  end_upload: (admission) => (): HandlerAnswer =>
    db.transaction(async (query) => {
      const { device, user } = admission;
      const id = await openUpload(query, admission);
      if (id === undefined) return left(noUpload);
      await query(
        `delete from records where device_id = $1 and table_name = 'patient_idnum' and record ->> 'patient_id' in (
             select client_key from staged_records where upload_id = $2 and had_idnums)`,
        [device.id, id],
      );
      await query(
        `insert into records (device_id, table_name, client_key, record, uploaded_by)
           select $1, table_name, client_key, record, $2 from staged_records where upload_id = $3
           on conflict (device_id, table_name, client_key) do update
             set record = excluded.record, uploaded_by = excluded.uploaded_by, uploaded_at = now()`,
        [device.id, user.id, id],
      );
      await query('delete from uploads where id = $1', [id]);
      return right(undefined);
    }),
});
