/** The tables that tablets may upload here: their columns, and the oldest client that knows each. */
import { isRight } from 'fp-ts/lib/Either.js';
import { parseClientVersion, type TableRule } from 'camcops-tablet-session';

const ofAnyTable = ['id', 'when_last_modified', '_move_off_tablet'];

const columnsByTable = {
  patient: ['1.14.0', 'forename', 'surname', 'dob', 'sex'],
  patient_idnum: ['2.0.1', 'patient_id', 'which_idnum', 'idnum_value'],
  phq9: ['1.14.0', 'patient_id', ...Array.from({ length: 10 }, (_, question) => `q${String(question + 1)}`)],
  gad7: ['1.14.0', 'patient_id', ...Array.from({ length: 7 }, (_, question) => `q${String(question + 1)}`)],
} as const satisfies Readonly<Record<string, readonly [minClientVersion: string, ...columns: string[]]>>;

export const tables: ReadonlyMap<string, TableRule> = new Map(
  Object.entries(columnsByTable).flatMap(([table, [minimum, ...columns]]) => {
    const minClientVersion = parseClientVersion(minimum);
    return isRight(minClientVersion)
      ? [[table, { minClientVersion: minClientVersion.right, columns: new Set([...ofAnyTable, ...columns]) }] as const]
      : [];
  }),
);
