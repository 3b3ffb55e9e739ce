/** `camcops-tablet-session/operations`: what other packages may import of the operations. */
export {
  allowedTable,
  allowedTables,
  type AllowedTable,
  type AllowedTables,
  type TableRule,
} from './allowed-tables.js';
export { hasOldIdNums, separateOldIdNums, type PatientIdNum, type SeparatedRecord } from './old-id-numbers.js';
export { selectAnswer, type SqlValue } from './select-answer.js';
export { uploadedTable, type UploadedTable, type Uploader, type UploadRules } from './upload-table.js';
export { combineChanges } from './uploads/combine-changes.js';
export { keysToSend, type AskedRecord, type AskedTable } from './uploads/keys-to-send.js';
export { planTable, type StoredRecord, type TablePlan } from './uploads/plan-table.js';
export { changesToPlan, nothingStaged, stageStep, stepOf, wholeDatabase } from './uploads/stage-step.js';
export type { Staged, TableChange, UploadedRecord } from './uploads/table-change.js';
export { TableChangeJson, type ChangeJson } from './uploads/table-change-json.js';
export { uploadIdOf, wholeInBrief, type UploadId, type UploadStore } from './uploads/upload-store.js';
export type { ValueJson } from './uploads/value-json.js';
export { noUploadUnderWay, uploadUnderWay, type UploadRefusal } from '../refusals/uploads.js';
export type { UploadTable, UploadTables } from './tables.js';
export type { Value } from './wire/value.js';
