/** `camcops-tablet-session/tables`: the tables of CamCOPS's client, and the reader of such lists. */

// Tables
export * from './camcops-tables.js';
export type { ColumnType } from './columns.js';
export * from './upload-tables.js';
