/** Commands that list, remove and print what is stored. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { camcopsTables } from 'camcops-tablet-session/tables';

import { keepViews } from '../../postgres/views.js';
import { exportTable } from '../export.js';
import { must } from '../settings.js';
import { groupId, number, type Reader } from './arguments.js';
import { carryOut, type Command } from './command.js';

/** The queries of `lists.sql`, by the names above them. */
const lists: ReadonlyMap<string, string> = new Map(
  [...readFileSync(new URL('lists.sql', import.meta.url), 'utf8').matchAll(/^-- list (\w+)\r?\n([^;]*);/gm)].map(
    ([, name = '', sql = '']) => [name, sql],
  ),
);

type Row = Readonly<Record<string, string | number | null>>;

/** Writes rows below their headings. Replaces control characters, because a device may call itself anything. */
const tableOf = (rows: readonly Row[]): string => {
  const [first] = rows;
  if (first === undefined) return 'There are none.';
  const names = Object.keys(first);
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '').replace(/[\p{C}\u2028\u2029]/gu, '?')));
  const widths = names.map((name, at) =>
    cells.reduce((most, line) => Math.max(most, line[at]?.length ?? 0), name.length),
  );
  const padded = (line: readonly string[]) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0));
  return [names, ...cells].map((line) => padded(line).join('  ').trimEnd()).join('\n');
};

interface Removal {
  /** Reads what is to be removed. */
  readonly which: Reader<number>;
  readonly sql: string;
  /** If this query finds a row, nothing is removed, and these words say why. */
  readonly stays?: Readonly<Record<'sql' | 'words', string>>;
  readonly isToldToTablets?: boolean;
}

const removals: Readonly<Record<string, Removal>> = {
  idnumber: {
    which: number,
    sql: 'delete from id_number_types where which = $1 returning which',
    stays: {
      // A policy and a patient may write zeros before the number. A revoked device uploads no more.
      sql: `select from groups where (upload_policy || ' ' || finalize_policy) ~* ('\\midnum0*' || $1::integer || '\\M')
       union all select from patients, json_object_keys(details::json -> 0) as key
         where withdrawn_at is null and key ~ ('^idnum0*' || $1 || '$')
       union all select from records r join devices d on d.id = r.device_id
         where table_name = 'patient_idnum' and removed_in is null and finalized_in is null and revoked_at is null
           and r.values ->> 'which_idnum' = $1::text`,
      words:
        'A policy, a patient or a tablet has this ID number: change the policy by "group", end the patient by "withdraw", upload by Move, or revoke the tablet',
    },
    isToldToTablets: true,
  },
  schedule: {
    which: number,
    sql: `with tasks as (delete from scheduled_tasks where schedule_id = $1)
      delete from schedules where id = $1 returning id`,
  },
  task: { which: number, sql: 'delete from scheduled_tasks where id = $1 returning id' },
  group: {
    which: groupId,
    // A membership gives rights only in the group that its user uploads for. Those that earlier versions left go with the group.
    sql: `with ended as (delete from memberships where group_id = $1)
      delete from groups where id = $1 returning id`,
    stays: {
      sql: `select from users where upload_group_id = $1
       union all select from patients where group_id = $1 union all select from uploads where group_id = $1`,
      words: 'This group has users, patients or uploads: only a group without any can be removed',
    },
  },
};

const print = async (text: string): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

export const listCommands: Readonly<Record<string, Command>> = {
  list: {
    takes: [...lists.keys()].join('|'),
    does: 'print what there is; of uploads, the last 100',
    run: async (db, [what = '']) => {
      const sql = lists.get(what);
      if (sql === undefined) throw new Error(`The list must be one of ${[...lists.keys()].join(', ')}`);
      return tableOf(await db.query<Row>(sql));
    },
  },

  remove: {
    takes: `${Object.keys(removals).join('|')} WHICH`,
    does: 'take back an ID number type, a schedule or a scheduled task, by number, or a group that nothing belongs to, by name',
    run: (db, [kind = '', text = '']) =>
      carryOut(db, async (query) => {
        const removal = Object.hasOwn(removals, kind) ? removals[kind] : undefined;
        if (removal === undefined) throw new Error(`What to remove must be one of ${Object.keys(removals).join(', ')}`);
        const { sql, stays, isToldToTablets = false } = removal;
        const which = await removal.which(text, 'WHICH', query);
        if (stays !== undefined) must((await query(stays.sql, [which])).length === 0, stays.words);
        const removed = await query(sql, [which]);
        must(removed.length > 0, `There is no such ${kind}: "list idnumbers" and "list schedules" show the numbers`);
        const changed = { details: { removed: kind, which: text } };
        return { words: `The ${kind} is removed.`, changed, isToldToTablets };
      }),
  },

  export: {
    takes: 'TABLE [--format jsonl] [--all-versions]',
    does: 'print a table under the names of its patients, or its history',
    run: async (db, [table = '', ...options]) => {
      const isKnown = /^( --format (csv|jsonl)| --all-versions)*$/.test(options.map((option) => ` ${option}`).join(''));
      must(isKnown, 'TABLE comes first, and then any of --format csv, --format jsonl and --all-versions');
      must(camcopsTables.has(table), "TABLE must be one of CamCOPS's tables, such as phq9");
      // In a transaction of its own, because the export may take long.
      await db.transaction((query) => keepViews(query, camcopsTables));
      const format = options.includes('jsonl') ? 'jsonl' : 'csv';
      await exportTable(db, table, { format, allVersions: options.includes('--all-versions') }, print);
      return '';
    },
  },
};
