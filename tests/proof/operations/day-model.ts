/** What days of uploads leave stored, written once more from the rules: a state machine over arrays; nothing is shared with `src`. */
import { modelCommand, modelInstant, modelIsBelow } from './command-model.js';
import type { ModelChange, ModelCommand, ModelFields, ModelRecord, ModelWorld, Plain } from './command-model.js';

export interface ModelStep {
  readonly device: string;
  readonly user: string;
  /** Uploads are told apart by the user and the session. */
  readonly session: number;
  readonly clientVersion: string;
  readonly operation: string;
  readonly fields: ModelFields;
}
/** `error` is the exact words, or `null` for any words; `why` is the rule. */
export type ModelStepAnswer = { readonly result: string } | { readonly error: string | null; readonly why: string };

export interface ModelVersion {
  readonly device: string;
  readonly table: string;
  readonly key: number;
  readonly values: Readonly<Record<string, Plain>>;
  readonly whenLastModified: string | null;
  readonly supersedes: ModelVersion | null;
  state: 'current' | 'superseded' | 'deleted';
  finalized: boolean;
}
/** What was staged of one table, or is to be: `finalize` holds keys that are marked without being sent. */
interface Step {
  readonly change: ModelChange;
  readonly finalize: readonly number[];
}
interface Upload {
  readonly id: string;
  finalizing: boolean;
  steps: readonly Step[];
  isTouched: boolean;
}
interface Device {
  underWay: Upload | null;
  /** The stepwise upload whose end may be repeated: the last thing that this device did. */
  ended: string | null;
  /** The last upload, if it was a whole one, and what it said. */
  whole: string | null;
}

const results = new Map([
  ['start_upload', 'start_upload'],
  ['start_preservation', 'STARTPRESERVATION'],
  ['upload_empty_tables', 'UPLOAD-EMPTY-TABLES'],
  ['delete_where_key_not', 'Trimmed'],
  ['end_upload', 'end_upload'],
]);
const notUnderWay: ModelStepAnswer = {
  error: 'No upload is under way: please start the upload again',
  why: 'no-upload-under-way',
};

const isSameDate = (a: string | null, b: string | null): boolean =>
  modelInstant(a) !== null && modelInstant(a) === modelInstant(b);

/** `met` is told each branch that a day takes. */
export const modelDay = (
  world: ModelWorld,
  steps: readonly ModelStep[],
  met: (branch: string) => void = () => undefined,
): { readonly answers: readonly ModelStepAnswer[]; readonly after: readonly ModelVersion[] } => {
  const versions: ModelVersion[] = [];
  const devices = new Map<string, Device>();

  const currentOf = (device: string, table: string): readonly ModelVersion[] =>
    versions.filter((one) => one.device === device && one.table === table && one.state === 'current' && !one.finalized);

  const finalizeChain = (version: ModelVersion | null): void => {
    for (let one = version; one !== null; one = one.supersedes) {
      if (one !== version) met('finalize a predecessor');
      one.finalized = true;
    }
  };

  /** All that was staged of one table counts, step after step. */
  const commitTable = (device: string, table: string, staged: readonly Step[]): void => {
    const stored = currentOf(device, table);
    let records: readonly ModelRecord[] = [];
    let kept = stored.map(({ key }) => key);
    let marked: readonly number[] = [];
    for (const { change, finalize } of staged) {
      const keeps = (key: number): boolean =>
        change.keep === 'all' || (change.keep !== 'sent' && change.keep.includes(key));
      const isSent = (key: number): boolean => change.records.some((record) => record.key === key);
      if (records.some(({ key }) => isSent(key))) met('sent twice in an upload');
      if (records.some(({ key }) => !isSent(key) && !keeps(key))) met('sent, then not kept');
      records = [...records.filter(({ key }) => keeps(key) && !isSent(key)), ...change.records];
      kept = kept.filter(keeps);
      marked = [...marked.filter((key) => keeps(key) && !isSent(key)), ...finalize];
    }
    for (const old of stored) {
      if (kept.includes(old.key) || records.some(({ key }) => key === old.key)) continue;
      met('remove');
      old.state = 'deleted';
    }
    for (const { key, whenLastModified, values: sent } of records) {
      const old = stored.find((one) => one.key === key);
      if (old !== undefined && isSameDate(old.whenLastModified, whenLastModified)) {
        met('unchanged');
        continue;
      }
      const { _move_off_tablet, ...values } = sent;
      met(old === undefined ? 'insert' : 'supersede');
      if (
        old === undefined &&
        versions.some((one) => one.finalized && one.device === device && one.table === table && one.key === key)
      ) {
        met('a finalized key comes again');
      }
      if (old !== undefined) old.state = 'superseded';
      versions.push({
        device,
        table,
        key,
        values,
        whenLastModified,
        supersedes: old ?? null,
        state: 'current',
        finalized: false,
      });
    }
    for (const { key, moveOffTablet } of records) {
      if (moveOffTablet) {
        met('finalize a record sent');
        marked = [...marked, key];
      }
    }
    for (const version of currentOf(device, table)) if (marked.includes(version.key)) finalizeChain(version);
  };

  const commit = (device: string, staged: readonly Step[], finalizing: boolean): void => {
    for (const table of new Set(staged.map(({ change }) => change.table))) {
      commitTable(
        device,
        table,
        staged.filter(({ change }) => change.table === table),
      );
    }
    if (!finalizing) return;
    for (const version of versions) {
      if (version.device === device && !version.finalized) {
        met(`finalize all: ${version.state}`);
        version.finalized = true;
      }
    }
  };

  /** The answer to a step whose fields were read, and what it stages. */
  const meaningOf = (step: ModelStep, command: ModelCommand): readonly [string, readonly Step[]] => {
    const { device, operation } = step;
    if (operation === 'which_keys_to_send') {
      const { table = '', asked = [] } = command;
      const isKnown = ({ key, whenLastModified }: (typeof asked)[number]): boolean =>
        currentOf(device, table).some((one) => one.key === key && isSameDate(one.whenLastModified, whenLastModified));
      const wanted = asked.filter((one) => one.moveOffTablet === null || !isKnown(one));
      const finalize = asked.filter((one) => one.moveOffTablet === true && isKnown(one)).map(({ key }) => key);
      if (finalize.length > 0) met('finalize a record not sent');
      if (wanted.length < asked.length) met('a key is not wanted');
      const keep = asked.map(({ key }) => key);
      return [wanted.map(({ key }) => String(key)).join(','), [{ change: { table, records: [], keep }, finalize }]];
    }
    const changes = command.changes ?? [];
    const staged = changes.map((change) => ({ change, finalize: [] }));
    if (operation === 'upload_table') return [`Table ${changes[0]?.table ?? ''} upload successful`, staged];
    if (operation === 'upload_record') {
      const isStored = currentOf(device, changes[0]?.table ?? '').some(
        ({ key }) => key === changes[0]?.records[0]?.key,
      );
      return [isStored ? 'UPLOAD-UPDATE' : 'UPLOAD-INSERT', staged];
    }
    return [results.get(operation) ?? operation, staged];
  };

  const whole = (
    step: ModelStep,
    device: Device,
    finalizing: boolean,
    changes: readonly ModelChange[],
  ): ModelStepAnswer => {
    const id = `${step.user} ${String(step.session)}`;
    const mayUse = [...world.tables].filter(
      ([, { minClientVersion }]) => !modelIsBelow(step.clientVersion, minClientVersion),
    );
    const all = mayUse.map(
      ([table]) => changes.find((change) => change.table === table) ?? { table, records: [], keep: 'sent' as const },
    );
    const said = JSON.stringify([
      id,
      finalizing,
      all.map(({ table, records }) => [
        table,
        records.map(({ key, whenLastModified }) => `${String(key)} ${String(modelInstant(whenLastModified))}`).sort(),
      ]),
    ]);
    if (device.whole === said) {
      met('a whole upload repeated');
    } else {
      if (device.underWay !== null) met('a whole upload ends one under way');
      device.underWay = null;
      commit(
        step.device,
        all.map((change) => ({ change, finalize: [] })),
        finalizing,
      );
      device.ended = null;
      device.whole = said;
    }
    return { result: 'Success' };
  };

  const answerTo = (step: ModelStep): ModelStepAnswer => {
    const { operation } = step;
    const id = `${step.user} ${String(step.session)}`;
    const device = devices.get(step.device) ?? { underWay: null, ended: null, whole: null };
    devices.set(step.device, device);
    const read = modelCommand(world, step.clientVersion, operation, step.fields);
    if ('refused' in read) return { error: read.refused, why: read.why };

    if (operation === 'upload_entire_database') {
      const { finalizing = false, changes = [] } = read.command;
      return whole(step, device, finalizing, changes);
    }
    if (operation === 'start_upload') {
      if (device.underWay?.id === id && device.underWay.isTouched) return { error: null, why: 'upload-under-way' };
      if (device.underWay?.isTouched === true) met('start forgets');
      device.underWay = { id, finalizing: false, steps: [], isTouched: false };
      device.ended = null;
      return { result: operation };
    }
    const upload = device.underWay;
    if (operation === 'end_upload') {
      if (upload?.id === id) {
        commit(step.device, upload.steps, upload.finalizing);
        device.underWay = null;
        device.ended = id;
        device.whole = null;
      } else if (device.ended === id) met('an end repeated');
      else return notUnderWay;
      return { result: operation };
    }
    if (upload?.id !== id) {
      device.ended = null;
      return notUnderWay;
    }
    const [result, staged] = meaningOf(step, read.command);
    upload.isTouched = true;
    upload.finalizing ||= operation === 'start_preservation';
    upload.steps = [...upload.steps, ...staged];
    return { result };
  };

  const answers = steps.map(answerTo);
  for (const answer of answers) met('why' in answer ? `refused: ${answer.why}` : 'accepted');
  return { answers, after: versions };
};
