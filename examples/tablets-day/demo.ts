/** `npm run demo`: a day of tablets, over HTTP, against the reference server with embedded Postgres. */
import { once } from 'node:events';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  explicitPkNameForUploadTable,
  parseClientVersion,
  pkNameInUploadTableNeitherFirstNorExplicit,
  Username,
} from 'camcops-tablet-session';

import { startDatabase } from '../reference-server/database.js';
import { saveUser } from '../reference-server/ports.js';
import { referenceServer } from '../reference-server/server.js';
import { heading, sideBySide } from './side-by-side.js';
import { tablet, tabletBody, type Post } from './tablet.js';

const nurse = { user: 'nurse', password: 'Ward 7 & 8 = busy!' };
const newDevice = { device: '{4d1c8ee0-9a33-4f6b-b5d5-0a6f3f4e7b11}', camcops_version: '2.4.24' };
const patient = { table: 'patient', pkname: 'id', fields: 'id,forename,sex', nrecords: '1', record0: "1,'Zoë','F'" };
const idNums = {
  table: 'patient_idnum',
  pkname: 'id',
  fields: 'id,patient_id,which_idnum,idnum_value',
  nrecords: '2',
  record0: '1,1,1,7007',
  record1: '2,1,4,4004',
};
const phq9 = {
  table: 'phq9',
  pkname: 'id',
  fields: 'id,patient_id,q1',
  nrecords: '2',
  record0: '1,1,3',
  record1: '2,1,NULL',
};
const habits = {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  explicitPkNameForUploadTable,
  pkNameInUploadTableNeitherFirstNorExplicit,
};
/** Before 2.0.4 the primary key was not named; before 2.0.1 ID numbers were columns of the patient. */
const oldPatient = {
  table: 'patient',
  fields: 'forename,id,sex,idnum1,iddesc1,idnum4',
  nrecords: '2',
  record0: "'Émile',1,'M',7008,'Hospital number',NULL",
  record1: "'Ada',2,'F',7009,'Hospital number',4009",
};

const db = await startDatabase({}, console.log);
const username = Username.decode(nurse.user);
if (isRight(username)) await saveUser(db, username.right, nurse.password, 'clinic');

const logged: string[] = [];
const server = referenceServer({ db, log: (line) => logged.push(line) }).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? String(address.port) : ''}/`;

const post: Post = async (body) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
};

console.log(heading('A new tablet, client 2.4.24: it registers, and later uploads'));
const modern = tablet(post, { ...newDevice, ...nurse });
const day = [
  ['register', { devicefriendlyname: 'Ward 7' }],
  ['get_allowed_tables', {}],
  ['check_device_registered', {}],
  ['check_upload_user_and_device', {}],
  ['get_id_info', {}],
  ['start_upload', {}],
  ['upload_table', patient],
  ['upload_table', idNums],
  ['upload_table', phq9],
  ['end_upload', {}],
] as const;
for (const [operation, fields] of day) console.log(sideBySide(await modern.ask(operation, fields)));
const [checks] = await db.query<{ sessions: number }>('select count(*)::int as sessions from sessions');
console.log(
  `\n${String(day.length)} requests, ${String(checks?.sessions)} session: the password was checked once, the rest resumed.`,
);

console.log(heading('What this server does not do'));
console.log(sideBySide(await modern.ask('get_task_schedules')));

for (const [name, camcops_version, table] of [
  ['older-tablet', '2.0.3', { table: 'gad7', fields: 'patient_id,id,q1', nrecords: '1', record0: '7,1,3' }],
  ['oldest-tablet', '2.0.0', oldPatient],
] as const) {
  console.log(heading(`An old tablet, client ${camcops_version}: served, with its habits known`));
  const old = tablet(post, { device: name, camcops_version, ...nurse });
  const oldDay = [
    ['register', { devicefriendlyname: 'Ward 3' }],
    ['start_upload', {}],
    ['upload_table', table],
    ['end_upload', {}],
  ] as const;
  for (const [operation, fields] of oldDay) console.log(sideBySide(await old.ask(operation, fields)));
  console.log(`\nWhat a server must know of client ${camcops_version}:`);
  const version = parseClientVersion(camcops_version);
  for (const [predicate, holds] of Object.entries(habits)) {
    const told = isRight(version) && holds({ clientVersion: version.right }) ? 'yes' : 'no';
    console.log(`  ${predicate.padEnd(44)}${told}`);
  }
}

console.log(heading('A tablet of long ago, client 1.14: refused, and told why'));
const ancient = tablet(post, { device: 'old-tablet', camcops_version: '1.14', ...nurse });
console.log(sideBySide(await ancient.ask('upload_table', phq9)));

console.log(heading('A wrong password'));
const forgetful = tablet(post, { ...newDevice, user: 'nurse', password: 'Ward 6' });
console.log(sideBySide(await forgetful.ask('check_upload_user_and_device')));

console.log(heading('A tablet that has not registered'));
const stranger = tablet(post, { device: 'stranger', camcops_version: '2.4.24', ...nurse });
console.log(sideBySide(await stranger.ask('check_device_registered')));
console.log(sideBySide(await stranger.ask('start_upload')));

console.log(heading('Not a tablet at all'));
const form = new Map([['email', 'someone@example.org']]);
console.log(sideBySide({ fields: form, reply: await post(tabletBody(form)) }));

console.log(heading('What the database holds'));
const rows = await db.query<{ device: string; username: string; table_name: string; record: unknown }>(
  `select d.name as device, u.username, r.table_name, r.record
   from records r join devices d on d.id = r.device_id join users u on u.id = r.uploaded_by
   order by d.id, r.table_name, length(r.client_key), r.client_key`,
);
const cut = (text: string, width: number): string => (text.length < width ? text : `${text.slice(0, width - 2)}… `);
const row = (device: string, user: string, table: string, record: string): string =>
  `  ${cut(device, 15).padEnd(15)}${user.padEnd(7)}${table.padEnd(15)}${cut(record, 60)}`.trimEnd();
console.log(row('device', 'user', 'table', 'record'));
for (const { device, username, table_name, record } of rows) {
  console.log(row(device, username, table_name, JSON.stringify(record).replaceAll('"', '')));
}

console.log(heading('The day, by outcome'));
const Entry = t.type({ result: t.string });
const counts = new Map<string, number>();
for (const line of logged) {
  const entry: unknown = JSON.parse(line);
  if (Entry.is(entry)) counts.set(entry.result, (counts.get(entry.result) ?? 0) + 1);
}
for (const [code, count] of counts) console.log(`  ${code.padEnd(24)}${String(count).padStart(4)}`);
console.log(`  ${'in all'.padEnd(24)}${String(logged.length).padStart(4)}`);
console.log(`\nA line of the log:\n${logged[0] ?? ''}`);

server.close();
server.closeAllConnections();
await db.close();
