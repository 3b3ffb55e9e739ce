/** The ID numbers of old clients: defunct columns of their table `patient`, which belong in a table of their own. */
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { none, some, type Option } from 'fp-ts/lib/Option.js';

import { copeWithOldIdNums, type HasClientVersion } from '../client-quirks.js';
import { invalidNumber } from '../refusals/tables.js';
import type { UserError } from '../user-error.js';

// Model

/** A row of the table `patient_idnum`, its keys in that table's words. `V` is the type of the record's values. */
export interface PatientIdNum<V> {
  /** The patient's `id` times 8, plus `which_idnum`: a later upload of the same patient meets the same row. */
  readonly id: number;
  readonly patient_id: number;
  /** 1 to 8. */
  readonly which_idnum: number;
  readonly idnum_value: NonNullable<V>;
  /** The patient's own; `null` if the record has none. */
  readonly when_last_modified: V | null;
  /** The patient's own; `null` if the record has none. */
  readonly _move_off_tablet: V | null;
}

/** A record, without what an old client put into it. */
export interface SeparatedRecord<V> {
  /** The table's own columns, in their order. */
  readonly record: ReadonlyMap<string, V>;
  /** The patient whose rows `idNums` are, by its `id` on the tablet; `none` if there cannot be such rows. */
  readonly patientId: Option<number>;
  /** All rows of `patient_idnum` that this patient has now, in the order of `which_idnum`. */
  readonly idNums: readonly PatientIdNum<V>[];
}

// Defunct columns

const whichIdNums = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const defunctNames = ['idnum', 'iddesc', 'idshortdesc'] as const;

const defunctColumns: ReadonlySet<string> = new Set(
  whichIdNums.flatMap((which) => defunctNames.map((name) => `${name}${String(which)}`)),
);

export const defunctColumnCount = defunctColumns.size;

/**
 * Whether a column is one that `patient` has lost: `idnumN`, `iddescN` or `idshortdescN`, N being 1 to 8. It was clients below
 * 2.0.0 that sent descriptors, but they are dropped wherever ID numbers may come with them.
 */
export const isDefunctColumn = (column: string): boolean => defunctColumns.has(column);

/**
 * Whether this is the table `patient` of a client (below 2.0.1) that keeps its ID numbers in it. When such a patient has gone
 * from the tablet, its rows of `patient_idnum` go with it: the host sees to that.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { hasOldIdNums } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const ofPatients = E.map((clientVersion: ClientVersion) => hasOldIdNums({ clientVersion }, 'patient'));
 * ofPatients(parseClientVersion('2.0.0')); // right(true)
 * ofPatients(parseClientVersion('2.0.1')); // right(false)
 */
export const hasOldIdNums = (client: HasClientVersion, table: string): boolean =>
  table === 'patient' && copeWithOldIdNums(client);

// Separation

/** So that no row's `id` is beyond what a number can say exactly. */
const maxPatientId = Math.floor((Number.MAX_SAFE_INTEGER - 8) / 8);

const isPatientId = (id: unknown): id is number =>
  Number.isSafeInteger(id) && Number(id) >= 0 && Number(id) <= maxPatientId;

const idNumColumn = (which: number): string => `idnum${String(which)}`;

const isAbsent = (value: unknown): boolean => value === null || value === undefined;

const idNumsOf = <V>(patientId: number, record: ReadonlyMap<string, V>): readonly PatientIdNum<V>[] =>
  whichIdNums.flatMap((which) => {
    const value = record.get(idNumColumn(which));
    if (value === null || value === undefined) return [];
    return {
      id: patientId * 8 + which,
      patient_id: patientId,
      which_idnum: which,
      idnum_value: value,
      when_last_modified: record.get('when_last_modified') ?? null,
      _move_off_tablet: record.get('_move_off_tablet') ?? null,
    };
  });

/**
 * Separates the ID numbers from a record, as column names and decoded values, if its table is the `patient` of a client below
 * 2.0.1; any other record comes back as it was. Each `idnumN` that is not null becomes a row of `patient_idnum`; descriptors
 * are dropped, and nothing else is touched. An `id` that is not a whole number from 0 to 1125899906842622 is `invalid-number`:
 * its rows could not be told apart. So is one that is null or not there, unless there is no ID number either.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { separateOldIdNums } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const separated = (id: number) =>
 *   E.flatMap((clientVersion: ClientVersion) => {
 *     const record = new Map([['id', id], ['idnum2', 555]]);
 *     return separateOldIdNums({ clientVersion }, 'patient')(record);
 *   })(parseClientVersion('2.0.0'));
 *
 * pipe(separated(7), E.map(({ idNums }) => idNums.map((row) => [row.id, row.idnum_value]))); // right([[58, 555]])
 * separated(7.5); // left({ code: 'invalid-number', field: 'id', max: '1125899906842622' })
 */
export const separateOldIdNums =
  (client: HasClientVersion, table: string) =>
  <V>(record: ReadonlyMap<string, V>): Either<UserError, SeparatedRecord<V>> => {
    if (!hasOldIdNums(client, table)) return right({ record, patientId: none, idNums: [] });

    const own = new Map([...record].filter(([column]) => !isDefunctColumn(column)));
    const id: unknown = record.get('id');
    if (isPatientId(id)) return right({ record: own, patientId: some(id), idNums: idNumsOf(id, record) });
    const hasNone = isAbsent(id) && whichIdNums.every((which) => isAbsent(record.get(idNumColumn(which))));
    return hasNone ? right({ record: own, patientId: none, idNums: [] }) : left(invalidNumber('id', maxPatientId));
  };
