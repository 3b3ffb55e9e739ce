/** What this server does for its tablets. Operations that are not here are refused as unsupported. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone } from 'fp-ts/lib/Option.js';
import {
  invalidField,
  missingField,
  refused,
  type Answer,
  type Fault,
  type Handlers,
  type UserError,
} from 'camcops-tablet-session';

import type { Database, Query } from './database.js';
import { readSqlValues } from './sql-values.js';

/** The tables that tablets may upload here, and the oldest client that knows each. */
const allowedTables = [
  ['patient', '1.14.0'],
  ['patient_idnum', '2.0.1'],
  ['phq9', '1.14.0'],
  ['gad7', '1.14.0'],
] as const;

const serverInfo = {
  databaseTitle: 'Reference server',
  idPolicyUpload: 'sex AND idnum1',
  idPolicyFinalize: 'sex AND idnum1',
  serverCamcopsVersion: '2.4.24',
  idDescription1: 'Hospital number',
  idShortDescription1: 'HN',
};

type HandlerAnswer = Promise<Either<UserError | Fault<Error>, Answer>>;

/** The rows of `upload_table`, each a JSON object by column, under its key of the tablet's. */
const recordsOf = (fields: URLSearchParams): Either<UserError, readonly { key: string; json: string }[]> => {
  const columns = (fields.get('fields') ?? '').split(',').map((column) => column.trim());
  const keyAt = columns.indexOf(fields.get('pkname') ?? 'id');
  if (keyAt < 0) return left(invalidField('fields', 'must hold the primary key'));
  const count = Number(fields.get('nrecords') ?? '');
  if (!/^\d+$/.test(fields.get('nrecords') ?? '') || count > 100_000) {
    return left(invalidField('nrecords', 'must be a whole number of at most 100000'));
  }
  const records = [];
  for (let index = 0; index < count; index += 1) {
    const name = `record${String(index)}`;
    const text = fields.get(name);
    if (text === null) return left(missingField(name));
    const values = readSqlValues(text);
    if (values?.length !== columns.length) return left(invalidField(name, 'must be one SQL value for each column'));
    const json = JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, values[at]])));
    records.push({ key: String(values[keyAt]), json });
  }
  return right(records);
};

const stage = (query: Query, uploadId: number, table: string, records: readonly { key: string; json: string }[]) =>
  query(
    `insert into staged_records (upload_id, table_name, client_key, record)
     select $1, $2, r.key, r.record::json from unnest($3::text[], $4::text[]) as r (key, record)
     on conflict (upload_id, table_name, client_key) do update set record = excluded.record`,
    [uploadId, table, records.map(({ key }) => key), records.map(({ json }) => json)],
  );

const noUpload = refused('There is no upload under way: begin again with start_upload');

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

  get_allowed_tables: () => () =>
    Promise.resolve(
      right({
        nfields: '2',
        fields: 'tablename,min_client_version',
        nrecords: String(allowedTables.length),
        ...Object.fromEntries(allowedTables.map((row, at) => [`record${String(at)}`, `'${row[0]}','${row[1]}'`])),
      }),
    ),

  // A tablet that lost its way begins again: what it had sent before its start_upload counts for nothing.
  start_upload:
    ({ device, user }) =>
    () =>
      db.transaction(async (query) => {
        await query('delete from uploads where device_id = $1', [device.id]);
        await query('insert into uploads (device_id, user_id) values ($1, $2)', [device.id, user.id]);
        return right(undefined);
      }),

  upload_table:
    ({ device, user }, fields) =>
    (): HandlerAnswer =>
      db.transaction(async (query) => {
        const table = fields.get('table');
        if (table === null || table === '') return left(missingField('table'));
        if (!allowedTables.some(([name]) => name === table))
          return left(invalidField('table', 'must be a known table'));
        const records = recordsOf(fields);
        if (records._tag === 'Left') return records;
        const [upload] = await query<{ id: number }>(
          'select id from uploads where device_id = $1 and user_id = $2 for update',
          [device.id, user.id],
        );
        if (upload === undefined) return left(noUpload);
        await stage(query, upload.id, table, records.right);
        return right(`Table ${table} upload successful`);
      }),

  // All that was staged counts from here on, at once; or, if this fails, none of it.
  end_upload:
    ({ device, user }) =>
    (): HandlerAnswer =>
      db.transaction(async (query) => {
        const [upload] = await query<{ id: number }>(
          'select id from uploads where device_id = $1 and user_id = $2 for update',
          [device.id, user.id],
        );
        if (upload === undefined) return left(noUpload);
        await query(
          `insert into records (device_id, table_name, client_key, record, uploaded_by)
           select $1, table_name, client_key, record, $2 from staged_records where upload_id = $3
           on conflict (device_id, table_name, client_key) do update
             set record = excluded.record, uploaded_by = excluded.uploaded_by, uploaded_at = now()`,
          [device.id, user.id, upload.id],
        );
        await query('delete from uploads where id = $1', [upload.id]);
        return right(undefined);
      }),
});
