/** `npm run conformance -- --server FILE`: recorded days against the reference server, over HTTP, on either database. */
import { randomBytes } from 'node:crypto';
import { none, some } from 'fp-ts/lib/Option.js';
import pg from 'pg';

import { groupIdOf, savePassword } from '../../examples/reference-server/accounts.js';
import { embeddedDatabase, postgresDatabase, type Database } from '../../examples/postgres/database.js';
import { storePatient } from '../../examples/reference-server/patients.js';
import { referenceServer } from '../../examples/reference-server/server.js';
import { uploadTables } from '../../src/tables/index.js';
import { AccessKey } from '../../src/operations/index.js';
import type { StoredVersion } from '../../src/testing/index.js';
import { username } from './fixtures.js';
import { decoded, rightOf } from './decoded.js';
import { versionsIn } from './history.js';
import { listening } from './listening.js';
import { anyVersion, type DayWorld, type Server, type StartServer } from './replay.js';
import { recordingsOf, type Result } from './recorded-file.js';
import { isClientDay, runClientDays } from './client-days.js';
import { isRecordedDay, runRecordedDays } from './day-conformance.js';
import { isReportedCase, runReportedCases } from './report-conformance.js';

/** Hashes that cost nothing: each upload signs in anew. */
const passwordCost = { memoryCost: 8, timeCost: 1 };

const somebody = '[{"sex":"F","idnum1":1,"finalizing":false}]';

const emptied = `truncate groups, patients, schedules, scheduled_tasks, users, memberships, limits, sessions, id_number_types,
  extra_strings, devices, audit, staged_steps, staged_rows, uploads, records restart identity`;

const seed = async (db: Database, world: DayWorld): Promise<void> => {
  await db.transaction(async (query) => {
    // Without its triggers: history refuses to be emptied.
    await query('set local session_replication_role = replica');
    await query(emptied);
  });
  for (const { username: name, password } of world.users) {
    await savePassword(db, username(name), password, 'ward', passwordCost);
  }
  await db.query(`update groups set upload_policy = 'sex AND idnum1', finalize_policy = 'sex AND idnum1'`);
  await db.query(
    `insert into id_number_types (which, description, short_description, validation)
     select key::integer, 'Type ' || key, key, value from json_each_text($1::json)`,
    [JSON.stringify(world.idNumbers)],
  );
  await db.query(
    `insert into devices (name, registered_by, client_version) select json_array_elements_text($1::json), 1, '2.4.24'`,
    [JSON.stringify(world.devices)],
  );
  for (const key of world.accessKeys) {
    const ward = await groupIdOf(db.query, 'ward');
    const id = await storePatient(db.query, decoded(AccessKey, key), world.patientInfo ?? somebody, ward);
    await db.query('update users set patient_id = $1 where id = 1', [id]);
  }
};

const storedVersions = async (db: Database, device: string, table: string): Promise<readonly StoredVersion[]> => {
  const versions = await versionsIn(db, device, table);
  const places = new Map(versions.map(({ id }, place) => [id, place]));
  return versions.map(({ key, row, state, finalized, finalizedIn, supersedes }) => ({
    ...{ key, row, state, finalized, finalizedIn, whenLastModified: none, userId: 1, groupId: 1 },
    supersedes: supersedes === null ? none : some(places.get(supersedes) ?? -1),
  }));
};

/** Gives a starter of servers over one database, each of which finds it empty, and what ends them all. */
export const serversOver = (db: Database): { readonly start: StartServer; readonly stop: () => Promise<void> } => {
  let stop = (): Promise<void> => Promise.resolve();
  const start = async (world: DayWorld): Promise<Server> => {
    await stop();
    await seed(db, world);
    const [account] = world.users;
    const patientAccounts = { name: () => account?.username ?? '', newPassword: () => account?.password ?? '' };
    const tables = rightOf(uploadTables(world.tables));
    const log = (): void => undefined;
    // The bench uploads more records at once than the server takes by default.
    const limits = { maxMarks: 4_000_000, maxTextBytes: 40_000_000 };
    const server = referenceServer({ db, log, tables, versions: anyVersion, passwordCost, patientAccounts, ...limits });
    const { url, stop: end } = await listening(server);
    stop = end;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return {
      post: async (body) => (await fetch(url, { method: 'POST', headers, body })).text(),
      versions: (device, table) => storedVersions(db, device, table),
    };
  };
  return { start, stop: () => stop() };
};

/** Embedded, or a new database on a server: what others hold there is left alone. It is dropped when it is closed. */
export const conformanceDatabase = async (url: string | undefined): Promise<Database> => {
  if (url === undefined) return embeddedDatabase();
  const name = `camcops_conformance_${randomBytes(8).toString('hex')}`;
  const ask = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await ask(`create database ${name}`);
  const own = new URL(url);
  own.pathname = name;
  const db = await postgresDatabase(own.href);
  return {
    ...db,
    close: async () => {
      await db.close();
      await ask(`drop database ${name} with (force)`);
    },
  };
};

/** Runs recorded days and cases from reports against the reference server. Other files say nothing of a whole server. */
export const runOnServer = async (file: string, db: Database): Promise<Result> => {
  const { start, stop } = serversOver(db);
  const [first] = recordingsOf(file);
  try {
    if (isClientDay(first)) return await runClientDays(file, start);
    if (isReportedCase(first)) return await runReportedCases(file, start);
    if (isRecordedDay(first)) return await runRecordedDays(file, start);
    return { count: 0, kind: 'days', mismatches: [`${file} holds neither days nor cases`] };
  } finally {
    await stop();
  }
};
