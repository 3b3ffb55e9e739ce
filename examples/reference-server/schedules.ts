/** The schedules of patients with a tablet of their own: which tasks are due, and which are done. */
import { isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import type { TaskSchedule } from 'camcops-tablet-session/operations';

import type { Query } from '../postgres/database.js';

interface TaskRow extends Readonly<Record<'table' | 'from' | 'by', string>> {
  readonly settings: object;
  /** What the patient's own accounts have uploaded to the task's table. */
  readonly uploaded: readonly { readonly values: Readonly<Record<string, unknown>>; readonly isFinalized: boolean }[];
}

const timeOf = (value: unknown): number => Date.parse(String(value));

/**
 * Returns when a task was done: a record of it was begun in time, and is finished. It counts as finished if its user finished it at the
 * first exit, or if it was moved off the tablet, because a patient's tablet does that only when nothing is in progress.
 */
const whenDone = ({ uploaded, from, by }: TaskRow): Option<string> => {
  const done = uploaded.find(({ values: { when_created, firstexit_is_finish }, isFinalized }) => {
    const begun = timeOf(when_created);
    return (isFinalized || firstexit_is_finish === 1) && begun >= timeOf(from) && begun <= timeOf(by);
  });
  const at = timeOf(done?.values['when_last_modified']);
  return Number.isNaN(at) ? none : some(new Date(at).toISOString());
};

export const schedulesOf = async (query: Query, patientId: number): Promise<readonly TaskSchedule[]> => {
  // Joins uploads, because an index finds records by device.
  const schedules = await query<{ name: string; tasks: readonly TaskRow[] }>(
    `select s.name, coalesce(json_agg(json_build_object(
         'table', t.table_name, 'settings', t.settings, 'from', t.due_from, 'by', t.due_by, 'uploaded', (
           select coalesce(json_agg(json_build_object('values', r.values, 'isFinalized', r.finalized_in is not null)), '[]')
           from users a join uploads u on u.user_id = a.id join records r on r.device_id = u.device_id and r.added_in = u.id and r.table_name = t.table_name
           where a.patient_id = s.patient_id and r.removed_in is null
         )) order by t.id) filter (where t.id is not null), '[]') as tasks
     from schedules s left join scheduled_tasks t on t.schedule_id = s.id
     where s.patient_id = $1 group by s.id order by s.id`,
    [patientId],
  );
  return schedules.map(({ name, tasks }) => ({
    name,
    items: tasks.map((task) => {
      const { table, settings, from, by } = task;
      const [dueFrom, dueBy] = [new Date(from).toISOString(), new Date(by).toISOString()];
      const whenCompleted = whenDone(task);
      return { table, anonymous: false, settings, dueFrom, dueBy, complete: isSome(whenCompleted), whenCompleted };
    }),
  }));
};
