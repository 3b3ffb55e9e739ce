/** The tools of the laws of uploads: tablets that upload, and a history that is read back. */
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

import type { Device, Fault, UploadAdmission, User, UserError } from '../index.js';
import {
  cell,
  RowFromJson,
  uploadTransition,
  type TableChange,
  type UploadedRecord,
  type UploadRequest,
  type UploadStep,
  type UploadStore,
  type Value,
} from '../operations/index.js';
import { versionsBy, type ReadVersion, type UploadLawSubjects } from './upload-subjects.js';

/** One action of a law. Its text, or the code of its failure, is a finding. */
export type Move<E> = TaskEither<UserError | Fault<E>, unknown>;

/** A record in a few letters. `1a` has key 1, value `a` and the date noon; `1a~` is the same; `1a+` is of the next day; `*` marks it. */
const recordOf = (column: string, key: number, value: Value, letters: string): UploadedRecord => {
  const at = letters.includes('~')
    ? '01T13:00:00.000+01:00'
    : `${letters.includes('+') ? '02' : '01'}T12:00:00.000+00:00`;
  const [date, moveOffTablet] = [`2026-03-${at}`, letters.includes('*')];
  const columns = ['id', 'when_last_modified', '_move_off_tablet', column];
  return {
    key,
    whenLastModified: some(date),
    moveOffTablet,
    row: { columns, values: [key, date, +moveOffTablet, value] },
  };
};

const recordsOf = (column: string, records: string | readonly Value[]): readonly UploadedRecord[] =>
  typeof records !== 'string'
    ? records.map((value, key) => recordOf(column, key, value, ''))
    : records
        .split(' ')
        .filter((record) => record !== '')
        .map((record) => recordOf(column, Number(record.charAt(0)), record.charAt(1), record));

/** Writes a value as text. Only equal values have equal texts, except for texts that look like another value's. */
export const textOf = (value: Value): string =>
  typeof value === 'string' ? value : JSON.stringify(RowFromJson.encode({ columns: ['value'], values: [value] }));

/** Changes to a law's step, which by default sends all records of the first table. */
interface StepOptions extends Partial<Pick<TableChange, 'keep' | 'finalize'>> {
  readonly table?: string;
  readonly finalizing?: boolean;
}

const tabletIn = <E, D extends Device, U extends User>(
  store: UploadStore<E, D, U>,
  { tables, column }: UploadLawSubjects<E, D, U>,
  admission: UploadAdmission<D, U>,
) => {
  const ask = (request: UploadRequest): Move<E> => store.transact(admission, uploadTransition(admission)(request));
  const stepThat = (records: string | readonly Value[], options: StepOptions): UploadStep => {
    const { table = tables[0], keep = 'sent', finalize = new Set(), finalizing = false } = options;
    return { finalizing, changes: [{ table, records: recordsOf(column, records), keep, finalize }] };
  };
  return {
    begin: ask({ type: 'begin' }),
    send: (records: string | readonly Value[], options: StepOptions = {}): Move<E> =>
      ask({ type: 'stage', step: stepThat(records, options) }),
    finish: ask({ type: 'finish' }),
    whole: (records: string | readonly Value[], options: StepOptions = {}): Move<E> =>
      ask({ type: 'whole', whole: stepThat(records, options) }),
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

/**
 * Gives each law a fresh start in sessions of its own: no upload is under way, and older records are finalized. `one`, `otherUser` and
 * `otherDevice` share a session, because a store must not go by the session alone.
 */
export const trialOf = <E, D extends Device, U extends User>(
  store: UploadStore<E, D, U>,
  subjects: UploadLawSubjects<E, D, U>,
) => {
  const { admission, otherUser, otherDevice, tables, column } = subjects;
  const versions = versionsBy(subjects);
  let sessionId = 1 + (isSome(admission.session.sessionId) ? admission.session.sessionId.value : 0);
  const inSession = (who: UploadAdmission<D, U>, after: number): UploadAdmission<D, U> => ({
    ...who,
    session: { ...who.session, sessionId: some(sessionId + after) },
  });
  const tabletsOf = (uploads: UploadStore<E, D, U>) => ({
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
  const valueOf = cell(column);
  const lineOf = ({ key, row, state, finalized }: ReadVersion): string => {
    const value = valueOf(row);
    return [key, isSome(value) ? textOf(value.value) : 'no value', state, ...(finalized ? ['finalized'] : [])].join(
      ' ',
    );
  };

  return async () => {
    for (const who of [admission, otherDevice]) {
      const emptied = tables.map((table): TableChange => ({ table, records: [], keep: 'sent', finalize: new Set() }));
      const alone = inSession(who, 0);
      const clear: UploadRequest = { type: 'whole', whole: { finalizing: true, changes: emptied } };
      await store.transact(alone, uploadTransition(alone)(clear))();
    }
    const tablets = tabletsOf(store);
    const failing = tabletsOf(subjects.failing ?? store);
    sessionId += 4;
    const before = await Promise.all(places.map(async ({ device, table }) => (await versions(device, table)).length));
    /** Returns what has been stored since, one line per version, sorted. */
    const history = async (): Promise<readonly string[]> => {
      const now = await Promise.all(
        places.map(async ({ device, table, where }, index) =>
          (await versions(device, table)).slice(before[index]).map((version) => where + lineOf(version)),
        ),
      );
      return now.flat().sort();
    };
    /** Returns the eras of the versions stored since in the first table, in order, numbered by first appearance. */
    const eras: Move<E> = async () => {
      const known: number[] = [];
      const found = (await versions(admission.device, tables[0])).slice(before[0]).map(({ finalizedIn }) => {
        if (!isSome(finalizedIn)) return 'open';
        if (!known.includes(finalizedIn.value)) known.push(finalizedIn.value);
        return String(known.indexOf(finalizedIn.value) + 1);
      });
      return right(`eras ${found.join()}`);
    };
    return { ...tablets, failing, history, eras, inSecond: { table: tables[1] } };
  };
};

/** The tools of one law. */
export type Trial<E, D extends Device, U extends User> = Awaited<ReturnType<ReturnType<typeof trialOf<E, D, U>>>>;
