/** The answer to `get_task_schedules`: the patient, and which tasks are due when. */
import { chain, getOrElse, type Either } from 'fp-ts/lib/Either.js';
import { parse, stringify, type Json } from 'fp-ts/lib/Json.js';
import { toNullable, type Option } from 'fp-ts/lib/Option.js';

import { hasNameForm } from '../../refusals/table-names.js';
import type { PatientDetails } from '../patients/patient-details.js';
import { instantOf } from '../wire/instant.js';
import { answerIf, type BrokenRule, type Check } from './broken-rule.js';
import { asciiJson, patientChecks, patientJson } from './patient-json.js';

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

/** What JSON keeps of an object, if it can be written as JSON. */
const asJson = (value: object): Json | undefined =>
  getOrElse((): Json | undefined => undefined)(chain(parse)(stringify(value)));

/** All seven members are always there: the client's database takes no task without them. */
const toldTask = (task: ScheduledTask) => ({
  settings: asJson(task.settings),
  table: task.table,
  anonymous: task.anonymous,
  due_from: task.dueFrom,
  due_by: task.dueBy,
  complete: task.complete,
  when_completed: toNullable(task.whenCompleted),
});

const dateRule = 'must be an ISO 8601 date and time with an offset';

const isDateTime = (text: string): boolean => text[10] === 'T' && instantOf(text) !== undefined;

const isObject = (json: Json | undefined): boolean => typeof json === 'object' && json !== null && !Array.isArray(json);

const taskChecks = (field: string, task: ReturnType<typeof toldTask>): readonly Check[] => [
  [`${field}.table`, 'must be 1 to 128 letters, digits and underscores', hasNameForm(task.table)],
  [`${field}.settings`, 'must be an object that JSON can hold', isObject(task.settings)],
  [`${field}.dueFrom`, dateRule, isDateTime(task.due_from)],
  [`${field}.dueBy`, dateRule, isDateTime(task.due_by)],
  [`${field}.whenCompleted`, 'must be none unless complete', task.complete || task.when_completed === null],
  [`${field}.whenCompleted`, dateRule, task.when_completed === null || isDateTime(task.when_completed)],
];

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
export const taskSchedulesAnswer = (
  scheduled: PatientSchedules,
): Either<BrokenRule, Readonly<Record<string, string>>> => {
  const { patient } = scheduled;
  const told = scheduled.schedules.map(({ name, items }) => {
    return { task_schedule_name: name, task_schedule_items: items.map(toldTask) };
  });
  const checks = told.flatMap(({ task_schedule_items: items }, index) =>
    items.flatMap((task, place) => taskChecks(`schedules[${String(index)}].items[${String(place)}]`, task)),
  );
  return answerIf([...patientChecks(patient), ...checks], () => {
    return { patient_info: patientJson(patient), task_schedules: asciiJson(told) };
  });
};
