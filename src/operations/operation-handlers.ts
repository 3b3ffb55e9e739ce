/** All 18 operations of tablets, derived from the functions of a host. */
import { isLeft, left, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { flow } from 'fp-ts/lib/function.js';
import { isNone } from 'fp-ts/lib/Option.js';

import type { AdmissionTo, Operation, RegistrationAdmission, UploadAdmission } from '../admission.js';
import { ownHandlers, type Handlers } from '../handle-tablet-request.js';
import type { Device, User } from '../ports.js';
import { missingField } from '../refusals/form.js';
import { unsupportedOperation } from '../refusals/gates.js';
import type { Answer } from '../reply.js';
import type { Fields } from '../tablet-form.js';
import { allowedTablesAnswer } from './answers/allowed-tables.js';
import type { BrokenRule } from './answers/broken-rule.js';
import { extraStringsAnswer } from './answers/extra-strings.js';
import { keysToSendAnswer } from './answers/keys-to-send.js';
import { registerPatientAnswer } from './answers/register-patient.js';
import { serverInfoAnswer } from './answers/server-info.js';
import { taskSchedulesAnswer } from './answers/task-schedules.js';
import { anything, askHost, hostFunctions, type Outcome } from './ask-host-functions.js';
import type { CommandOf } from './commands/commands.js';
import { readCommand } from './commands/read-command.js';
import { validatePatients } from './patients/validate-patients.js';
import type { TabletHost } from './tablet-host.js';
import { keysToSend } from './uploads/keys-to-send.js';
import { nothingStaged, wholeDatabase } from './uploads/stage-step.js';
import { uploadIdOf } from './uploads/upload-store.js';

/** What cannot be told to a tablet is the host's defect. */
const inWords: <A>(written: Either<BrokenRule, A>) => Either<string, A> = mapLeft(
  ({ field, rule }: BrokenRule) => `${field} ${rule}`,
);

// In place of functions that a host leaves out.
const nothing = () => Promise.resolve(right(undefined));
const noStrings = () => Promise.resolve(right([]));

/**
 * The handlers of all operations, from the functions of a host. They read and check what the tablet sent, ask the host's functions in
 * the right order, and encode their answers; a function of the host that throws, or answers what no tablet can be told, is a defect that
 * names it. A step of an upload that is refused is never staged. Replace any handler by one of your own:
 * `{ ...operationHandlers(host), get_extra_strings: mine }`.
 *
 * @example
 * import { handleTabletRequest } from 'camcops-tablet-session';
 * import { operationHandlers } from 'camcops-tablet-session/operations';
 * import { inMemoryHost } from 'camcops-tablet-session/testing';
 *
 * const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password: 'pw' }], tables: { phq9: ['q1'] } });
 * const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
 * const post = async (fields: string) => {
 *   const form = { method: 'POST', fields: new URLSearchParams(`camcops_version=2.4.24&device=tablet-1&user=nurse&${fields}`) };
 *   return (await handle(form)()).body.split('\n')[0];
 * };
 * await post('operation=register&password=pw'); // 'databaseTitle:In-memory server'
 * await post('operation=upload_table&password=pw&table=phq9'); // 'success:0'
 */
export const operationHandlers = <E, D extends Device = Device, U extends User = User>(
  host: TabletHost<E, D, U>,
): Required<Handlers<E, Fields, D, U>> => {
  type Upload = UploadAdmission<D, U>;
  type Answered = Outcome<E, Answer>;

  const read = readCommand(host.tables);
  const { serverInfo, stage, checkIdNumbers, stageChanges, currentRecords } = hostFunctions(host);

  /** A handler that reads its command first. */
  const reading =
    <O extends Operation>(operation: O, work: (admission: AdmissionTo<O, D, U>, command: CommandOf<O>) => Answered) =>
    (admission: AdmissionTo<O, D, U>, fields: Fields) =>
    (): Answered => {
      const command = read(admission.session, operation, fields);
      return isLeft(command) ? Promise.resolve(command) : work(admission, command.right);
    };

  const answering = async (answer: Answer, done: Outcome<E, unknown>): Answered => {
    const outcome = await done;
    return isLeft(outcome) ? outcome : right(answer);
  };

  const tellServerInfo = async (admission: RegistrationAdmission<D, U> | Upload): Answered => {
    const info = await serverInfo(admission);
    return isLeft(info) ? info : right(serverInfoAnswer(info.right));
  };

  return {
    ...ownHandlers,

    register_patient: reading('register_patient', async (admission, command) => {
      const { deviceName } = admission.session;
      if (isNone(deviceName)) return left(missingField('device'));
      const { patientMode } = host;
      if (patientMode === undefined) return left(unsupportedOperation('register_patient'));
      return askHost('PatientMode.registerPatient', flow(registerPatientAnswer, inWords), () =>
        patientMode.registerPatient({ ...admission, deviceName: deviceName.value }, command),
      );
    }),

    register: reading('register', async (admission, command) => {
      const registered = await askHost('TabletHost.registerDevice', anything, () =>
        host.registerDevice(admission, command),
      );
      return isLeft(registered) ? registered : tellServerInfo(admission);
    }),

    get_allowed_tables: () => () =>
      askHost('TabletHost.tables', flow(allowedTablesAnswer, inWords), () => () => Promise.resolve(right(host.tables))),

    get_extra_strings: (admission) => () =>
      askHost(
        'TabletHost.extraStrings',
        flow(extraStringsAnswer, inWords),
        () => host.extraStrings?.(admission) ?? noStrings,
      ),

    get_task_schedules: reading('get_task_schedules', async (admission, command) => {
      const { patientMode } = host;
      if (patientMode === undefined) return left(unsupportedOperation('get_task_schedules'));
      return askHost('PatientMode.taskSchedules', flow(taskSchedulesAnswer, inWords), () =>
        patientMode.taskSchedules(admission, command),
      );
    }),

    get_id_info: (admission) => () => tellServerInfo(admission),

    validate_patients: reading('validate_patients', async (admission, { patients }) => {
      const info = await serverInfo(admission);
      if (isLeft(info)) return info;
      const valid = validatePatients(info.right)(patients);
      if (isLeft(valid)) return valid;
      const accepted = askHost(
        'TabletHost.acceptPatients',
        anything,
        () => host.acceptPatients?.(admission, patients) ?? nothing,
      );
      return answering('Success', accepted);
    }),

    start_upload: (admission) => () =>
      answering(
        undefined,
        askHost('UploadStore.begin', anything, () => host.uploads.begin(admission, uploadIdOf(admission))),
      ),

    start_preservation: (admission) => () =>
      answering('STARTPRESERVATION', stage(admission, { ...nothingStaged, finalizing: true })),

    upload_empty_tables: reading('upload_empty_tables', (admission, { changes }) =>
      answering('UPLOAD-EMPTY-TABLES', stageChanges(admission, changes)),
    ),

    upload_table: reading('upload_table', (admission, { changes }) =>
      answering(`Table ${changes[0].table} upload successful`, stageChanges(admission, changes)),
    ),

    delete_where_key_not: reading('delete_where_key_not', (admission, { changes }) =>
      answering('Trimmed', stageChanges(admission, changes)),
    ),

    which_keys_to_send: reading('which_keys_to_send', async (admission, command) => {
      const stored = await currentRecords(admission, command.table, command.asked);
      if (isLeft(stored)) return stored;
      const { keys, change } = keysToSend(stored.right)(command);
      return answering(keysToSendAnswer(keys), stageChanges(admission, [change]));
    }),

    upload_record: reading('upload_record', async (admission, { changes }) => {
      const [{ table, records }] = changes;
      const stored = await currentRecords(admission, table, records);
      if (isLeft(stored)) return stored;
      const answer = stored.right.length > 0 ? 'UPLOAD-UPDATE' : 'UPLOAD-INSERT';
      return answering(answer, stageChanges(admission, changes));
    }),

    end_upload: (admission) => () =>
      answering(
        undefined,
        askHost('UploadStore.finish', anything, () => host.uploads.finish(admission, uploadIdOf(admission))),
      ),

    upload_entire_database: reading('upload_entire_database', async (admission, command) => {
      const checked = await checkIdNumbers(admission, command.changes);
      if (isLeft(checked)) return checked;
      const whole = wholeDatabase(host.tables, admission.session.clientVersion)(command);
      const stored = askHost('UploadStore.storeWhole', anything, () =>
        host.uploads.storeWhole(admission, uploadIdOf(admission), whole),
      );
      return answering('Success', stored);
    }),
  };
};
