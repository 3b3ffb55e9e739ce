/** What this server does for its tablets. Operations that are not here are refused as unsupported. */
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { isNone } from 'fp-ts/lib/Option.js';
import { of } from 'fp-ts/lib/TaskEither.js';
import { invalidField, missingField, refused } from 'camcops-tablet-session';
import {
  allowedTables,
  hasOldIdNums,
  selectAnswer,
  separateOldIdNums,
  uploadedTable,
} from 'camcops-tablet-session/operations';
import type { Answer, Handlers, UploadAdmission } from 'camcops-tablet-session';
import type { UploadedTable } from 'camcops-tablet-session/operations';

import type { Database, Query } from './database.js';
import { readSqlValues } from './sql-values.js';
import { tables } from './tables.js';

const serverInfo = {
  databaseTitle: 'Reference server',
  idPolicyUpload: 'sex AND idnum1',
  idPolicyFinalize: 'sex AND idnum1',
  serverCamcopsVersion: '2.4.24',
  idDescription1: 'Hospital number',
  idShortDescription1: 'HN',
};

/** The rows that an upload comes to; of an old client, those of its patients' ID numbers too. */
const rowsOf = ({ session }: UploadAdmission, upload: UploadedTable, fields: URLSearchParams) => {
  const { table, columns, primaryKey, recordCount } = upload;
  // Not fields.get, which would look through all fields for each record.
  const sent = new Map(fields);
  if (sent.size < fields.size) return left(refused('A field was sent more than once'));
  const rows: (readonly [table: string, key: string, record: object])[] = [];
  for (let index = 0; index < recordCount; index += 1) {
    const name = `record${String(index)}`;
    const text = sent.get(name);
    if (text === undefined) return left(missingField(name));
    const values = readSqlValues(text);
    if (values?.length !== columns.length) return left(invalidField(name, 'must be one SQL value for each column'));
    const separated = separateOldIdNums(session, table)(new Map(columns.map((column, at) => [column, values[at]])));
    if (isLeft(separated)) return separated;
    const { record, idNums } = separated.right;
    const key = record.get(primaryKey) ?? '';
    if (key === '') return left(invalidField(name, 'must have a primary key'));
    rows.push([table, String(key), Object.fromEntries(record)]);
    for (const row of idNums) rows.push(['patient_idnum', String(row.id), row]);
  }
  const places = new Set(rows.map(([rowTable, key]) => `${rowTable} ${key}`));
  return places.size < rows.length ? left(refused('Two records have the same primary key')) : right(rows);
};

type UploadWork = (query: Query, uploadId: number) => Promise<Answer>;

/** Works on the upload that this device and user have begun, and holds other requests off it until the work is done. */
const inUpload = (db: Database, { device, user }: UploadAdmission, work: UploadWork) =>
  db.transaction(async (query) => {
    const [upload] = await query<{ id: number }>(
      'select id from uploads where device_id = $1 and user_id = $2 for update',
      [device.id, user.id],
    );
    if (upload === undefined) return left(refused('There is no upload under way: begin again with start_upload'));
    return right(await work(query, upload.id));
  });

export const handlersOf = (db: Database): Handlers<unknown, URLSearchParams> => ({
  register: (admission, fields) => async () => {
    const { session, user } = admission;
    if (isNone(session.deviceName)) return left(missingField('device'));
    await db.query(
      `insert into devices (name, friendly_name, registered_by) values ($1, $2, $3)
       on conflict (name) do update set friendly_name = excluded.friendly_name,
         registered_by = excluded.registered_by, registered_at = now()`,
      [session.deviceName.value, fields.get('devicefriendlyname') ?? '', user.id],
    );
    return right(serverInfo);
  },

  get_id_info: () => of(serverInfo),

  get_allowed_tables: ({ session }) =>
    of(selectAnswer(['tablename', 'min_client_version'])(allowedTables(tables)(session).rows)),

  // What this tablet has sent before counts for nothing, nor does what others began a day ago and have not ended.
  start_upload: (admission) => () =>
    db.transaction(async (query) => {
      const { device, user } = admission;
      // One at a time for each device. A plain lock would hold up its end_upload, for which the delete may wait.
      await query('select 1 from devices where id = $1 for no key update', [device.id]);
      await query(`delete from uploads where device_id = $1 or started_at < now() - interval '1 day'`, [device.id]);
      await query('insert into uploads (device_id, user_id) values ($1, $2)', [device.id, user.id]);
      return right(undefined);
    }),

  upload_table: (admission, fields) => async () => {
    const upload = uploadedTable({ tables, maxRecords: 100_000 })(admission, fields);
    if (isLeft(upload)) return upload;
    const rows = rowsOf(admission, upload.right, fields);
    if (isLeft(rows)) return rows;
    return inUpload(db, admission, async (query, uploadId) => {
      await query(
        `insert into staged_records (upload_id, table_name, client_key, record)
         select $1, r ->> 0, r ->> 1, r -> 2 from json_array_elements($2) as r
         on conflict (upload_id, table_name, client_key) do update set record = excluded.record`,
        [uploadId, JSON.stringify(rows.right)],
      );
      return `Table ${upload.right.table} upload successful`;
    });
  },

  // All that was staged counts from here on, at once; or, if this fails, none of it.
  end_upload: (admission) => () =>
    inUpload(db, admission, async (query, uploadId) => {
      const { session, device, user } = admission;
      // Such a patient came with all its ID numbers: those it had before and has no more are to go.
      if (hasOldIdNums(session, 'patient')) {
        await query(
          `delete from records where device_id = $1 and table_name = 'patient_idnum' and record ->> 'patient_id' in (
             select client_key from staged_records where upload_id = $2 and table_name = 'patient')`,
          [device.id, uploadId],
        );
      }
      await query(
        `insert into records (device_id, table_name, client_key, record, uploaded_by)
         select $1, table_name, client_key, record, $2 from staged_records where upload_id = $3
         on conflict (device_id, table_name, client_key) do update
           set record = excluded.record, uploaded_by = excluded.uploaded_by, uploaded_at = now()`,
        [device.id, user.id, uploadId],
      );
      await query('delete from uploads where id = $1', [uploadId]);
      return undefined;
    }),
});
