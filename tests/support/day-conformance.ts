/** Recorded days of uploads, and what the package makes of the same requests: on `inMemoryUploads`, by the public functions. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { fromNullable, isSome, some } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ClientVersion, userErrorMessage, type UploadAdmission, type UserError } from '../../src/index.js';
import {
  keysToSend,
  nothingStaged,
  stepOf,
  uploadIdOf,
  wholeDatabase,
  type Staged,
  type TableChange,
  type UploadTables,
  type Value,
} from '../../src/operations/index.js';
import { serverInfo } from '../../src/operations/answers/server-info.js';
import { readCommand } from '../../src/operations/commands/read-command.js';
import { validatePatientIdNums } from '../../src/operations/patients/validate-patients.js';
import { jsonOfValue, valueOfJson } from '../../src/operations/uploads/value-json.js';
import { admissionTo, inMemoryUploads, type StoredVersion } from '../../src/testing/index.js';
import { decoded, rightOf } from './decoded.js';

const DayOperation = t.keyof({
  start_upload: null,
  start_preservation: null,
  upload_empty_tables: null,
  upload_table: null,
  delete_where_key_not: null,
  which_keys_to_send: null,
  upload_record: null,
  end_upload: null,
  upload_entire_database: null,
});

const RecordedStep = t.type({
  device: t.string,
  user: t.string,
  clientVersion: ClientVersion,
  operation: DayOperation,
  fields: t.array(t.tuple([t.string, t.string])),
  expect: t.union([t.type({ result: t.string }), t.type({ error: t.union([t.string, t.null]) })]),
});

const RecordedVersion = t.type({
  device: t.string,
  table: t.string,
  key: t.number,
  values: t.record(t.string, t.unknown),
  state: t.string,
  finalized: t.boolean,
  supersedes: t.union([t.number, t.null]),
});

const RecordedDay = t.type({ id: t.string, steps: t.array(RecordedStep), after: t.array(RecordedVersion) });

type Step = t.TypeOf<typeof RecordedStep>;
type RecordedDay = t.TypeOf<typeof RecordedDay>;

/** Whether a line of JSON is a recorded day. */
export const isRecordedDay = (line: unknown): boolean => RecordedDay.is(line) || !isLeft(RecordedDay.decode(line));

const Tables = t.record(t.string, t.type({ minClientVersion: ClientVersion, columns: t.array(t.string) }));

/** The tables that the days upload, from `tables.json`. */
export const tablesFromJson = (json: string): UploadTables =>
  new Map(
    Object.entries(decoded(Tables, JSON.parse(json))).map(([table, { minClientVersion, columns }]) => [
      table,
      { minClientVersion, columns: new Set(columns) },
    ]),
  );

/** Refuses a change whose ID numbers the server does not take. */
export type CheckIdNumbers = (change: TableChange) => Either<UserError, void>;

/** Replays the requests of a day: what each is answered, and every version that is stored in the end. */
const replay = async (day: RecordedDay, tables: UploadTables, checkIdNumbers: CheckIdNumbers) => {
  const uploads = inMemoryUploads();
  const sessions = new Map<string, number>();
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  };

  /** A tablet signs in anew for each upload. */
  const admissionOf = ({ device, user, clientVersion, operation }: Step): UploadAdmission => {
    const asker = `${device} ${user}`;
    const isStart = operation === 'start_upload';
    const session = (isStart ? undefined : sessions.get(asker)) ?? numberOf(`session ${String(numbers.size)}`);
    sessions.set(asker, session);
    return admissionTo(operation, {
      device: { id: numberOf(device), name: device },
      user: { id: numberOf(user), username: user },
      clientVersion,
      sessionId: some(session),
    });
  };

  const answerTo = async (step: Step): Promise<Either<string, string>> => {
    const admission = admissionOf(step);
    const upload = uploadIdOf(admission);
    const read = readCommand(tables);
    const client = { clientVersion: step.clientVersion };
    const after = async (
      question: ReturnType<typeof uploads.begin>,
      answer: string,
    ): Promise<Either<string, string>> => {
      const done = await question();
      if (!isLeft(done)) return right(answer);
      return left(done.left.code === 'fault' ? 'fault' : userErrorMessage(done.left));
    };
    const checked = async (staged: Staged, task: ReturnType<typeof uploads.begin>, answer: string) => {
      const refusal = [...staged.changes.values()].map(checkIdNumbers).find(isLeft);
      return refusal === undefined ? after(task, answer) : left(userErrorMessage(refusal.left));
    };
    const stage = (staged: Staged, answer: string) => checked(staged, uploads.stage(admission, upload, staged), answer);
    const stored = async (table: string, keys: readonly number[]) => {
      const records = await uploads.currentRecords(admission, table, some(new Set(keys)))();
      return isLeft(records) ? [] : records.right;
    };

    switch (step.operation) {
      case 'start_upload':
        return after(uploads.begin(admission, upload), 'start_upload');
      case 'end_upload':
        return after(uploads.finish(admission, upload), 'end_upload');
      case 'start_preservation':
        return stage({ ...nothingStaged, finalizing: true }, 'STARTPRESERVATION');
      case 'upload_empty_tables':
      case 'upload_table':
      case 'delete_where_key_not':
      case 'upload_record': {
        const command = read(client, step.operation, step.fields);
        if (isLeft(command)) return left(userErrorMessage(command.left));
        const [first] = command.right.changes;
        const table = first?.table ?? 'none';
        const keys = first?.records.map(({ key }) => key) ?? [];
        const isStored = (await stored(table, keys)).length > 0;
        const answers = {
          upload_empty_tables: 'UPLOAD-EMPTY-TABLES',
          upload_table: `Table ${table} upload successful`,
          delete_where_key_not: 'Trimmed',
          upload_record: isStored ? 'UPLOAD-UPDATE' : 'UPLOAD-INSERT',
        };
        return stage(stepOf(command.right), answers[step.operation]);
      }
      case 'which_keys_to_send': {
        const command = read(client, step.operation, step.fields);
        if (isLeft(command)) return left(userErrorMessage(command.left));
        const { table, asked } = command.right;
        const { keys, change } = keysToSend(
          await stored(
            table,
            asked.map(({ key }) => key),
          ),
        )(command.right);
        return stage(stepOf({ changes: [change] }), keys.join());
      }
      case 'upload_entire_database': {
        const command = read(client, step.operation, step.fields);
        if (isLeft(command)) return left(userErrorMessage(command.left));
        const whole = wholeDatabase(tables, step.clientVersion)(command.right);
        return checked(whole, uploads.storeWhole(admission, upload, whole), 'Success');
      }
    }
  };

  const answers: Either<string, string>[] = [];
  for (const step of day.steps) answers.push(await answerTo(step));
  const devices = [...new Set(day.steps.map(({ device }) => device))];
  const versions = devices.flatMap((device) =>
    [...tables.keys()].map((table) => ({ device, table, versions: uploads.versions(device, table) })),
  );
  return { answers, versions };
};

/** A version as text, with those before it. What CamCOPS clears when it finalizes does not count. */
const textOf = (
  place: readonly [device: string, table: string],
  { key, state, finalized }: Pick<StoredVersion, 'key' | 'finalized'> & { readonly state: string },
  values: Iterable<readonly [string, Value | undefined]>,
  before: string | undefined,
): string => {
  const sent = [...values]
    .filter(([column]) => column !== '_move_off_tablet')
    .map(([column, value]) => [column, value === undefined ? 'no value' : jsonOfValue(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([...place, key, state, finalized, sent, before]);
};

const storedTexts = ({ versions }: Awaited<ReturnType<typeof replay>>): readonly string[] =>
  versions.flatMap(({ device, table, versions: all }) => {
    const texts: string[] = [];
    for (const version of all) {
      const before = isSome(version.supersedes) ? texts[version.supersedes.value] : undefined;
      texts.push(textOf([device, table], version, version.values, before));
    }
    return texts;
  });

const recordedTexts = (after: RecordedDay['after']): readonly string[] => {
  const texts: string[] = [];
  for (const version of after) {
    const { device, table, values, supersedes } = version;
    const sent = Object.entries(values).map(([column, json]) => [column, valueOfJson(json)] as const);
    texts.push(textOf([device, table], version, sent, supersedes === null ? undefined : texts[supersedes]));
  }
  return texts;
};

const isAsRecorded = (answer: Either<string, string>, expect: Step['expect']): boolean => {
  if ('result' in expect) return !isLeft(answer) && answer.right === expect.result;
  return isLeft(answer) && (expect.error === null || answer.left === expect.error);
};

/** What differs between a recorded day, a line of JSON, and ours, a line each; empty if nothing does. */
export const dayMismatches =
  (tables: UploadTables, checkIdNumbers: CheckIdNumbers) =>
  async (line: unknown): Promise<readonly string[]> => {
    const day = decoded(RecordedDay, line);
    const replayed = await replay(day, tables, checkIdNumbers);
    const steps = day.steps.flatMap(({ operation, expect }, index) => {
      const answer = replayed.answers[index] ?? left('no answer');
      if (isAsRecorded(answer, expect)) return [];
      const at = `${day.id}: step ${String(index + 1)}, ${operation}`;
      return [`${at}: expected ${JSON.stringify(expect)}, got ${JSON.stringify(answer)}`];
    });
    const [expected, stored] = [[...recordedTexts(day.after)].sort(), [...storedTexts(replayed)].sort()];
    const missing = expected.filter((text) => !stored.includes(text));
    const added = stored.filter((text) => !expected.includes(text));
    const counts =
      expected.length === stored.length
        ? []
        : [`${day.id}: ${String(expected.length)} versions expected, got ${String(stored.length)}`];
    return [
      ...steps,
      ...counts,
      ...missing.map((text) => `${day.id}: expected ${text}`),
      ...added.map((text) => `${day.id}: did not expect ${text}`),
    ];
  };

/** Runs recorded days, one a line: how many there are, and what differs in which. */
export const runDays = async (
  jsonLines: string,
  tables: UploadTables,
  checkIdNumbers: CheckIdNumbers,
): Promise<{ readonly days: number; readonly mismatched: readonly (readonly string[])[] }> => {
  const lines = jsonLines.split('\n').filter((line) => line.trim() !== '');
  const all = await Promise.all(lines.map((line) => dayMismatches(tables, checkIdNumbers)(JSON.parse(line))));
  return { days: lines.length, mismatched: all.filter((mismatches) => mismatches.length > 0) };
};

const IdNumbers = t.record(t.string, t.union([t.literal('uk_nhs_number'), t.null]));

/** The check of `patient_idnum`, from `id-numbers.json`: each type of ID number that the server defines, and its validation. */
export const idNumberCheck = (json: string): CheckIdNumbers => {
  const types = Object.entries(decoded(IdNumbers, JSON.parse(json)));
  const info = serverInfo({
    databaseTitle: 'days',
    uploadPolicy: 'sex',
    finalizePolicy: 'sex',
    idNumbers: types.map(([which, validation]) => ({
      which: Number(which),
      description: which,
      shortDescription: which,
      validation: fromNullable(validation),
    })),
  });
  return validatePatientIdNums(rightOf(info));
};
