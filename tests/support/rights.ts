/** Who may do what: a kind of account, on a kind of device, asks for each of the 18 operations. Every cell is written down. */
import type { Operation } from 'camcops-tablet-session';

const date = "'2026-03-01T12:00:00.000+00:00'";
const table = { table: 'phq9', pkname: 'id' };
const fields = 'id,when_last_modified,_move_off_tablet';

/** In the order of the columns below. A session of its own for each, so no step finds its upload. */
const asked = {
  check_device_registered: {},
  register_patient: {},
  get_allowed_tables: {},
  get_extra_strings: {},
  get_task_schedules: {},
  register: {},
  check_upload_user_and_device: {},
  get_id_info: {},
  validate_patients: { patient_info: '[]' },
  start_upload: {},
  upload_entire_database: { finalizing: '0', pknameinfo: '{}', dbdata: '{}' },
  start_preservation: {},
  upload_empty_tables: { tables: 'phq9' },
  upload_table: { ...table, fields, nrecords: '1', record0: `1,${date},0` },
  upload_record: { ...table, fields, values: `1,${date},0` },
  delete_where_key_not: { ...table, pkvalues: '1' },
  which_keys_to_send: { ...table, pkvalues: '1', datevalues: date, move_off_tablet_values: '0' },
  end_upload: {},
} as const satisfies Record<Operation, object>;

export const accounts = [
  'nobody',
  'wrong password',
  'patient',
  'upload only',
  'registration only',
  'both',
  'superuser',
  'disabled',
] as const;
export type Account = (typeof accounts)[number];

/** `own` is registered by the patient's account, whose device it is; `other` and `revoked` by another. */
export const devices = ['own', 'other', 'unregistered', 'revoked'] as const;
export type DeviceKind = (typeof devices)[number];

const outcomes: Readonly<Record<string, string>> = {
  c: 'Invalid username/password (or user not authorized)',
  o: 'This account belongs to another device',
  g: 'User not authorized to register devices for selected group',
  u: 'User not authorized to upload to selected group',
  d: 'Unregistered device',
  r: 'This device has been revoked: please speak to your administrator',
  k: 'There is no patient with that access key. Have you entered the key correctly?',
  b: 'Another account has registered this device: please speak to your administrator',
  // The gate is open, and the step belongs to no upload.
  n: 'No upload is under way: please start the upload again',
};

const mayUpload = 'sssss nnnnnnn';
const all = (letter: string): string => `${letter.repeat(4)} ${letter.repeat(5)} ${letter.repeat(7)}`;

/**
 * A letter for each operation: `s` is served, the others are told the words above. By device: anyone's two operations, the four of
 * registration, the twelve of uploads.
 */
const matrix: Readonly<Record<Account, Readonly<Record<DeviceKind, string>>>> = {
  nobody: { own: `sb ${all('c')}`, other: `sb ${all('c')}`, unregistered: `ds ${all('c')}`, revoked: `rr ${all('c')}` },
  'wrong password': {
    ...{ own: `sb ${all('c')}`, other: `sb ${all('c')}` },
    ...{ unregistered: `ds ${all('c')}`, revoked: `rr ${all('c')}` },
  },
  patient: {
    ...{ own: `sb ssss ${mayUpload}`, other: `sb ${all('o')}` },
    ...{ unregistered: `ds ${all('o')}`, revoked: `rr ${all('o')}` },
  },
  'upload only': {
    ...{ own: `sb gggg ${mayUpload}`, other: `sb gggg ${mayUpload}` },
    ...{ unregistered: 'ds gggg ddddd ddddddd', revoked: 'rr gggg rrrrr rrrrrrr' },
  },
  'registration only': {
    ...{ own: 'sb ssks uuuuu uuuuuuu', other: 'sb ssks uuuuu uuuuuuu' },
    ...{ unregistered: 'ds ssks uuuuu uuuuuuu', revoked: 'rr rrrr uuuuu uuuuuuu' },
  },
  both: {
    ...{ own: `sb ssks ${mayUpload}`, other: `sb ssks ${mayUpload}` },
    ...{ unregistered: 'ds ssks ddddd ddddddd', revoked: 'rr rrrr rrrrr rrrrrrr' },
  },
  superuser: {
    ...{ own: `sb ssks ${mayUpload}`, other: `sb ssks ${mayUpload}` },
    ...{ unregistered: 'ds ssks ddddd ddddddd', revoked: 'rr rrrr rrrrr rrrrrrr' },
  },
  disabled: {
    ...{ own: `sb ${all('c')}`, other: `sb ${all('c')}` },
    ...{ unregistered: `ds ${all('c')}`, revoked: `rr ${all('c')}` },
  },
};

/** Asks for one operation, and returns the reply. `number` is another each time: for names and keys that must not have been used. */
export type Ask = (
  account: Account,
  device: DeviceKind,
  operation: Operation,
  fields: Readonly<Record<string, string>>,
  number: number,
) => Promise<ReadonlyMap<string, string>>;

const letterOf = (reply: ReadonlyMap<string, string>): string => {
  if (reply.get('success') === '1') return 's';
  const words = reply.get('error') ?? 'nothing';
  return Object.keys(outcomes).find((letter) => outcomes[letter] === words) ?? `[${words}]`;
};

/** What an account may do on a device, and what it does: equal, if all is well. */
export const rowOf = async (ask: Ask, account: Account, device: DeviceKind) => {
  let found = '';
  let number = 100 * (accounts.indexOf(account) * devices.length + devices.indexOf(device));
  for (const operation of Object.keys(asked) as Operation[]) {
    found += letterOf(await ask(account, device, operation, asked[operation], (number += 1)));
  }
  return { found, expected: matrix[account][device].replaceAll(' ', '') };
};
