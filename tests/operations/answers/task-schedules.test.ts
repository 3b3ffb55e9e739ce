import { left } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { taskSchedulesAnswer, type ScheduledTask } from '../../../src/operations/answers/task-schedules.js';
import { readByClient } from '../../support/client-reply.js';
import { rightOf } from '../../support/decoded.js';
import { nobody } from '../../support/patients.js';

const task: ScheduledTask = {
  table: 'phq9',
  anonymous: false,
  settings: {},
  dueFrom: '2026-11-24T09:00:00Z',
  dueBy: '2026-12-01T09:00:00.5+05:30',
  complete: false,
  whenCompleted: none,
};
const told = {
  table: 'phq9',
  anonymous: false,
  settings: {},
  due_from: '2026-11-24T09:00:00Z',
  due_by: '2026-12-01T09:00:00.5+05:30',
  complete: false,
  when_completed: null,
};

const answer = (...items: readonly Partial<ScheduledTask>[]) =>
  taskSchedulesAnswer({
    patient: nobody,
    schedules: [
      { name: 'Empty', items: [] },
      { name: 'O\u2028"Hara\r\n', items: items.map((differences) => ({ ...task, ...differences })) },
    ],
  });

const circle: { self?: unknown } = {};
circle.self = circle;
const deep: unknown = Array.from({ length: 100_000 }).reduce((inner) => [inner], 0);

describe('taskSchedulesAnswer', () => {
  it('is read back exactly', () => {
    const settings = { text: 'a\nb\u0085', list: [1, null, true], ['__proto__']: { x: 1.5 } };
    const completed = { complete: true, whenCompleted: some('2026-11-25T10:11:12-08:00') };
    const read = readByClient(rightOf(answer({}, { ...completed, anonymous: true, settings }, { complete: true })));
    expect(read.get('task_schedules')).toMatch(/^[ -~]*$/);
    expect(JSON.parse(read.get('task_schedules') ?? '')).toEqual([
      { task_schedule_name: 'Empty', task_schedule_items: [] },
      {
        task_schedule_name: 'O\u2028"Hara\r\n',
        task_schedule_items: [
          told,
          { ...told, anonymous: true, settings, complete: true, when_completed: '2026-11-25T10:11:12-08:00' },
          { ...told, complete: true },
        ],
      },
    ]);
    expect(JSON.parse(read.get('patient_info') ?? '')).toHaveLength(1);
  });

  it('can have no schedule', () => {
    expect(rightOf(taskSchedulesAnswer({ patient: nobody, schedules: [] }))['task_schedules']).toBe('[]');
  });

  const dateRule = 'must be an ISO 8601 date and time with an offset';
  it.each<readonly [string, Partial<ScheduledTask>, string]>([
    ...[
      '',
      '2026-11-24',
      '2026-11-24T09:00:00',
      '2026-11-24 09:00:00Z',
      '2026-02-30T09:00:00Z',
      'tomorrow',
      'T\n',
    ].flatMap(
      (date) =>
        [
          ['dueFrom', { dueFrom: date }, dateRule],
          ['dueBy', { dueBy: date }, dateRule],
          ['whenCompleted', { complete: true, whenCompleted: some(date) }, dateRule],
        ] as const,
    ),
    ['whenCompleted', { whenCompleted: some('2026-11-24T09:00:00Z') }, 'must be none unless complete'],
    ...['', 'phq 9', 'x'.repeat(129), 'phq9\n'].map(
      (table) => ['table', { table }, 'must be 1 to 128 letters, digits and underscores'] as const,
    ),
    ...[[], new Date(0), () => 1, circle, { deep }, { big: 1n }, { toJSON: () => null }].map(
      (settings) => ['settings', { settings }, 'must be an object that JSON can hold'] as const,
    ),
  ])('refuses %s', (name, differences, rule) => {
    expect(answer({}, differences)).toEqual(left({ field: `schedules[1].items[1].${name}`, rule }));
  });

  it('refuses what no tablet could read of the patient', () => {
    const patient = { ...nobody, idNumbers: new Map([[0, 1]]) };
    expect(taskSchedulesAnswer({ patient, schedules: [] })).toMatchObject({ left: { field: 'patient.idNumbers' } });
  });
});
