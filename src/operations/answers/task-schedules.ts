/** The answer to `get_task_schedules`: the patient, and which tasks are due when. */
import { isLeft, left, right, toUnion, tryCatch, type Either } from 'fp-ts/lib/Either.js';
import { isNone, type Option } from 'fp-ts/lib/Option.js';

import { hasNameForm } from '../../refusals/table-names.js';
import type { PatientDetails } from '../patients/patient-details.js';
import { instantOf } from '../wire/instant.js';
import { firstBroken, type BrokenRule } from './broken-rule.js';
import { asciiJson, jsonText, patientJson } from './patient-json.js';

/** A task that a patient is to do. */
export interface ScheduledTask {
  /** The task's table. */
  readonly table: string;
  readonly anonymous: boolean;
  /** The task's own settings: a plain object of what JSON can hold. */
  readonly settings: object;
  /** ISO 8601 with an offset, such as `2026-11-24T09:00:00Z`. */
  readonly dueFrom: string;
  /** ISO 8601 with an offset. */
  readonly dueBy: string;
  readonly complete: boolean;
  /** ISO 8601 with an offset; `none` unless complete. */
  readonly whenCompleted: Option<string>;
}

/** Tasks under one name. */
export interface TaskSchedule {
  readonly name: string;
  readonly items: readonly ScheduledTask[];
}

/** A patient, and all that is scheduled for them. */
export interface PatientSchedules {
  readonly patient: PatientDetails;
  readonly schedules: readonly TaskSchedule[];
}

/** An object as JSON; blank if it cannot be written as one. */
const objectJson = (value: object): string => {
  const json: unknown = toUnion(
    tryCatch(
      () => JSON.stringify(value),
      () => '',
    ),
  );
  return typeof json === 'string' && json.startsWith('{') ? asciiJson(json) : '';
};

const dateRule = 'must be an ISO 8601 date and time with an offset';

const isDateTime = (text: string): boolean => text[10] === 'T' && instantOf(text) !== undefined;

/** All seven members are always there: the client's database takes no task without them. */
const taskJson = (task: ScheduledTask, field: string): Either<BrokenRule, string> => {
  const { table, anonymous, dueFrom, dueBy, complete, whenCompleted } = task;
  const settings = objectJson(task.settings);
  const broken = firstBroken([
    [`${field}.table`, 'must be 1 to 128 letters, digits and underscores', hasNameForm(table)],
    [`${field}.settings`, 'must be an object that JSON can hold', settings !== ''],
    [`${field}.dueFrom`, dateRule, isDateTime(dueFrom)],
    [`${field}.dueBy`, dateRule, isDateTime(dueBy)],
    [`${field}.whenCompleted`, 'must be none unless complete', complete || isNone(whenCompleted)],
    [`${field}.whenCompleted`, dateRule, isNone(whenCompleted) || isDateTime(whenCompleted.value)],
  ]);
  if (broken !== undefined) return left(broken);
  const completed = isNone(whenCompleted) ? null : whenCompleted.value;
  const rest = JSON.stringify({
    table,
    anonymous,
    due_from: dueFrom,
    due_by: dueBy,
    complete,
    when_completed: completed,
  });
  return right(`{"settings":${settings},${rest.slice(1)}`);
};

/**
 * The answer to `get_task_schedules`, or what in it a tablet could not be told: settings that JSON cannot hold, a date without an
 * offset, a patient that `registerPatientAnswer` would not take.
 *
 * @example
 * import { taskSchedulesAnswer } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { none } from 'fp-ts/lib/Option.js';
 *
 * const nobody = { forename: none, surname: none, sex: none, dob: none, address: none, email: none, gp: none, other: none };
 * const patient = { ...nobody, idNumbers: new Map([[1, 7]]) };
 * const phq9 = { table: 'phq9', anonymous: false, settings: {}, dueBy: '2026-12-01T00:00:00Z', complete: false, whenCompleted: none };
 * const answer = (dueFrom: string) =>
 *   taskSchedulesAnswer({ patient, schedules: [{ name: 'Weekly', items: [{ ...phq9, dueFrom }] }] });
 *
 * E.map(({ task_schedules = '' }: Readonly<Record<string, string>>) => JSON.parse(task_schedules) as unknown)(
 *   answer('2026-11-24T00:00:00Z'),
 * );
 * // right([
 * //   {
 * //     task_schedule_name: 'Weekly',
 * //     task_schedule_items: [
 * //       {
 * //         settings: {},
 * //         table: 'phq9',
 * //         anonymous: false,
 * //         due_from: '2026-11-24T00:00:00Z',
 * //         due_by: '2026-12-01T00:00:00Z',
 * //         complete: false,
 * //         when_completed: null,
 * //       },
 * //     ],
 * //   },
 * // ])
 * answer('2026-11-24');
 * // left({ field: 'schedules[0].items[0].dueFrom', rule: 'must be an ISO 8601 date and time with an offset' })
 */
export const taskSchedulesAnswer = ({
  patient,
  schedules,
}: PatientSchedules): Either<BrokenRule, Readonly<Record<string, string>>> => {
  const details = patientJson(patient);
  if (isLeft(details)) return details;
  const written: string[] = [];
  for (const [index, { name, items }] of schedules.entries()) {
    const tasks: string[] = [];
    for (const [place, item] of items.entries()) {
      const task = taskJson(item, `schedules[${String(index)}].items[${String(place)}]`);
      if (isLeft(task)) return task;
      tasks.push(task.right);
    }
    written.push(`{"task_schedule_name":${jsonText(name)},"task_schedule_items":[${tasks.join(',')}]}`);
  }
  return right({ patient_info: details.right, task_schedules: `[${written.join(',')}]` });
};
