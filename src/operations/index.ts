/** `camcops-tablet-session/operations`: the public face of the operations. */
export { operationHandlers } from './operation-handlers.js';
export type { PatientMode, PatientRegistrationAdmission, TabletHost } from './tablet-host.js';
export { uploadIdOf, wholeInBrief, type UploadId, type UploadStore } from './uploads/upload-store.js';
export type { UploadTable, UploadTables } from './tables.js';
export {
  serverCamcopsVersion,
  serverInfo,
  serverInfoAnswer,
  type ServerInfoConfig,
  type ServerInfoError,
} from './answers/server-info.js';
export type { IdNumberType, ServerInfo, ServerInfoContent } from './patients/server-info.js';

// Answers, for handlers of a host's own
export { allowedTablesAnswer } from './answers/allowed-tables.js';
export type { BrokenRule } from './answers/broken-rule.js';
export { extraStringsAnswer, type ExtraString } from './answers/extra-strings.js';
export { keysToSendAnswer } from './answers/keys-to-send.js';
export { registerPatientAnswer, type IpUse, type PatientRegistration } from './answers/register-patient.js';
export {
  taskSchedulesAnswer,
  type PatientSchedules,
  type ScheduledTask,
  type TaskSchedule,
} from './answers/task-schedules.js';

// Commands
export { readCommand } from './commands/read-command.js';
export type {
  AccessKeyCommand,
  AskedKey,
  ChangesCommand,
  CommandOf,
  Commands,
  NoCommand,
  RecordsCommand,
} from './commands/commands.js';
export { rowsAnswer } from './wire/rows-answer.js';
export type { Value } from './wire/value.js';

// Uploads
export type { Staged, TableChange, UploadedRecord } from './uploads/table-change.js';
export { changesToPlan, nothingStaged, stageStep, stepOf, wholeDatabase } from './uploads/stage-step.js';
export { combineChanges } from './uploads/combine-changes.js';
export { planTable, type StoredRecord, type TablePlan } from './uploads/plan-table.js';
export { keysToSend, type AskedRecord, type AskedTable } from './uploads/keys-to-send.js';
export { TableChangeJson, type ChangeJson } from './uploads/table-change-json.js';
export type { ValueJson } from './uploads/value-json.js';

// Patients
export { parseIdPolicy, type IdPolicyError } from './patients/parse-id-policy.js';
export { satisfiesIdPolicy, showIdPolicy, type IdPolicy, type IdPolicyToken } from './patients/id-policy.js';
export { AccessKey, accessKeyOfUuid, parseAccessKey, uuidOfAccessKey, type UuidError } from './patients/access-key.js';
export { isValidIdNumber, type IdNumberValidation } from './patients/id-number.js';
export { validatePatientIdNums, validatePatients } from './patients/validate-patients.js';
export type { PatientDetails, ReadPatient } from './patients/patient-details.js';
export { samePatient } from './patients/same-patient.js';

// Refusals
export { noUploadUnderWay, uploadUnderWay, type UploadRefusal } from '../refusals/uploads.js';
export {
  invalidIdNumber,
  patientFailsPolicy,
  unknownAccessKey,
  unknownIdNumber,
  unknownIdNumberInUpload,
  type PatientRefusal,
} from '../refusals/patients.js';
