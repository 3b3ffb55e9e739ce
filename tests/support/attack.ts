/**
 * What somebody might try who has one patient's access key: to act for the ward's tablet, and for other patients. Each step is refused, and
 * nothing that was stored changes.
 */
import { expect } from 'vitest';

import { readReply } from './replay.js';

type Fields = Readonly<Record<string, string>>;

/** A server with the user `nurse`, the password `pw`, and a patient of their own: see `own`. */
export interface Attacked {
  readonly post: (body: string) => Promise<string>;
  readonly accessKey: string;
  /** All that is stored, as text. */
  readonly stored: () => Promise<string>;
}

/** The patient of the access key, as a tablet tells of them. */
export const own = { forename: 'Ann', surname: 'Own', sex: 'F', dob: '1950-01-02', idnum1: 7 };

const date = "'2026-03-01T12:00:00.000+00:00'";
const base = { when_last_modified: date, _move_off_tablet: '0' };
const patientRow = (forename: string) => ({
  id: '1',
  ...base,
  forename: `'${forename}'`,
  surname: "'Own'",
  sex: "'F'",
});
const idNumberRow = (value: number) => ({
  id: '1',
  ...base,
  patient_id: '1',
  which_idnum: '1',
  idnum_value: String(value),
});

const tableOf = (table: string, row: Fields): Fields => ({
  ...{ table, pkname: 'id', fields: Object.keys(row).join(','), nrecords: '1' },
  record0: Object.values(row).join(','),
});
const recordOf = (table: string, row: Fields): Fields => ({
  ...{ table, pkname: 'id', fields: Object.keys(row).join(','), values: Object.values(row).join(',') },
});
const wholeOf = (tables: Readonly<Record<string, readonly Fields[]>>): Fields => ({
  finalizing: '1',
  pknameinfo: JSON.stringify(Object.fromEntries(Object.keys(tables).map((table) => [table, 'id']))),
  dbdata: JSON.stringify(tables),
});
const info = (patient: object): Fields => ({
  patient_info: JSON.stringify([{ address: null, email: null, gp: null, other: null, ...patient, finalizing: false }]),
});

export const tryAttack = async ({ post, accessKey, stored }: Attacked): Promise<void> => {
  const ask = async (fields: Fields) =>
    readReply(await post(new URLSearchParams({ camcops_version: '2.4.24', ...fields }).toString()));
  /** Requests of one session. */
  const tablet = (who: Fields) => {
    let session: Fields = {};
    return async (operation: string, fields: Fields = {}) => {
      const reply = await ask({ ...who, ...session, operation, ...fields });
      session = { session_id: reply.get('session_id') ?? '', session_token: reply.get('session_token') ?? '' };
      return reply.get('error') ?? 'served';
    };
  };

  // The ward's tablet uploads, and is in the middle of another upload.
  const nurse = tablet({ device: 'ward', user: 'nurse', password: 'pw' });
  const wards = { ...patientRow('Bob'), surname: "'Other'" };
  expect(await nurse('register')).toBe('served');
  expect(
    await nurse('upload_entire_database', {
      ...wholeOf({ patient: [wards], patient_idnum: [idNumberRow(9)] }),
      finalizing: '0',
    }),
  ).toBe('served');
  expect(await nurse('start_upload')).toBe('served');
  expect(await nurse('upload_table', tableOf('patient', { ...wards, id: '2' }))).toBe('served');
  const before = await stored();

  // Somebody with the key says that the ward's tablet is theirs.
  const claim = { operation: 'register_patient', device: 'ward', patient_proquint: accessKey };
  expect((await ask(claim)).get('error')).toContain('Another account has registered this device');

  // The patient's own tablet registers.
  const account = await ask({ operation: 'register_patient', device: 'phone', patient_proquint: accessKey });
  const who = { user: account.get('user') ?? '', password: account.get('password') ?? '' };
  const patient = tablet({ ...who, device: 'phone' });
  expect(await patient('register')).toBe('served');

  // It names the ward's tablet as its own, with and without the session that it has.
  const steps: readonly (readonly [string, Fields])[] = [
    ['register', {}],
    ['get_task_schedules', { patient_proquint: accessKey }],
    ['validate_patients', info(own)],
    ['start_upload', {}],
    ['start_preservation', {}],
    ['upload_empty_tables', { tables: 'patient,patient_idnum' }],
    ['upload_table', tableOf('patient', patientRow('Ann'))],
    ['upload_record', recordOf('patient', patientRow('Ann'))],
    ['delete_where_key_not', { table: 'patient', pkname: 'id', pkvalues: '99' }],
    ['which_keys_to_send', { table: 'patient', pkname: 'id', pkvalues: '99', datevalues: date }],
    ['end_upload', {}],
    ['upload_entire_database', wholeOf({ patient: [], patient_idnum: [] })],
  ];
  for (const [operation, fields] of steps) {
    for (const asker of [patient, tablet(who)]) {
      expect([operation, await asker(operation, { ...fields, device: 'ward' })]).toEqual([
        operation,
        'This account belongs to another device',
      ]);
    }
  }

  // On its own tablet, it tells of another patient; the rest of an upload may go on.
  const again = tablet({ ...who, device: 'phone' });
  expect(await again('start_upload')).toBe('served');
  const others: readonly (readonly [string, Fields])[] = [
    ['validate_patients', info({ ...own, forename: 'Bob' })],
    ['validate_patients', info({ ...own, idnum1: 9 })],
    ['upload_table', tableOf('patient', patientRow('Bob'))],
    ['upload_table', tableOf('patient_idnum', idNumberRow(9))],
    ['upload_record', recordOf('patient', patientRow('Bob'))],
    ['upload_record', recordOf('patient_idnum', idNumberRow(9))],
    ['upload_entire_database', wholeOf({ patient: [patientRow('Bob')] })],
    ['upload_entire_database', wholeOf({ patient_idnum: [idNumberRow(9)] })],
  ];
  for (const [operation, fields] of others) {
    expect([operation, await again(operation, fields)]).toEqual([
      operation,
      'This account may upload its own patient only',
    ]);
  }
  expect(await again('end_upload')).toBe('served');
  expect(await stored()).toBe(before);

  // The nurse's upload was not thrown away.
  expect(await nurse('end_upload')).toBe('served');
  // Its own patient, the tablet may upload.
  const own1 = { ...patientRow('Ann'), dob: "'1950-01-02'" };
  expect(await again('validate_patients', info(own))).toBe('served');
  expect(await again('upload_entire_database', wholeOf({ patient: [own1], patient_idnum: [idNumberRow(7)] }))).toBe(
    'served',
  );
};
