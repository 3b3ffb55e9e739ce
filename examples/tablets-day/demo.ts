/** `npm run demo`: real days of tablets, over HTTP, against the reference server with embedded PostgreSQL. `--full` shows each request. */
import { once } from 'node:events';
import { isLeft } from 'fp-ts/lib/Either.js';
import { Username } from 'camcops-tablet-session';
import { parseAccessKey } from 'camcops-tablet-session/operations';
import { camcopsTables } from 'camcops-tablet-session/tables';

import { groupIdOf, savePassword } from '../reference-server/accounts.js';
import { embeddedDatabase } from '../postgres/database.js';
import { keepViews } from '../postgres/views.js';
import { storePatient } from '../reference-server/patients.js';
import { referenceServer } from '../reference-server/server.js';
import { recordedDays, replay, type Day } from './recorded-days.js';
import { chapterInFull, chapterInShort, isServed, type Chapter } from './chapters.js';
import { heading, styleOf, wrapped } from './side-by-side.js';
import { bothPatients, historyOfOne } from './stored.js';
import { tablet, tabletBody, type Exchange, type Post } from './tablet.js';

const style = styleOf(process.stdout);
const isFull = process.argv.includes('--full');
const started = performance.now();

const days = recordedDays();
const dayNamed = (name: string): Day => days.get(name) ?? { id: name, what: '', steps: [] };
const fieldOf = (day: Day, name: string): string =>
  day.steps.map(({ body }) => new URLSearchParams(body).get(name)).find((value) => value !== null) ?? '';

// Before the day begins, the server knows a nurse, and a patient who has been given an access key.
const db = await embeddedDatabase();
const [nurse, password] = ['nurse', fieldOf(dayNamed('keys-again-onestep'), 'password')];
const [username, accessKey] = [
  Username.decode(nurse),
  parseAccessKey(fieldOf(dayNamed('patient-mode'), 'patient_proquint')),
];
if (isLeft(username) || isLeft(accessKey)) throw new Error('days.jsonl.gz is damaged');
await savePassword(db, username.right, password, 'clinic');
await db.query(`update groups set upload_policy = 'sex AND idnum1', finalize_policy = 'sex AND idnum1'`);
await db.query(`insert into id_number_types values (1, 'Hospital number', 'HN')`);
await db.query(`insert into extra_strings (task, name, value) values ('phq9', 'q1', 'Little interest or pleasure')`);
await db.transaction((query) => keepViews(query, camcopsTables));
const patientInfo = fieldOf(dayNamed('patient-mode'), 'patient_info');
await storePatient(db.query, accessKey.right, patientInfo, await groupIdOf(db.query, 'clinic'));

const outcomes = new Map<string, number>();
const log: Parameters<typeof referenceServer>[0]['log'] = ({ result }) => {
  outcomes.set(String(result), (outcomes.get(String(result)) ?? 0) + 1);
};
const server = referenceServer({ db, log }).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? String(address.port) : ''}/`;
const post: Post = async (body) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
};

/** Client 2.0.3 did not name the primary key, and sent its columns in any order. Any client stops when it is refused. */
const oldClient = async (version: string): Promise<readonly Exchange[]> => {
  const { ask } = tablet(post, { device: 'old-tablet', camcops_version: version, user: nurse, password });
  const record0 = "'2016-05-01T12:00:00.000+00:00',7,3,0";
  const phq9 = { table: 'phq9', fields: 'when_last_modified,id,q1,_move_off_tablet', nrecords: '1', record0 };
  const asked = [
    ['register', {}],
    ['start_upload', {}],
    ['upload_table', phq9],
    ['end_upload', {}],
  ] as const;
  const exchanges: Exchange[] = [];
  for (const [operation, fields] of asked) {
    exchanges.push(await ask(operation, fields));
    if (!exchanges.every(isServed)) break;
  }
  return exchanges;
};

const noTablet = new Map([['email', 'someone@example.org']]);
const chapters: Chapter[] = [];
for (const name of ['move-fresh-photograph', 'keys-again-onestep', 'patient-mode', 'wrong-password', 'unregistered']) {
  const day = dayNamed(name);
  chapters.push([day.what, await replay(post, day)]);
}
chapters.push(['An old client, 2.0.3: served, with its habits known.', await oldClient('2.0.3')]);
chapters.push(['A client of long ago, 1.14: refused, and told why.', await oldClient('1.14')]);
chapters.push(['Something that is no tablet.', [{ fields: noTablet, reply: await post(tabletBody(noTablet)) }]]);

const all = chapters.flatMap(([, exchanges]) => exchanges);
const [counts] = await db.query<Record<'sessions' | 'records' | 'finalized', number>>(
  `select (select count(*)::integer from sessions) as sessions, count(*)::integer as records,
     count(*) filter (where finalized)::integer as finalized from history`,
);
console.log(heading(style, "A day of tablets, with CamCOPS's own client"));
const took = ((performance.now() - started) / 1000).toFixed(1);
for (const paragraph of [
  `${String(all.length)} requests over HTTP in ${took} s: the reference server, on embedded PostgreSQL.`,
  `${String(counts?.sessions)} sessions: a password is checked once, and then the session is resumed.`,
  `${String(counts?.records)} versions of records are stored, ${String(counts?.finalized)} of them finalized: their tablets may delete their copies.`,
  `Outcomes: ${[...outcomes].map(([code, count]) => `${String(count)} ${code}`).join(', ')}.`,
  ...(isFull
    ? ['Left is what a tablet sends, right what it is told; what is as in the request before is left out.']
    : []),
]) {
  console.log(wrapped(paragraph, style.width).join('\n'));
}
const device = fieldOf(dayNamed('keys-again-onestep'), 'device');
if (isFull) {
  const inFull = chapterInFull(style);
  for (const chapter of chapters) console.log(inFull(chapter));
  console.log(await historyOfOne(db, style, device));
} else {
  console.log(heading(style, 'What happened (npm run demo -- --full shows each request)'));
  for (const chapter of chapters) console.log(chapterInShort(style, chapter));
}
console.log(await bothPatients(db, style, device));

server.close();
server.closeAllConnections();
await db.close();
