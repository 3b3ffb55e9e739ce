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
