/** What patients with a tablet of their own are to do, and what they have done of it. */
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { ScheduledTask, TaskSchedule } from 'camcops-tablet-session/operations';

import type { Query } from './database.js';

interface TaskRow {
  readonly schedule: string;
  /** Null: the schedule has no tasks. */
  readonly table: string | null;
  readonly settings: object;
  readonly due_from: Date;
  readonly due_by: Date;
}

interface RecordRow {
  readonly table_name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const timeOf = ({ values }: RecordRow, column: string): number => Date.parse(String(values[column]));

/** A task is done if the patient's own account has uploaded one that was begun in time, and is finished. */
const whenDone = (uploaded: readonly RecordRow[], { table, due_from, due_by }: TaskRow): Option<string> => {
  const done = uploaded.find((record) => {
    const begun = timeOf(record, 'when_created');
    const isInTime = begun >= due_from.getTime() && begun <= due_by.getTime();
    return record.table_name === table && isInTime && record.values['firstexit_is_finish'] === 1;
  });
  const at = done === undefined ? NaN : timeOf(done, 'when_last_modified');
  return Number.isNaN(at) ? none : some(new Date(at).toISOString());
};

export const schedulesOf = async (query: Query, patientId: number): Promise<readonly TaskSchedule[]> => {
  const tasks = await query<TaskRow>(
    `select s.name as schedule, t.table_name as "table", t.settings, t.due_from, t.due_by
     from schedules s left join scheduled_tasks t on t.schedule_id = s.id where s.patient_id = $1 order by s.id, t.id`,
    [patientId],
  );
  const uploaded = await query<RecordRow>(
    `with own as (select u.id, u.device_id from uploads u join users a on a.id = u.user_id where a.patient_id = $1)
     select table_name, values from records where device_id in (select device_id from own)
       and added_in in (select id from own) and (removed_in is null or finalized_in is not null)
       and table_name in (select json_array_elements_text($2::json))`,
    [patientId, JSON.stringify(tasks.flatMap(({ table }) => table ?? []))],
  );
  const schedules = new Map<string, ScheduledTask[]>();
  for (const task of tasks) {
    const { schedule, table, settings, due_from, due_by } = task;
    const items = schedules.get(schedule) ?? [];
    schedules.set(schedule, items);
    if (table === null) continue;
    const [dueFrom, dueBy, whenCompleted] = [due_from.toISOString(), due_by.toISOString(), whenDone(uploaded, task)];
    items.push({ table, anonymous: false, settings, dueFrom, dueBy, complete: isSome(whenCompleted), whenCompleted });
  }
  return [...schedules].map(([name, items]) => ({ name, items }));
};
