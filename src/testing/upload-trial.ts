/** What the laws of uploads try things with: tablets that upload, and a history that is read back. */
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import type { Device, Fault, UploadAdmission, UserError } from '../index.js';
import {
  stepOf,
  uploadIdOf,
  type TableChange,
  type UploadedRecord,
  type UploadStore,
  type Value,
} from '../operations/index.js';
import type { StoredVersion } from './in-memory-uploads.js';

/** What the laws of uploads try out. Nothing else may upload from its devices meanwhile; what they have stored is finalized. */
export interface UploadLawSubjects<E, D extends Device = Device> {
  /** A device and a user. The laws upload in sessions with ids above this one's. */
  readonly admission: UploadAdmission<D>;
  /** The same device, and another user. */
  readonly otherUser: UploadAdmission<D>;
  /** Another device, and the same user. */
  readonly otherDevice: UploadAdmission<D>;
  /** Two tables that tablets may upload. */
  readonly tables: readonly [string, string];
  /** A column of text that both have, beside `id`, `when_last_modified` and `_move_off_tablet`. */
  readonly column: string;
  /** Values that the column must give back as they were. If left out: some of every kind. */
  readonly values?: readonly Value[];
  /** All versions of a device's records in a table, in the order in which they were stored. */
  readonly versions: (
    device: D,
    table: string,
  ) => Promise<readonly Pick<StoredVersion, 'key' | 'values' | 'state' | 'finalized'>[]>;
  /** The same store, every change of which fails in the middle. If left out, there are no laws of failures. */
  readonly failing?: UploadStore<E, D>;
}

/** One thing that a law does. A text that it answers is a finding, and so is the code of a failure. */
export type Move<E> = TaskEither<UserError | Fault<E>, unknown>;

/** A record in a few letters. `1a` has key 1 and value `a`, of noon, as has `1a~`; `1a+` is of the next day; `*` marks it. */
// Stryker disable next-line StringLiteral: neither text has a sign in it.
const recordOf = (column: string, key: number, value: Value, letters = ''): UploadedRecord => {
  const at = letters.includes('~')
    ? '01T13:00:00.000+01:00'
    : `${letters.includes('+') ? '02' : '01'}T12:00:00.000+00:00`;
  const [date, moveOffTablet] = [`2026-03-${at}`, letters.includes('*')];
  const values = new Map(
    Object.entries<Value>({ id: key, when_last_modified: date, _move_off_tablet: +moveOffTablet }),
  );
  return { key, whenLastModified: some(date), moveOffTablet, values: values.set(column, value) };
};

const recordsOf = (column: string, records: string | readonly Value[]): readonly UploadedRecord[] =>
  typeof records !== 'string'
    ? records.map((value, key) => recordOf(column, key, value))
    : records
        .split(' ')
        .filter((record) => record !== '')
        .map((record) => recordOf(column, Number(record.charAt(0)), record.charAt(1), record));

/** A value as text. Equal values, and no others, have equal texts, but for texts that begin as the others do. */
export const textOf = (value: Value | undefined): string => {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? `bytes ${value.join()}` : `${typeof value} ${String(value)}`;
};

/** What a law's step says, if not what the tablet usually does: that it sends all records of the first table. */
interface StepOptions extends Partial<Pick<TableChange, 'keep' | 'finalize'>> {
  readonly table?: string;
  readonly finalizing?: boolean;
}

const tabletIn = <E, D extends Device>(
  store: UploadStore<E, D>,
  { tables, column }: UploadLawSubjects<E, D>,
  admission: UploadAdmission<D>,
) => {
  const upload = uploadIdOf(admission);
  const stepThat = (records: string | readonly Value[], options: StepOptions) => {
    const { table = tables[0], keep = 'sent', finalize = new Set(), finalizing = false } = options;
    return stepOf({ finalizing, changes: [{ table, records: recordsOf(column, records), keep, finalize }] });
  };
  return {
    begin: store.begin(admission, upload),
    send: (records: string | readonly Value[], options: StepOptions = {}): Move<E> =>
      store.stage(admission, upload, stepThat(records, options)),
    finish: store.finish(admission, upload),
    whole: (records: string | readonly Value[], options: StepOptions = {}): Move<E> =>
      store.storeWhole(admission, upload, stepThat(records, options)),
    /** Finds the keys of the current records. */
    current:
      (keys?: readonly number[]): Move<E> =>
      async () => {
        const asked = keys === undefined ? none : some(new Set(keys));
        const answer = await store.currentRecords(admission, tables[0], asked)();
        if (isLeft(answer)) return answer;
        const found = answer.right.map(({ key }) => key);
        return right(`current ${found.sort().join()}`);
      },
  };
};

type Versions = Awaited<ReturnType<UploadLawSubjects<never>['versions']>>;

/**
 * A fresh start for each law, in sessions of its own: nothing is under way, and what was stored before is out of reach. `one`,
 * `otherUser` and `otherDevice` share a session, for a store must not go by the session alone.
 */
export const trialOf = <E, D extends Device>(store: UploadStore<E, D>, subjects: UploadLawSubjects<E, D>) => {
  const { admission, otherUser, otherDevice, tables, column, versions } = subjects;
  let sessionId = isSome(admission.session.sessionId) ? admission.session.sessionId.value : 0;
  const inSession = (who: UploadAdmission<D>, after: number): UploadAdmission<D> => ({
    ...who,
    session: { ...who.session, sessionId: some(sessionId + after) },
  });
  const tabletsOf = (uploads: UploadStore<E, D>) => ({
    one: tabletIn(uploads, subjects, inSession(admission, 1)),
    next: tabletIn(uploads, subjects, inSession(admission, 2)),
    third: tabletIn(uploads, subjects, inSession(admission, 3)),
    otherUser: tabletIn(uploads, subjects, inSession(otherUser, 1)),
    otherDevice: tabletIn(uploads, subjects, inSession(otherDevice, 1)),
  });
  const places = [
    { where: '', device: admission.device, table: tables[0] },
    { where: 'second ', device: admission.device, table: tables[1] },
    { where: 'elsewhere ', device: otherDevice.device, table: tables[0] },
  ];
  const lineOf = ({ key, values, state, finalized }: Versions[number]): string =>
    [key, textOf(values.get(column)), state, ...(finalized ? ['finalized'] : [])].join(' ');

  return async () => {
    for (const who of [admission, otherDevice]) {
      const emptied = tables.map((table): TableChange => ({ table, records: [], keep: 'sent', finalize: new Set() }));
      const alone = inSession(who, 0);
      await store.storeWhole(alone, uploadIdOf(alone), stepOf({ finalizing: true, changes: emptied }))();
    }
    const tablets = tabletsOf(store);
    const failing = tabletsOf(subjects.failing ?? store);
    sessionId += 4;
    const before = await Promise.all(places.map(async ({ device, table }) => (await versions(device, table)).length));
    /** What has been stored since, a line a version, sorted. */
    const history = async (): Promise<readonly string[]> => {
      const now = await Promise.all(
        places.map(async ({ device, table, where }, index) =>
          (await versions(device, table)).slice(before[index]).map((version) => where + lineOf(version)),
        ),
      );
      return now.flat().sort();
    };
    return { ...tablets, failing, history, inSecond: { table: tables[1] } };
  };
};

/** What a law has at hand. */
export type Trial<E, D extends Device> = Awaited<ReturnType<ReturnType<typeof trialOf<E, D>>>>;
