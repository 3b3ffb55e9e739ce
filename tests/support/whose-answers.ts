/** Whose answers a tablet's requests hold, by the requests alone: what was on the tablet together, when it was sent. */
import {
  modelCommand,
  type ModelAsked,
  type ModelRecord,
  type ModelWorld,
  type Plain,
} from '../proof/operations/command-model.js';

export interface SentStep {
  readonly operation: string;
  readonly body: string;
}

/** A record as a reader should find it. */
export interface Answer {
  readonly table: string;
  readonly key: number;
  readonly surname: unknown;
  /** Each type and number, such as `1=7007`. */
  readonly idNums: string | null;
  readonly created: unknown;
}

type Tablet = ReadonlyMap<string, ReadonlyMap<number, ModelRecord>>;

const otherLinks: Readonly<Record<string, string>> = { medicationtable_id: 'khandaker_mojo_medicationtherapy' };

/** What a part belongs to, or a photograph. */
const ownerOf = (
  tablet: Tablet,
  table: string,
  { values }: ModelRecord,
): readonly [string, ModelRecord] | undefined => {
  const linkOf = (): readonly [string, unknown] => {
    if (table === 'blobs')
      return [typeof values['tablename'] === 'string' ? values['tablename'] : '', values['tablepk']];
    const link = Object.keys(values).find((column) => column.endsWith('_id') && column !== 'patient_id') ?? '';
    return [otherLinks[link] ?? link.replace(/_id$/, ''), values[link]];
  };
  if ('patient_id' in values || table === 'patient') return undefined;
  const [owner, key] = linkOf();
  const record = typeof key === 'number' ? tablet.get(owner)?.get(key) : undefined;
  return record === undefined ? undefined : [owner, record];
};

const taskOf = (tablet: Tablet, table: string, record: ModelRecord): readonly [string, ModelRecord] => {
  const owner = ownerOf(tablet, table, record);
  return owner === undefined ? [table, record] : taskOf(tablet, ...owner);
};

const digitsOf = (value: Plain): string => (typeof value === 'object' ? (value?.bigint ?? '') : String(value));

const answerOf = (tablet: Tablet, table: string, record: ModelRecord) => {
  const [taskTable, task] = taskOf(tablet, table, record);
  const patientKey = taskTable === 'patient' ? task.key : task.values['patient_id'];
  const patient = typeof patientKey === 'number' ? tablet.get('patient')?.get(patientKey) : undefined;
  const idNums = [...(tablet.get('patient_idnum')?.values() ?? [])].flatMap(({ values }) => {
    const { patient_id: whose, which_idnum: which, idnum_value: value } = values;
    return whose === patient?.key && which != null && value != null ? [`${digitsOf(which)}=${digitsOf(value)}`] : [];
  });
  const created = task.values['when_created'] ?? null;
  return {
    ...{
      table,
      key: record.key,
      surname: patient?.values['surname'] ?? null,
      created: record.values['when_created'] ?? null,
    },
    idNums: patient === undefined || idNums.length === 0 ? null : idNums.sort().join(),
    // A task that is sent again after it was let go, because the tablet did not hear of it, is the same task.
    task: typeof created === 'string' ? JSON.stringify([taskTable, task.key, created]) : undefined,
    isTask: taskTable === table,
    isMarked: record.moveOffTablet,
  };
};

/** All that should be read of one device, after the requests that succeeded, in their order. */
export const answersOf = (world: ModelWorld, steps: readonly SentStep[]): readonly Answer[] => {
  let tablet = new Map<string, Map<number, ModelRecord>>();
  let staged: typeof tablet | undefined;
  let [finalizing, era] = [false, 0];
  const letGo: (ReturnType<typeof answerOf> & { readonly era: number })[] = [];

  const commit = (content: typeof tablet, all: boolean): void => {
    era += 1;
    tablet = new Map();
    for (const [table, records] of content) {
      const kept = new Map<number, ModelRecord>();
      for (const [key, record] of records) {
        if (all || record.moveOffTablet) letGo.push({ ...answerOf(content, table, record), era });
        else kept.set(key, record);
      }
      tablet.set(table, kept);
    }
  };

  for (const { operation, body } of steps) {
    const form = new URLSearchParams(body);
    const reading = modelCommand(world, form.get('camcops_version') ?? '', operation, [...form]);
    if (!('command' in reading)) throw new Error(`a request that succeeded cannot be read: ${reading.why}`);
    const { changes = [], asked, table: askedTable = '' } = reading.command;
    if (operation === 'start_upload') [staged, finalizing] = [new Map(tablet), false];
    if (operation === 'start_preservation') finalizing = true;
    const content = operation === 'upload_entire_database' ? new Map<string, Map<number, ModelRecord>>() : staged;
    for (const { table, records, keep } of changes) {
      const before = [...(content?.get(table) ?? [])];
      const kept = before.filter(([key]) => keep === 'all' || (keep !== 'sent' && keep.includes(key)));
      content?.set(table, new Map([...kept, ...records.map((record) => [record.key, record] as const)]));
    }
    if (asked !== undefined) {
      const marked = (record: ModelRecord, { moveOffTablet }: ModelAsked) => ({
        ...record,
        moveOffTablet: moveOffTablet ?? false,
      });
      const before = content?.get(askedTable);
      const still = asked.flatMap((one) => {
        const record = before?.get(one.key);
        return record === undefined ? [] : [[one.key, marked(record, one)] as const];
      });
      content?.set(askedTable, new Map(still));
    }
    if (operation === 'upload_entire_database' && content !== undefined)
      commit(content, reading.command.finalizing ?? false);
    // A repeated end changes nothing.
    if (operation === 'end_upload' && staged !== undefined) {
      commit(staged, finalizing);
      staged = undefined;
    }
  }

  const open = [...tablet].flatMap(([table, records]) =>
    [...records.values()].map((record) => ({ ...answerOf(tablet, table, record), era: Infinity })),
  );
  const all = [...letGo, ...open];
  const lastEra = new Map(all.flatMap(({ task, isTask, era: of }) => (isTask ? [[task, of] as const] : [])));
  return all
    .filter(({ task, era: of }) => task === undefined || (lastEra.get(task) ?? of) === of)
    .map(({ table, key, surname, idNums, created }) => ({ table, key, surname, idNums, created }));
};
