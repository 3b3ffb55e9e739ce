/** All 18 operations of tablets, derived from the functions of a host. */
import { isLeft, traverseArray } from 'fp-ts/lib/Either.js';
import { flow, pipe } from 'fp-ts/lib/function.js';
import { isNone, some } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';

import type { AdmissionTo, Operation, RegistrationAdmission, UploadAdmission } from '../admission.js';
import { ownHandlers, type Handlers } from '../handle-tablet-request.js';
import type { Device, User } from '../ports.js';
import { missingField } from '../refusals/form.js';
import { unsupportedOperation } from '../refusals/gates.js';
import type { Answer } from '../reply.js';
import type { Fields } from '../tablet-form.js';
import { allowedTablesAnswer } from './answers/allowed-tables.js';
import { extraStringsAnswer } from './answers/extra-strings.js';
import { keysToSendAnswer } from './answers/keys-to-send.js';
import { registerPatientAnswer } from './answers/register-patient.js';
import { serverInfoAnswer } from './answers/server-info.js';
import { taskSchedulesAnswer } from './answers/task-schedules.js';
import { askHost, done, readServerInfo, readStoredRecords, told, type Outcome } from './ask-host-functions.js';
import type { CommandOf } from './commands/commands.js';
import { readCommand } from './commands/read-command.js';
import { validatePatientIdNums, validatePatients } from './patients/validate-patients.js';
import type { TabletHost } from './tablet-host.js';
import { keysToSend } from './uploads/keys-to-send.js';
import { nothingStaged, stepOf, wholeDatabase } from './uploads/stage-step.js';
import type { Staged, TableChange } from './uploads/table-change.js';
import { uploadIdOf } from './uploads/upload-store.js';

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
  const { patientMode, uploads } = host;
  const read = readCommand(host.tables);

  const serverInfo = (admission: RegistrationAdmission<D, U> | Upload) =>
    askHost('TabletHost.serverInfo', readServerInfo, () => host.serverInfo(admission));

  const tellServerInfo = flow(serverInfo, TE.map(serverInfoAnswer));

  const currentRecords = (admission: Upload, table: string, records: readonly { readonly key: number }[]) =>
    askHost('UploadStore.currentRecords', readStoredRecords, () =>
      uploads.currentRecords(admission, table, some(new Set(records.map(({ key }) => key)))),
    );

  /** Refuses ID numbers that the server does not define, or that are invalid. */
  const checkIdNumbers = (admission: Upload, changes: readonly TableChange[]): Outcome<E, unknown> => {
    const sent = changes.filter(({ table, records }) => table === 'patient_idnum' && records.length > 0);
    if (sent.length === 0) return TE.right(undefined);
    return pipe(
      serverInfo(admission),
      TE.chainEitherKW((info) => traverseArray(validatePatientIdNums(info))(sent)),
    );
  };

  const turnUpload = (name: 'begin' | 'finish') => (admission: Upload) =>
    done(`UploadStore.${name}`, undefined, () => uploads[name](admission, uploadIdOf(admission)));

  const store = (name: 'stage' | 'storeWhole', answer: Answer, admission: Upload, step: Staged) =>
    done(`UploadStore.${name}`, answer, () => uploads[name](admission, uploadIdOf(admission), step));

  /** Stages changes, if their ID numbers pass. */
  const stage = (answer: Answer, admission: Upload, changes: readonly TableChange[]): Answered =>
    pipe(
      checkIdNumbers(admission, changes),
      TE.chain(() => store('stage', answer, admission, stepOf({ changes }))),
    );

  /** A handler that reads its command first. */
  const reading =
    <O extends Operation>(operation: O, work: (admission: AdmissionTo<O, D, U>, command: CommandOf<O>) => Answered) =>
    (admission: AdmissionTo<O, D, U>, fields: Fields): Answered => {
      const command = read(admission.session, operation, fields);
      return isLeft(command) ? TE.fromEither(command) : work(admission, command.right);
    };

  return {
    ...ownHandlers,

    register_patient: reading('register_patient', (admission, command) => {
      const { deviceName } = admission.session;
      if (isNone(deviceName)) return TE.left(missingField('device'));
      if (patientMode === undefined) return TE.left(unsupportedOperation('register_patient'));
      return told('PatientMode.registerPatient', registerPatientAnswer, () =>
        patientMode.registerPatient({ ...admission, deviceName: deviceName.value }, command),
      );
    }),

    register: reading('register', (admission, command) => {
      const registered = done('TabletHost.registerDevice', undefined, () => host.registerDevice(admission, command));
      return pipe(
        registered,
        TE.chain(() => tellServerInfo(admission)),
      );
    }),

    get_allowed_tables: () => told('TabletHost.tables', allowedTablesAnswer, () => TE.right(host.tables)),

    get_extra_strings: (admission) =>
      told('TabletHost.extraStrings', extraStringsAnswer, () =>
        host.extraStrings === undefined ? TE.right([]) : host.extraStrings(admission),
      ),

    get_task_schedules: reading('get_task_schedules', (admission, command) => {
      if (patientMode === undefined) return TE.left(unsupportedOperation('get_task_schedules'));
      return told('PatientMode.taskSchedules', taskSchedulesAnswer, () =>
        patientMode.taskSchedules(admission, command),
      );
    }),

    get_id_info: tellServerInfo,

    validate_patients: reading('validate_patients', (admission, { patients }) => {
      const accept = () =>
        host.acceptPatients === undefined ? TE.right(undefined) : host.acceptPatients(admission, patients);
      return pipe(
        serverInfo(admission),
        TE.chainEitherKW((info) => validatePatients(info)(patients)),
        TE.chain(() => done('TabletHost.acceptPatients', 'Success', accept)),
      );
    }),

    start_upload: turnUpload('begin'),

    start_preservation: (admission) =>
      store('stage', 'STARTPRESERVATION', admission, { ...nothingStaged, finalizing: true }),

    upload_empty_tables: reading('upload_empty_tables', (admission, { changes }) =>
      stage('UPLOAD-EMPTY-TABLES', admission, changes),
    ),

    upload_table: reading('upload_table', (admission, { changes }) =>
      stage(`Table ${changes[0].table} upload successful`, admission, changes),
    ),

    delete_where_key_not: reading('delete_where_key_not', (admission, { changes }) =>
      stage('Trimmed', admission, changes),
    ),

    which_keys_to_send: reading('which_keys_to_send', (admission, command) =>
      pipe(
        currentRecords(admission, command.table, command.asked),
        TE.chain((stored) => {
          const { keys, change } = keysToSend(stored)(command);
          return stage(keysToSendAnswer(keys), admission, [change]);
        }),
      ),
    ),

    upload_record: reading('upload_record', (admission, { changes }) =>
      pipe(
        currentRecords(admission, changes[0].table, changes[0].records),
        TE.chain(({ length }) => stage(length > 0 ? 'UPLOAD-UPDATE' : 'UPLOAD-INSERT', admission, changes)),
      ),
    ),

    end_upload: turnUpload('finish'),

    upload_entire_database: reading('upload_entire_database', (admission, command) =>
      pipe(
        checkIdNumbers(admission, command.changes),
        TE.chain(() => {
          const whole = wholeDatabase(host.tables, admission.session.clientVersion)(command);
          return store('storeWhole', 'Success', admission, whole);
        }),
      ),
    ),
  };
};
