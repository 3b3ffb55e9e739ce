/** `camcops-tablet-session/operations`: the public face of the operations. Of a file named with `*`, all that it exports is public. */
export * from './operation-handlers.js';
export type * from './tablet-host.js';
export { uploadIdOf, wholeInBrief, type UploadId, type UploadStore } from './uploads/upload-store.js';
export type { UploadTable, UploadTables } from './tables.js';
export * from './answers/server-info.js';
export type * from './patients/server-info.js';

// Answers, for handlers of a host's own
export * from './answers/allowed-tables.js';
export type { BrokenRule } from './answers/broken-rule.js';
export * from './answers/extra-strings.js';
export * from './answers/keys-to-send.js';
export * from './answers/register-patient.js';
export * from './answers/task-schedules.js';

// Commands
export * from './commands/read-command.js';
export type * from './commands/commands.js';
export { rowsAnswer } from './wire/rows-answer.js';
export type { Value } from './wire/value.js';

// Uploads
export type * from './uploads/table-change.js';
export * from './uploads/stage-step.js';
export { combineChanges } from './uploads/combine-changes.js';
export { planTable, type StoredRecord, type TablePlan } from './uploads/plan-table.js';
export * from './uploads/keys-to-send.js';
export * from './uploads/table-change-json.js';
export type { ValueJson } from './uploads/value-json.js';

// Patients
export * from './patients/id-policy.js';
export * from './patients/access-key.js';
export { isValidIdNumber, type IdNumberValidation } from './patients/id-number.js';
export * from './patients/validate-patients.js';
export type { PatientDetails, ReadPatient } from './patients/patient-details.js';
export * from './patients/same-patient.js';

// Refusals
export * from '../refusals/uploads.js';
export * from '../refusals/patients.js';
