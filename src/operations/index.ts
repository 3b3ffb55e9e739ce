/** `camcops-tablet-session/operations`: the public face of the operations. Everything that a file named with `*` exports is public. */
export * from './operation-handlers.js';
export type { Done, PatientMode, PatientRegistrationAdmission, TabletHost, UploadStore } from './tablet-host.js';
export type { UploadColumns, UploadTable, UploadTables } from './tables.js';

// Commands
export * from './commands/read-command.js';
export type * from './commands/commands.js';
export type { Value } from './wire/values.js';

// Uploads
export { cell, RowFromJson, uploadStep } from './uploads/upload-step.js';
export type { Row, RowJson, TableChange, UploadedRecord, UploadStep } from './uploads/upload-step.js';
export { foldSteps, planUpload } from './uploads/plan-upload.js';
export type { Staged, StoredRecord, TablePlan, UploadPlan } from './uploads/plan-upload.js';
export * from './uploads/upload-state.js';

// Patients, and what a server tells of itself
export type * from './patients/model.js';
export { serverCamcopsVersion, serverInfo } from './patients/server-info.js';
export type { Problem as ServerInfoError } from '../internal/shape.js';
export * from './patients/id-policy.js';
export * from './patients/access-key.js';
export { validatePatientIdNums, validatePatients } from './patients/validate-patients.js';
export { isValidIdNumber, samePatient } from './patients/patient-details.js';

// Refusals
export { noUploadUnderWay, type UploadRefusal } from '../refusals/uploads.js';
export { otherPatient, unknownAccessKey, type PatientRefusal } from '../refusals/patients.js';
