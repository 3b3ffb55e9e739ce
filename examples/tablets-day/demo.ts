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
const phq9 = {
  table: 'phq9',
  pkname: 'id',
  fields: 'id,patient_id,q1',
  nrecords: '2',
  record0: '1,1,3',
  record1: '2,1,NULL',
};
const { pkname: _, ...unnamedKey } = phq9;

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

console.log(heading('An old tablet, client 2.0.3: served, with its habits known'));
const old = tablet(post, { device: 'old-tablet', camcops_version: '2.0.3', ...nurse });
const oldDay = [
  ['register', { devicefriendlyname: 'Ward 3' }],
  ['start_upload', {}],
  ['upload_table', { ...unnamedKey, fields: 'patient_id,id,q1', record0: '7,1,3', record1: '7,2,0' }],
  ['end_upload', {}],
] as const;
for (const [operation, fields] of oldDay) console.log(sideBySide(await old.ask(operation, fields)));
const version = parseClientVersion('2.0.3');
if (isRight(version)) {
  console.log('\nWhat a server must know of client 2.0.3:');
  const habits = {
    copeWithDeletedPatientDescriptors,
    copeWithOldIdNums,
    explicitPkNameForUploadTable,
    pkNameInUploadTableNeitherFirstNorExplicit,
  };
  for (const [name, holds] of Object.entries(habits)) {
    console.log(`  ${name.padEnd(44)}${holds({ clientVersion: version.right }) ? 'yes' : 'no'}`);
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
   order by d.id, r.table_name, r.client_key`,
);
console.log(`  ${'device'.padEnd(40)}${'user'.padEnd(8)}${'table'.padEnd(16)}record`);
for (const { device, username, table_name, record } of rows) {
  console.log(`  ${device.padEnd(40)}${username.padEnd(8)}${table_name.padEnd(16)}${JSON.stringify(record)}`);
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
