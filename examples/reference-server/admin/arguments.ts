/** Reads what an administrator types. Each reader returns a value, or throws words that say what to type instead. */
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Username } from 'camcops-tablet-session';
import { camcopsTables } from 'camcops-tablet-session/tables';
import { parseIdPolicy } from 'camcops-tablet-session/operations';

import type { Query } from '../../postgres/database.js';
import { mayBeTold, must, usernameOf, wholeOf } from '../settings.js';

/** Reads the argument of a name. */
export type Reader<A> = (text: string, name: string, query: Query) => A | Promise<A>;

/** Reads a whole number from 1 that fits PostgreSQL's `integer`. */
export const number: Reader<number> = (text, name) => wholeOf(text, name, 1, 2_147_483_647);

/** Reads a name or a description that tablets show. */
export const line: Reader<string> = (text, name) => {
  must(text.trim() !== '' && text.length <= 255, `${name} must be 1 to 255 characters`);
  must(mayBeTold(text), `${name} must be on one line, without leading white space`);
  return text;
};

export const policy: Reader<string> = (text, name) => {
  const parsed = parseIdPolicy(text);
  if (isLeft(parsed)) {
    const where = `${parsed.left.reason.replace('-', ' ')} at position ${String(parsed.left.position)}`;
    throw new Error(`${name} must be an ID policy, such as "sex AND idnum1": ${where}`);
  }
  return text;
};

const date = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$/;

/** Reads a date, which begins in UTC, or a time. Refuses 30 February, which JavaScript would read as 2 March. */
export const time: Reader<Date> = (text, name) => {
  const [, day = ''] = date.exec(text) ?? [];
  const start = Date.parse(`${day}T00:00Z`);
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
  const read = new Date(text);
  // The year in UTC, because tablets are told times in UTC.
  const year = read.getUTCFullYear();
  const isTime = isDay && year >= 1_000 && year <= 9_999;
  must(isTime, `${name} must be a date such as 2026-12-01, or a time such as 2026-12-01T09:00Z, in years 1000 to 9999`);
  return read;
};

export const validation: Reader<string> = (text) => {
  must(['', 'uk_nhs_number'].includes(text), 'The only validation is uk_nhs_number');
  return text;
};

/** Reads the table of a task that a patient can do. */
export const task: Reader<string> = (text, name) => {
  const isTask = camcopsTables.get(text)?.columns.has('firstexit_is_finish') ?? false;
  must(isTask, `${name} must be the table of one of CamCOPS's tasks, such as phq9`);
  return text;
};

/** Makes a reader of what must be in the database, which a query selects as `found`. */
const inDatabase =
  <A>(sql: string, words: string, reader: Reader<unknown> = (text) => text): Reader<A> =>
  async (text, name, query) => {
    const [row] = await query<{ readonly found: A }>(sql, [await reader(text, name, query)]);
    if (row === undefined) throw new Error(words);
    return row.found;
  };

const noGroup = 'There is no such group: "list groups" shows them, and "group" makes one';
export const groupId = inDatabase<number>('select id as found from groups where name = $1', noGroup);

const noUser = 'There is no such user: "list users" shows them';
export const user = inDatabase<Username>('select username as found from users where username = $1', noUser, usernameOf);

const ended = 'This account stays disabled: its patient is withdrawn, or its only device is revoked';
const usersInUse = `select username as found from users u left join patients p on p.id = u.patient_id
  left join devices d on d.name = u.only_device where username = $1 and withdrawn_at is null and revoked_at is null`;
export const userToEnable = inDatabase<Username>(usersInUse, ended, user);

const noPatient = 'There is no such patient: "list patients" shows their numbers';
const patients = 'select id as found from patients where id = $1';
export const patientId = inDatabase<number>(patients, noPatient, number);
export const activePatientId = inDatabase<number>(`${patients} and withdrawn_at is null`, noPatient, number);

const noDevice = 'There is no such device: "list devices" shows them';
const several = 'Several devices have this friendly name: type the name of one, as "list devices" shows it';
const devices = `select array_agg(name order by name <> $1) as found from devices
  where name = $1 or friendly_name = $1 having count(*) > 0`;

/** Finds a device by its name, or by its friendly name if no other device has the same. */
export const device: Reader<string> = async (text, name, query) => {
  const [first = '', ...others] = await inDatabase<readonly string[]>(devices, noDevice)(text, name, query);
  must(first === text || others.length === 0, several);
  return first;
};
