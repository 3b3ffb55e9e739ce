/** All 18 operations of tablets, derived from the functions of a host. */
import { isLeft, right, traverseArray, type Either } from 'fp-ts/lib/Either.js';
import { flow, pipe } from 'fp-ts/lib/function.js';
import { isNone, match, none, some } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';

import type { AdmissionTo, Operation, RegistrationAdmission, UploadAdmission } from '../admission.js';
import type { Device, User } from '../ports.js';
import { missingField } from '../refusals/form.js';
import { unsupportedOperation } from '../refusals/gates.js';
import type { Answer } from '../reply.js';
import type { Fields } from '../tablet-form.js';
import { markHandlers, ownHandlers, type Handlers } from '../tablet-server.js';
import type { UserError } from '../user-error.js';
import type { ChangesCommand, CommandOf } from './commands/commands.js';
import { keysToSend } from './commands/keys.js';
import { readCommand } from './commands/read-command.js';
import { absentTables } from './commands/one-step.js';
import { registerPatientAnswer, taskSchedulesAnswer } from './patients/patient-mode.js';
import { allowedTablesAnswer, extraStringsAnswer, serverInfoAnswer } from './patients/server-info.js';
import type { PatientDetails } from './patients/model.js';
import { ownPatientsOnly, ownRowsOnly, validatePatientIdNums, validatePatients } from './patients/validate-patients.js';
import * as ask from './tablet-host.js';
import type { TabletHost } from './tablet-host.js';
import type { UploadRequest } from './uploads/upload-state.js';

/**
 * Returns the handlers of all operations, made from the functions of a host. They read and check what the tablet sent, call the host's
 * functions in order, and encode their answers. A refused step of an upload is never staged. A function that throws, or whose answer no
 * tablet can be told, is a defect that names the function; `serverProblem` tells what a host lacks. To replace a handler by your own, write
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
  type Answered = ask.Outcome<E, Answer>;

  const serverInfo = (admission: RegistrationAdmission<D, U> | Upload) =>
    ask.told('TabletHost.serverInfo', ask.readServerInfo, () => host.serverInfo(admission));

  const tellServerInfo = flow(serverInfo, TE.map(serverInfoAnswer));

  const currentRecords = (admission: Upload, table: string, records: readonly { readonly key: number }[]) =>
    ask.told('UploadStore.currentRecords', ask.readStoredRecords, () =>
      host.uploads.currentRecords(admission, table, some(new Set(records.map(({ key }) => key)))),
    );

  /** Refuses other patients than the account's own, if the account is tied to one. */
  const checkOwn = (admission: Upload, areOwn: (own: PatientDetails) => Either<UserError, void>) =>
    pipe(
      ask.told('TabletHost.ownPatient', ask.readOwnPatient, () =>
        host.ownPatient === undefined ? TE.right(none) : host.ownPatient(admission),
      ),
      TE.chainEitherKW(match(() => right(undefined), areOwn)),
    );

  /** Refuses ID numbers that are invalid or of an undefined type, and rows that do not belong to the account's own patient. */
  const checkRows = (admission: Upload, changes: ChangesCommand['changes']): ask.Outcome<E, unknown> => {
    const sent = new Set(changes.filter(({ records }) => records.length > 0).map(({ table }) => table));
    const checkPatients = checkOwn(admission, (own) => ownRowsOnly(own)(changes));
    if (!sent.has('patient_idnum')) return sent.has('patient') ? checkPatients : TE.right(undefined);
    return pipe(
      serverInfo(admission),
      TE.chainEitherKW((info) => traverseArray(validatePatientIdNums(info))(changes)),
      TE.chain(() => checkPatients),
    );
  };

  const turn = (type: 'begin' | 'finish') => (admission: Upload) =>
    ask.transact(host.uploads, admission, { type }, undefined);

  /** Carries out a request with changes, if their rows pass the checks. */
  const carryOut = (admission: Upload, { changes }: ChangesCommand, request: UploadRequest, answer: Answer): Answered =>
    TE.chain(() => ask.transact(host.uploads, admission, request, answer))(checkRows(admission, changes));

  /** Stages the changes of a command. */
  const stage =
    (answer: Answer, finalizing = false) =>
    (admission: Upload, { changes }: ChangesCommand): Answered =>
      carryOut(admission, { changes }, { type: 'stage', step: { finalizing, changes } }, answer);

  /** A handler that reads its command first. */
  const reading =
    <O extends Operation>(operation: O, work: (admission: AdmissionTo<O, D, U>, command: CommandOf<O>) => Answered) =>
    (admission: AdmissionTo<O, D, U>, fields: Fields): Answered => {
      const command = readCommand(host.tables)(admission.session, operation, fields);
      return isLeft(command) ? TE.fromEither(command) : work(admission, command.right);
    };

  const handlers: Required<Handlers<E, Fields, D, U>> = {
    ...ownHandlers,
    get_id_info: tellServerInfo,
    start_upload: turn('begin'),
    end_upload: turn('finish'),

    register_patient: reading('register_patient', (admission, command) => {
      const { patientMode } = host;
      const { deviceName } = admission.session;
      if (isNone(deviceName)) return TE.left(missingField('device'));
      if (patientMode === undefined) return TE.left(unsupportedOperation('register_patient'));
      return ask.told('PatientMode.registerPatient', registerPatientAnswer, () =>
        patientMode.registerPatient({ ...admission, deviceName: deviceName.value }, command),
      );
    }),

    register: reading('register', (admission, command) => {
      const register = () => host.registerDevice(admission, command);
      return TE.chain(() => tellServerInfo(admission))(ask.told('TabletHost.registerDevice', right, register));
    }),

    get_allowed_tables: () => ask.told('TabletHost.tables', allowedTablesAnswer, () => TE.right(host.tables)),
    get_extra_strings: (admission) =>
      ask.told('TabletHost.extraStrings', extraStringsAnswer, () =>
        host.extraStrings === undefined ? TE.right([]) : host.extraStrings(admission),
      ),

    get_task_schedules: reading('get_task_schedules', (admission, command) => {
      const { patientMode } = host;
      if (patientMode === undefined) return TE.left(unsupportedOperation('get_task_schedules'));
      return ask.told('PatientMode.taskSchedules', taskSchedulesAnswer, () =>
        patientMode.taskSchedules(admission, command),
      );
    }),

    validate_patients: reading('validate_patients', (admission, { patients }) =>
      pipe(
        serverInfo(admission),
        TE.chainEitherKW((info) => validatePatients(info)(patients)),
        TE.chain(() => checkOwn(admission, (own) => ownPatientsOnly(own)(patients))),
        TE.map(() => 'Success'),
      ),
    ),

    start_preservation: (admission) => stage('STARTPRESERVATION', true)(admission, { changes: [] }),
    upload_empty_tables: reading('upload_empty_tables', stage('UPLOAD-EMPTY-TABLES')),
    delete_where_key_not: reading('delete_where_key_not', stage('Trimmed')),

    upload_table: reading('upload_table', (admission, command) =>
      stage(`Table ${command.changes[0].table} upload successful`)(admission, command),
    ),

    which_keys_to_send: reading('which_keys_to_send', (admission, command) =>
      pipe(
        currentRecords(admission, command.table, command.asked),
        TE.chain((stored) => {
          const { keys, change } = keysToSend(stored)(command);
          return stage(keys.join(','))(admission, { changes: [change] });
        }),
      ),
    ),

    upload_record: reading('upload_record', (admission, command) =>
      pipe(
        currentRecords(admission, command.changes[0].table, command.changes[0].records),
        TE.chain(({ length }) => stage(length > 0 ? 'UPLOAD-UPDATE' : 'UPLOAD-INSERT')(admission, command)),
      ),
    ),

    upload_entire_database: reading('upload_entire_database', (admission, { finalizing, changes }) => {
      const whole = { finalizing, changes: [...changes, ...absentTables(host.tables, admission.session, changes)] };
      return carryOut(admission, whole, { type: 'whole', whole }, 'Success');
    }),
  };
  const workable = ask.workableHost(host);
  return isLeft(workable) ? markHandlers(workable.left)(handlers) : handlers;
};
