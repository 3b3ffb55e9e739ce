/** What there is, and taking it back. */
import type { Query } from '../../postgres/database.js';
import { must } from '../settings.js';
import { groupOf, numberOf } from './arguments.js';
import type { Command, Done } from './command.js';

/** A day and a time, in UTC. */
const at = (time: string): string => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD HH24:MI')`;

const lists: Readonly<Record<string, string>> = {
  users: `select username as name, g.name as "uploads for", case when disabled_at is null then '' else 'disabled' end as state,
      u.patient_id as patient, u.only_device as "only from",
      (select ${at('max(a.at)')} from audit a where a.event = 'sign-in' and a.username = u.username) as "last sign-in"
    from users u left join groups g on g.id = u.upload_group_id order by username`,
  groups: `select name, upload_policy as "to upload", finalize_policy as "to leave the tablet",
      (select count(*) from users where upload_group_id = groups.id) as users from groups order by name`,
  devices: `select name, friendly_name as "friendly name", case when revoked_at is null then '' else 'revoked' end as state,
      ${at('registered_at')} as registered, client_version as client,
      (select ${at('max(u.at)')} from uploads u where u.device_id = devices.id) as "last upload"
    from devices order by name`,
  uploads: `select u.id as upload, ${at('u.at')} as at, d.name as device, u.username as "user", u.group_name as "group",
      (select count(*) from records r where r.device_id = u.device_id and r.added_in = u.id) as "records added",
      repeated_upload(u.id) as "sent again, as"
    from uploads u join devices d on d.id = u.device_id order by u.id desc limit 100`,
  patients: `select p.id as patient, g.name as "group", details::json -> 0 ->> 'surname' as surname,
      details::json -> 0 ->> 'forename' as forename, details::json -> 0 ->> 'dob' as "date of birth",
      (select count(*) from users u where u.patient_id = p.id and u.disabled_at is null) as tablets,
      case when withdrawn_at is null then '' else 'withdrawn' end as state
    from patients p join groups g on g.id = p.group_id order by p.id`,
  schedules: `select s.patient_id as patient, s.id as schedule, s.name, t.id as task, t.table_name as "table",
      ${at('t.due_from')} as "from", ${at('t.due_by')} as by
    from schedules s left join scheduled_tasks t on t.schedule_id = s.id order by s.patient_id, s.id, t.id`,
  idnumbers:
    'select which as n, description, short_description as short, validation from id_number_types order by which',
};

type Row = Readonly<Record<string, string | number | null>>;

/** Rows below their headings. What a device calls itself may hold anything. */
const tableOf = (rows: readonly Row[]): string => {
  const [first] = rows;
  if (first === undefined) return 'There are none.';
  const names = Object.keys(first);
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '').replace(/[\p{C}\u2028\u2029]/gu, '?')));
  const widths = names.map((name, index) => Math.max(name.length, ...cells.map((line) => line[index]?.length ?? 0)));
  return [names, ...cells]
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

interface Removal {
  readonly sql: string;
  /** Why it must stay, as long as this finds a row. */
  readonly stays?: readonly [sql: string, words: string];
  readonly isToldToTablets?: boolean;
}

const removals: Readonly<Record<string, Removal>> = {
  idnumber: {
    sql: 'delete from id_number_types where which = $1 returning which',
    stays: [
      `select from groups where (upload_policy || ' ' || finalize_policy) ~* ('\\midnum' || $1::integer || '\\M')
       union all select from patients where withdrawn_at is null and (details::json -> 0 -> ('idnum' || $1)) is not null`,
      'A policy of a group or a patient has this ID number: change the policy by "group", or end the patient by "withdraw"',
    ],
    isToldToTablets: true,
  },
  schedule: {
    sql: `with tasks as (delete from scheduled_tasks where schedule_id = $1)
      delete from schedules where id = $1 returning id`,
  },
  task: { sql: 'delete from scheduled_tasks where id = $1 returning id' },
  group: {
    sql: 'delete from groups where id = $1 returning id',
    stays: [
      `select from users where upload_group_id = $1 union all select from memberships where group_id = $1
       union all select from patients where group_id = $1 union all select from uploads where group_id = $1`,
      'This group has users, patients or uploads: only a group without any can be removed',
    ],
  },
};

const kinds = (of: Readonly<Record<string, unknown>>): string => Object.keys(of).join('|');

const remove = async (query: Query, kind: string, text: string): Promise<Done> => {
  const removal = Object.hasOwn(removals, kind) ? removals[kind] : undefined;
  if (removal === undefined) throw new Error(`KIND must be one of ${kinds(removals).replaceAll('|', ', ')}`);
  const which = kind === 'group' ? await groupOf(query, text) : numberOf('WHICH', text);
  if (removal.stays !== undefined) {
    const [sql, words] = removal.stays;
    must((await query(sql, [which])).length === 0, words);
  }
  const removed = await query(removal.sql, [which]);
  must(removed.length > 0, `There is no such ${kind}: "list" shows their numbers`);
  const { isToldToTablets = false } = removal;
  return { words: `The ${kind} is removed.`, changed: { details: { removed: kind, which: text } }, isToldToTablets };
};

export const listCommands: Readonly<Record<string, Command>> = {
  list: {
    takes: kinds(lists),
    does: 'print what there is; of uploads, the last 100',
    run: async (query, [what = '']) => {
      const sql = Object.hasOwn(lists, what) ? lists[what] : undefined;
      if (sql === undefined) throw new Error(`The list must be one of ${kinds(lists).replaceAll('|', ', ')}`);
      return { words: tableOf(await query<Row>(sql)) };
    },
  },

  remove: {
    takes: `${kinds(removals)} WHICH`,
    does: 'take back an ID number type, a schedule or a scheduled task, by number, or a group that nothing belongs to, by name',
    run: (query, [kind = '', which = '']) => remove(query, kind, which),
  },
};
