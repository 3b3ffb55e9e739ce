/** What days of uploads leave stored, written once more from the rules: a state machine over arrays; nothing is shared with `src`. */
import { modelCommand, modelInstant, modelIsBelow } from './command-model.js';
import type { ModelAsked, ModelChange, ModelFields, ModelRecord, ModelWorld, Plain } from './command-model.js';

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
  /** The number of the device's upload that finalized it. */
  finalizedIn: number | null;
}
/** A change, and the keys that it marks without sending them. */
type Staged = ModelChange & { readonly finalize?: readonly number[] };
interface Device {
  underWay: { readonly id: string; finalizing: boolean; staged: readonly Staged[]; isTouched: boolean } | null;
  /** The upload whose end may be repeated, since it is the last thing that this device did. */
  ended: string | null;
  /** The last upload, if it was a whole one: its id and what it said. */
  whole: string | null;
  /** What was asked last. */
  last: string;
  /** How many uploads have ended. */
  uploads: number;
}

const results = new Map([
  ['start_preservation', 'STARTPRESERVATION'],
  ['upload_empty_tables', 'UPLOAD-EMPTY-TABLES'],
  ['delete_where_key_not', 'Trimmed'],
]);
const words = 'No upload is under way: please start the upload again';
const notUnderWay: ModelStepAnswer = { error: words, why: 'no-upload-under-way' };

type Dated = Pick<ModelAsked, 'key' | 'whenLastModified'>;
const isSame = (a: Dated, b: Dated): boolean =>
  a.key === b.key &&
  modelInstant(a.whenLastModified) !== null &&
  modelInstant(a.whenLastModified) === modelInstant(b.whenLastModified);
const kindOf = ({ keep }: ModelChange): string => (typeof keep === 'string' ? keep : 'some');
const keeps = ({ keep }: ModelChange, key: number): boolean =>
  keep === 'all' || (keep !== 'sent' && keep.includes(key));
const isKeyOf = (records: readonly { readonly key: number }[], key: number): boolean =>
  records.some((one) => one.key === key);

/** The account that is tied to a patient: one without any text, whose only ID number is 5, of type 1. */
export const tied = { user: 'eve', which: 1, number: 5 };
const isEmpty = (value: Plain | undefined): boolean => value === undefined || value === null || value === '';
const isOwn = ({ table, records }: ModelChange): boolean =>
  records.every(({ values }) => {
    if (table === 'patient') return ['forename', 'dob'].every((column) => isEmpty(values[column]));
    if (table !== 'patient_idnum') return true;
    const { which_idnum, idnum_value = null } = values;
    if (typeof which_idnum !== 'number' || !Number.isInteger(which_idnum) || which_idnum < 1) return false;
    return idnum_value === (which_idnum === tied.which ? tied.number : null);
  });

/** `met` is told each branch that a day takes. */
export const modelDay = (
  world: ModelWorld,
  steps: readonly ModelStep[],
  met: (branch: string) => void = () => undefined,
): { readonly answers: readonly ModelStepAnswer[]; readonly after: readonly ModelVersion[] } => {
  const versions: ModelVersion[] = [];
  const devices = new Map<string, Device>();
  const metIf = (branch: string, condition: boolean): void => {
    if (condition) met(branch);
  };
  const liveOf = (device: string, table: string): readonly ModelVersion[] =>
    versions.filter((one) => one.device === device && one.table === table && one.state === 'current' && !one.finalized);

  const nextUpload = (name: string): number => {
    const device = devices.get(name);
    if (device !== undefined) device.uploads += 1;
    return device?.uploads ?? 0;
  };
  const finalize = (version: ModelVersion, upload: number): void => {
    if (!version.finalized) Object.assign(version, { finalized: true, finalizedIn: upload });
  };

  /** Step after step, what an upload says of one table; then all of it counts. */
  const commitTable = (device: string, table: string, staged: readonly Staged[], upload: number): void => {
    const stored = liveOf(device, table);
    let records: readonly ModelRecord[] = [];
    let kept = stored.map(({ key }) => key);
    let marked: readonly number[] = [];
    for (const [at, step] of staged.entries()) {
      const isSent = (key: number): boolean => isKeyOf(step.records, key);
      const staysAsItWas = (key: number): boolean => keeps(step, key) && !isSent(key);
      const before = staged[at - 1];
      if (before !== undefined) met(`keep: ${kindOf(step)} after ${kindOf(before)}`);
      for (const { key } of records) metIf(isSent(key) ? 'sent again' : 'sent, then not kept', !staysAsItWas(key));
      for (const key of marked)
        metIf(`a mark is dropped: ${isSent(key) ? 'sent again' : 'not kept'}`, !staysAsItWas(key));
      records = [...records.filter(({ key }) => staysAsItWas(key)), ...step.records];
      kept = kept.filter((key) => keeps(step, key));
      marked = [...marked.filter(staysAsItWas), ...(step.finalize ?? [])];
    }
    for (const key of marked) met(`finalize by a question: ${isKeyOf(records, key) ? 'sent' : 'kept'}`);
    for (const old of stored) {
      if (isKeyOf(records, old.key)) continue;
      met(kept.includes(old.key) ? 'kept' : 'remove');
      if (kept.includes(old.key)) continue;
      old.state = 'deleted';
    }
    for (const record of records) {
      const { key, whenLastModified, moveOffTablet, values: sent } = record;
      const old = stored.find((one) => one.key === key) ?? null;
      if (moveOffTablet === true) marked = [...marked, key];
      const isUnchanged = old !== null && isSame(old, record);
      const branch = isUnchanged ? 'unchanged' : old === null ? 'insert' : 'supersede';
      met(branch);
      metIf(`finalize by its mark: ${branch}`, moveOffTablet === true);
      if (isUnchanged) continue;
      const isAgain = versions.some(
        (one) => one.finalized && one.device === device && one.table === table && one.key === key,
      );
      metIf('a finalized key comes again', isAgain);
      if (old !== null) old.state = 'superseded';
      const { _move_off_tablet, ...values } = sent;
      const version = { device, table, key, values, whenLastModified, supersedes: old };
      versions.push({ ...version, state: 'current', finalized: false, finalizedIn: null });
    }
    for (const version of liveOf(device, table).filter(({ key }) => marked.includes(key))) {
      metIf('finalize a predecessor', version.supersedes !== null);
      for (let one: ModelVersion | null = version; one !== null; one = one.supersedes) finalize(one, upload);
    }
  };
  const commit = (device: string, staged: readonly Staged[], finalizing: boolean): void => {
    const upload = nextUpload(device);
    for (const table of new Set(staged.map((step) => step.table))) {
      const own = staged.filter((step) => step.table === table);
      commitTable(device, table, own, upload);
    }
    for (const version of versions.filter((one) => finalizing && one.device === device && !one.finalized)) {
      met(`finalize all: ${version.state}`);
      finalize(version, upload);
    }
  };

  const whichKeys = (
    device: string,
    table: string,
    asked: readonly ModelAsked[],
  ): readonly [string, readonly Staged[]] => {
    const stored = liveOf(device, table);
    const known = asked.filter((one) => one.moveOffTablet !== null && stored.some((old) => isSame(old, one)));
    const finalize = known.filter((one) => one.moveOffTablet === true).map(({ key }) => key);
    for (const { key, moveOffTablet } of asked.filter((one) => !known.includes(one))) {
      if (moveOffTablet === null) met('wanted: no marks');
      else met(isKeyOf(stored, key) ? 'wanted: another date' : 'wanted: not stored');
    }
    for (const { key } of known) met(finalize.includes(key) ? 'not wanted, marked' : 'not wanted');
    const wanted = asked.filter((one) => !known.includes(one)).map(({ key }) => String(key));
    return [wanted.join(','), [{ table, records: [], keep: asked.map(({ key }) => key), finalize }]];
  };

  const whole = (
    step: ModelStep,
    device: Device,
    id: string,
    finalizing: boolean,
    changes: readonly ModelChange[],
  ): void => {
    const mine = [...world.tables].filter(
      ([, { minClientVersion }]) => !modelIsBelow(step.clientVersion, minClientVersion),
    );
    const all = mine.map(
      ([table]): Staged => changes.find((one) => one.table === table) ?? { table, records: [], keep: 'sent' },
    );
    const contents = [...changes, ...all.filter((one) => !changes.some(({ table }) => table === one.table))].map(
      ({ table, records }) => [
        table,
        records.map((one) => [
          one.key,
          one.moveOffTablet,
          modelInstant(one.whenLastModified) === null ? one.values : one.whenLastModified,
        ]),
      ],
    );
    const said = JSON.stringify([id, finalizing, contents]);
    if (device.whole === said) {
      met('a whole upload repeated');
      return;
    }
    metIf('a whole upload ends one under way', device.underWay !== null);
    const others = [...world.tables.keys()].filter((table) => mine.every(([own]) => own !== table));
    metIf(
      'a table that the client may not use stays',
      others.some((table) => liveOf(step.device, table).length > 0),
    );
    commit(step.device, all, finalizing);
    Object.assign(device, { underWay: null, ended: null, whole: said });
  };

  const answerTo = (step: ModelStep): ModelStepAnswer => {
    const { operation } = step;
    const id = `${step.user} ${String(step.session)}`;
    const device = devices.get(step.device) ?? { underWay: null, ended: null, whole: null, last: '', uploads: 0 };
    devices.set(step.device, device);
    const said = JSON.stringify(step);
    const isRepeated = device.last === said;
    device.last = said;
    const read = modelCommand(world, step.clientVersion, operation, step.fields);
    metIf('a step refused in its upload', 'refused' in read && device.underWay?.id === id);
    if ('refused' in read) return { error: read.refused, why: read.why };
    const { finalizing = false, changes = [], table = '', asked = [] } = read.command;
    if (step.user === tied.user && !changes.every(isOwn))
      return { error: 'This account may upload its own patient only', why: 'other-patient' };

    if (operation === 'upload_entire_database') {
      whole(step, device, id, finalizing, changes);
      return { result: 'Success' };
    }
    const upload = device.underWay?.id === id ? device.underWay : null;
    if (operation === 'start_upload') {
      if (upload?.isTouched === true) return { error: null, why: 'upload-under-way' };
      metIf('start forgets', device.underWay?.isTouched === true);
      device.underWay = { id, finalizing: false, staged: [], isTouched: false };
      device.ended = null;
      return { result: operation };
    }
    if (operation === 'end_upload' && upload === null && device.ended === id) {
      met('an end repeated');
      return { result: operation };
    }
    if (operation !== 'end_upload') device.ended = null;
    const what = operation === 'end_upload' ? 'an end' : 'a step';
    metIf(`${what} of another upload`, upload === null && device.underWay !== null);
    if (upload === null) return notUnderWay;
    if (operation === 'end_upload') {
      commit(step.device, upload.staged, upload.finalizing);
      Object.assign(device, { underWay: null, ended: id, whole: null });
      return { result: operation };
    }
    let [result, staged]: readonly [string, readonly Staged[]] = [results.get(operation) ?? '', changes];
    const [{ table: name, records: [record] } = { table: '', records: [] }] = changes;
    if (operation === 'upload_table') result = `Table ${name} upload successful`;
    if (operation === 'upload_record')
      result = isKeyOf(liveOf(step.device, name), record?.key ?? -1) ? 'UPLOAD-UPDATE' : 'UPLOAD-INSERT';
    if (operation === 'which_keys_to_send') [result, staged] = whichKeys(step.device, table, asked);
    metIf(result, operation === 'upload_record');
    metIf('a step repeated', isRepeated);
    const [patients, idNumbers] = changes;
    if (patients?.table === 'patient' && modelIsBelow(step.clientVersion, '2.0.1')) {
      met(`patients of an old client: ${operation}`);
      metIf('ID numbers of an old client', operation === 'upload_table' && (idNumbers?.records.length ?? 0) > 0);
    }
    upload.isTouched = true;
    upload.finalizing ||= operation === 'start_preservation';
    upload.staged = [...upload.staged, ...staged];
    return { result };
  };

  const answers = steps.map(answerTo);
  for (const answer of answers) {
    const why = 'why' in answer ? answer.why : null;
    met(
      why === null
        ? 'accepted'
        : /-id-number|under-way|other-patient/.test(why)
          ? `refused: ${why}`
          : 'refused: its fields',
    );
  }
  return { answers, after: versions };
};
