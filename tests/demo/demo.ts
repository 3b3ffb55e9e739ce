/** `npm run demo`: a day of tablets, from the bodies they POST to the replies they read, against ports in memory. */
import { left, right } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';

import {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  explicitPkNameForUploadTable,
  handleTabletRequest,
  missingField,
  pkNameInUploadTableNeitherFirstNorExplicit,
  type Answer,
  type Handlers,
  type TabletOutcome,
  type UserError,
} from '../../src/index.js';
import { inMemoryPorts, worldFromJson } from '../support/in-memory-ports.js';
import { tablet, tabletBody, type Post } from '../support/tablet.js';
import { heading, sideBySide } from './side-by-side.js';

const world = worldFromJson(
  JSON.stringify({
    devices: [{ id: 1, name: 'old-tablet' }],
    users: [
      {
        id: 1,
        username: 'nurse',
        password: 'Ward 7 & 8 = busy!',
        uploadGroupId: 1,
        superuser: false,
        memberships: [{ groupId: 1, mayUpload: true, mayRegisterDevices: true }],
      },
    ],
    sessions: [],
    newSession: { id: 1, token: 'demo-token' },
  }),
);
const { ports, calls, addDevice } = inMemoryPorts(world);

const answering = (answer: Answer) => () => () => Promise.resolve(right<UserError, Answer>(answer));

const records: string[] = [];

const handlers: Handlers<never, URLSearchParams> = {
  register:
    ({ session }) =>
    () => {
      if (isSome(session.deviceName)) addDevice(session.deviceName.value);
      return Promise.resolve(right({ databaseTitle: 'Demonstration clinic', serverCamcopsVersion: '2.4.24' }));
    },
  get_allowed_tables: answering({
    nfields: '2',
    fields: 'tablename,min_client_version',
    nrecords: '2',
    record0: "'patient','1.14.0'",
    record1: "'phq9','1.14.0'",
  }),
  get_extra_strings: answering({ nfields: '4', fields: 'task,name,language,value', nrecords: '0' }),
  get_id_info: answering({ idDescription1: 'Hospital number', idShortDescription1: 'HN' }),
  validate_patients: answering(undefined),
  start_upload: answering(undefined),
  upload_empty_tables: answering(undefined),
  upload_table: ({ device, user }, fields) => {
    const table = fields.get('table');
    if (table === null) return () => Promise.resolve(left(missingField('table')));
    const count = Number(fields.get('nrecords'));
    records.push(...Array.from({ length: count }, () => `${table} from ${device.name} by ${user.username}`));
    return () => Promise.resolve(right(`Table ${table} upload successful`));
  },
  end_upload: answering(undefined),
};

const outcomes: TabletOutcome<never>[] = [];
const handle = handleTabletRequest({ ports, handlers });

const post: Post = async (body) => {
  const reply = await handle({ method: 'POST', fields: new URLSearchParams(body) })();
  outcomes.push(reply.outcome);
  return reply;
};

const user = { user: 'nurse', password: 'Ward 7 & 8 = busy!' };
const newDevice = { device: '{4d1c8ee0-9a33-4f6b-b5d5-0a6f3f4e7b11}', camcops_version: '2.4.24' };
const phq9 = {
  table: 'phq9',
  pkname: 'id',
  fields: 'id,patient_id,q1',
  nrecords: '2',
  record0: '1,1,3',
  record1: '2,1,0',
};
const patient = { table: 'patient', pkname: 'id', fields: 'id,forename', nrecords: '1', record0: "1,'Zoë'" };

const aDay = async (): Promise<void> => {
  console.log(heading('A new tablet, client 2.4.24: it registers, and later uploads'));
  const modern = tablet(post, { ...newDevice, ...user });
  const before = calls().authenticate;
  const day = [
    ['register', { devicefriendlyname: 'Ward 7' }],
    ['get_allowed_tables', {}],
    ['get_extra_strings', {}],
    ['check_device_registered', {}],
    ['check_upload_user_and_device', {}],
    ['get_id_info', {}],
    ['get_allowed_tables', {}],
    ['validate_patients', { patient_info: '[]' }],
    ['start_upload', {}],
    ['upload_empty_tables', { tables: 'blob,gad7' }],
    ['upload_table', patient],
    ['upload_table', phq9],
    ['end_upload', {}],
  ] as const;
  for (const [operation, fields] of day) console.log(sideBySide(await modern.ask(operation, fields)));
  console.log(
    `\n${String(day.length)} requests; the password was checked ${String(calls().authenticate - before)} time.`,
  );

  console.log(heading('An old tablet, client 2.0.3: served, with its habits known'));
  const old = tablet(post, { device: 'old-tablet', camcops_version: '2.0.3', ...user });
  const { pkname, ...unnamedKey } = phq9;
  console.log(sideBySide(await old.ask('upload_table', { ...unnamedKey, fields: `patient_id,${pkname},q1` })));
  const clientVersion = outcomes.at(-1)?.clientVersion;
  if (clientVersion !== undefined) {
    console.log(`\nWhat the server must know of client ${clientVersion}:`);
    const habits = {
      copeWithDeletedPatientDescriptors,
      copeWithOldIdNums,
      explicitPkNameForUploadTable,
      pkNameInUploadTableNeitherFirstNorExplicit,
    };
    for (const [name, holds] of Object.entries(habits)) {
      console.log(`  ${name.padEnd(44)}${holds({ clientVersion }) ? 'yes' : 'no'}`);
    }
  }

  console.log(heading('A tablet of long ago, client 1.14: refused, and told why'));
  const ancient = tablet(post, { device: 'old-tablet', camcops_version: '1.14', ...user });
  console.log(sideBySide(await ancient.ask('upload_table', phq9)));

  console.log(heading('A wrong password'));
  const forgetful = tablet(post, { ...newDevice, user: 'nurse', password: 'Ward 6' });
  console.log(sideBySide(await forgetful.ask('check_upload_user_and_device')));

  console.log(heading('A tablet that has not registered'));
  const stranger = tablet(post, { device: 'stranger', camcops_version: '2.4.24', ...user });
  console.log(sideBySide(await stranger.ask('check_device_registered')));
  console.log(sideBySide(await stranger.ask('start_upload')));

  console.log(heading('Not a tablet at all'));
  const form = new Map([['email', 'someone@example.org']]);
  console.log(sideBySide({ fields: form, reply: await post(tabletBody(form)) }));

  console.log(heading('The day, by outcome'));
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result.code, (counts.get(result.code) ?? 0) + 1);
  for (const [code, count] of counts) console.log(`  ${code.padEnd(24)}${String(count).padStart(4)}`);
  console.log(`  ${'in all'.padEnd(24)}${String(outcomes.length).padStart(4)}`);
  console.log(`\nPort calls: ${JSON.stringify(calls())}`);
  console.log(`Records stored: ${String(records.length)}`);
  for (const record of records) console.log(`  ${record}`);
};

await aDay();
