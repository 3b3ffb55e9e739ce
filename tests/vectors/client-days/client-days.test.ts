/** Every request of the real client's days is read, and says what its body says to a second reader. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';

import { clientVersion } from '../../support/fixtures.js';
import { commandOf, fieldsOf } from '../../support/client-bodies.js';
import { uploadTables } from '../../support/command-conformance.js';
import { decoded } from '../../support/decoded.js';
import { readCommand } from '../../../src/operations/commands/read-command.js';
import type { Operation } from '../../../src/index.js';

const operations = {
  check_device_registered: null,
  check_upload_user_and_device: null,
  delete_where_key_not: null,
  end_upload: null,
  get_allowed_tables: null,
  get_extra_strings: null,
  get_id_info: null,
  get_task_schedules: null,
  register: null,
  register_patient: null,
  start_preservation: null,
  start_upload: null,
  upload_empty_tables: null,
  upload_entire_database: null,
  upload_record: null,
  upload_table: null,
  validate_patients: null,
  which_keys_to_send: null,
} as const satisfies Record<Operation, null>;

const Day = t.type({
  id: t.string,
  steps: t.array(t.type({ operation: t.keyof(operations), body: t.string, expect: t.string })),
});

const read = (file: string): Buffer => readFileSync(new URL(file, import.meta.url));
const days = gunzipSync(read('days.jsonl.gz'))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => decoded(Day, JSON.parse(line)));

/** The tables that hold records, and those that were always empty. */
const known = uploadTables(read('tables.json').toString('utf8'));
const named = days
  .flatMap((day) => day.steps)
  .flatMap(({ body }) => fieldsOf(body)['tables']?.split(',') ?? [])
  .map((name) => [name, { columns: new Set<string>(), minClientVersion: clientVersion('2.0.0') }] as const);
const tables = new Map([...named, ...known]);

describe("the client's days", () => {
  it('are 20, with every operation', () => {
    const steps = days.flatMap((day) => day.steps);
    expect([days.length, steps.length]).toEqual([20, 534]);
    expect(new Set(steps.map((step) => step.operation)).size).toBe(18);
  });

  it.each(days)('$id is read whole', ({ steps }) => {
    const names = new Set(tables.keys());
    for (const { operation, body } of steps) {
      const command = readCommand(tables)(
        { clientVersion: clientVersion('2.4.24') },
        operation,
        new URLSearchParams(body),
      );
      expect(isLeft(command) ? command.left : command.right).toEqual(commandOf(operation, body, names));
    }
  });
});
