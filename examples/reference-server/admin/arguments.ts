/** Checks what an administrator types. Each check returns a value, or throws words that say what to type instead. */
import { isRight } from 'fp-ts/lib/Either.js';
import { camcopsTables } from 'camcops-tablet-session/tables';
import { parseIdPolicy } from 'camcops-tablet-session/operations';

import type { Query } from '../../postgres/database.js';
import { mayBeTold, must } from '../settings.js';

/** Reads a whole number from 1 that fits PostgreSQL's `integer`. */
export const numberOf = (name: string, text: string): number => {
  const isNumber = /^[1-9][0-9]{0,9}$/.test(text) && Number(text) <= 2_147_483_647;
  must(isNumber, `${name} must be a whole number from 1 to 2147483647`);
  return Number(text);
};

/** Checks a name or a description that tablets show. */
export const lineOf = (name: string, text: string): string => {
  must(text.trim() !== '' && text.length <= 255, `${name} must be 1 to 255 characters`);
  must(mayBeTold(text), `${name} must be on one line, without leading white space`);
  return text;
};

export const policyOf = (name: string, text: string): string => {
  const parsed = parseIdPolicy(text);
  if (isRight(parsed)) return text;
  const { reason, position } = parsed.left;
  const where = `${reason.replace('-', ' ')} at position ${String(position)}`;
  throw new Error(`${name} must be an ID policy, such as "sex AND idnum1": ${where}`);
};

const date = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$/;

/** Reads a date, which begins in UTC, or a time. Refuses 30 February, which JavaScript would read as 2 March. */
export const timeOf = (name: string, text: string): Date => {
  const [, day = ''] = date.exec(text) ?? [];
  const start = Date.parse(`${day}T00:00Z`);
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day) && day >= '1000';
  const time = new Date(text);
  const isTime = isDay && !Number.isNaN(time.getTime());
  must(isTime, `${name} must be a date such as 2026-12-01, or a time such as 2026-12-01T09:00Z`);
  return time;
};

/** Checks the table of a task that a patient can do. */
export const taskOf = (name: string, text: string): string => {
  const isTask = camcopsTables.get(text)?.columns.has('firstexit_is_finish') ?? false;
  must(isTask, `${name} must be the table of one of CamCOPS's tasks, such as phq9`);
  return text;
};

export const groupOf = async (query: Query, name: string): Promise<number> => {
  const [group] = await query<{ id: number }>('select id from groups where name = $1', [name]);
  if (group === undefined) throw new Error('There is no such group: "list groups" shows them, and "group" makes one');
  return group.id;
};

/** Finds a device by its name, or by its friendly name if no other device has the same. */
export const deviceOf = async (query: Query, text: string): Promise<string> => {
  const sql = 'select name from devices where name = $1 or friendly_name = $1 order by name <> $1, name';
  const [first, another] = await query<{ name: string }>(sql, [text]);
  if (first === undefined) throw new Error('There is no such device: "list devices" shows them');
  if (first.name !== text && another !== undefined)
    throw new Error('Several devices have this friendly name: type the name of one, as "list devices" shows it');
  return first.name;
};
