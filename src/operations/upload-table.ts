/** What `upload_table` says of its records before they are read: their table, columns, primary key and number. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { allowedTable, type TableRule } from './allowed-tables.js';
import {
  explicitPkNameForUploadTable,
  pkNameInUploadTableNeitherFirstNorExplicit,
  type HasClientVersion,
} from '../client-quirks.js';
import { defunctColumnCount, hasOldIdNums, isDefunctColumn } from './old-id-numbers.js';
import type { UploadAdmission } from '../admission.js';
import { hasNameForm } from '../refusals/table-names.js';
import { fieldReader, repeated, type Fields, type Received } from '../tablet-form.js';
import { textRule } from '../tablet-request.js';
import { duplicateField, invalidField, missingField } from '../refusals/form.js';
import { duplicateColumn, invalidColumn, invalidNumber, reservedColumn } from '../refusals/tables.js';
import type { UserError } from '../user-error.js';

// Model

/** What a host takes. */
export interface UploadRules {
  /** By name. A table that is not here is `invalid-table`. */
  readonly tables: ReadonlyMap<string, TableRule>;
  /** How many records one upload may have. */
  readonly maxRecords: number;
}

/** What is read of an admission: that it is to an upload, and its client's version. An `UploadAdmission` has both. */
export interface Uploader extends Pick<UploadAdmission, 'privilege'> {
  readonly session: HasClientVersion;
}

/** An upload of a whole table, checked but for its records. All names have the form of names, and none is there twice. */
export interface UploadedTable {
  readonly table: string;
  /** As they were sent, in their order, defunct ones too: each record has a value for each. Never empty. */
  readonly columns: readonly string[];
  /** Those of `columns` that are no columns of the host's: `separateOldIdNums` takes them out of each record. */
  readonly defunctColumns: readonly string[];
  /** The client's own primary key: one of `columns`, and not defunct. */
  readonly primaryKey: string;
  /** The records are in `record0` to `recordN-1`. */
  readonly recordCount: number;
}

// Reading

type UploadField = 'table' | 'fields' | 'nrecords' | 'pkname';

const readUpload = fieldReader((): Record<UploadField, Received> => ({
  table: undefined,
  fields: undefined,
  nrecords: undefined,
  pkname: undefined,
}));

const uploadFields: readonly UploadField[] = ['table', 'fields', 'nrecords', 'pkname'];

/** The text of each field. One that is absent is as good as blank. */
const readTexts = (fields: Fields): Either<UserError, Readonly<Record<UploadField, string>>> => {
  const sent = readUpload(fields);
  for (const field of uploadFields) {
    if (sent[field] === repeated) return left(duplicateField(field));
  }
  const { table = '', fields: columns = '', nrecords = '', pkname = '' } = sent;
  if (typeof table !== 'string') return left(invalidField('table', textRule));
  if (typeof columns !== 'string') return left(invalidField('fields', textRule));
  if (typeof nrecords !== 'string') return left(invalidField('nrecords', textRule));
  if (typeof pkname !== 'string') return left(invalidField('pkname', textRule));
  return right({ table, fields: columns, nrecords, pkname });
};

// Checks

const moveOffTablet = '_move_off_tablet';

const isReserved = (column: string): boolean => column.startsWith('_') && column !== moveOffTablet;

const checkColumns = (
  table: string,
  { columns: known }: TableRule,
  isDefunct: (column: string) => boolean,
  list: string,
): Either<UserError, readonly string[]> => {
  if (list === '') return left(missingField('fields'));
  const columns = new Set<string>();
  // One more than can all be known and different: whatever comes after it, one of these is refused.
  for (const entry of list.split(',', known.size + defunctColumnCount + 1)) {
    const column = entry.trim();
    if (!hasNameForm(column)) return left(invalidColumn(table));
    if (isReserved(column)) return left(reservedColumn(table, column));
    if (columns.has(column)) return left(duplicateColumn(table, column));
    if (!known.has(column) && !isDefunct(column)) return left(invalidColumn(table, column));
    columns.add(column);
  }
  return right([...columns]);
};

const checkCount = (max: number, text: string): Either<UserError, number> => {
  if (text === '') return left(missingField('nrecords'));
  const count = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(count) && count <= max ? right(count) : left(invalidNumber('nrecords', max));
};

/** By the protocol of the client's version. */
const primaryKeyOf = (client: HasClientVersion, [first]: readonly string[], pkname: string): string | undefined => {
  if (explicitPkNameForUploadTable(client)) return pkname;
  return pkNameInUploadTableNeitherFirstNorExplicit(client) ? 'id' : first;
};

const checkPrimaryKey = (
  client: HasClientVersion,
  table: string,
  columns: readonly string[],
  isDefunct: (column: string) => boolean,
  pkname: string,
): Either<UserError, string> => {
  const key = primaryKeyOf(client, columns, pkname);
  if (key === '') return left(missingField('pkname'));
  return key !== undefined && columns.includes(key) && key !== moveOffTablet && !isDefunct(key)
    ? right(key)
    : left(invalidColumn(table, key));
};

/**
 * Reads and checks what `upload_table` says of its records, by the protocol of its client's version. Only the fields `table`,
 * `fields`, `nrecords` and `pkname` are looked at. The refusals, in the order of the checks:
 *
 * - `duplicate-field`, then `invalid-field`: one of the four came more than once, or is no text.
 * - `missing-field`, `invalid-table`, `client-too-old-for-table`: of `table`.
 * - `missing-field`: of `fields`. Then, column by column, `invalid-column` (it has not the form of a name), `reserved-column`,
 *   `duplicate-column`, `invalid-column` (the host does not have it, nor is it a defunct one of an old client's `patient`).
 *   White space around a column is ignored, and letter case counts.
 * - `missing-field`, `invalid-number`: of `nrecords`, which must be digits.
 * - `missing-field`: of `pkname`, from client 2.0.4. Then `invalid-column`: the primary key, as named from 2.0.4, `id` from
 *   2.0.0, the first column before, is not among the columns, or is a defunct one or `_move_off_tablet`.
 *
 * @example
 * import { parseClientVersion, type ClientVersion } from 'camcops-tablet-session';
 * import { uploadedTable } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const upload = (fields: string) =>
 *   E.flatMap((clientVersion: ClientVersion) => {
 *     const tables = new Map([['patient', { columns: new Set(['id', 'sex']), minClientVersion: clientVersion }]]);
 *     const admission = { privilege: 'upload', session: { clientVersion } } as const;
 *     return uploadedTable({ tables, maxRecords: 1000 })(admission, { table: 'patient', fields, nrecords: '2' });
 *   })(parseClientVersion('2.0.0'));
 *
 * upload('sex, id, idnum1');
 * // right({ table: 'patient', columns: ['sex', 'id', 'idnum1'], defunctColumns: ['idnum1'], primaryKey: 'id', recordCount: 2 })
 * upload('sex, id, idnum9'); // left({ code: 'invalid-column', table: 'patient', column: 'idnum9' })
 */
export const uploadedTable =
  ({ tables, maxRecords }: UploadRules) =>
  ({ session }: Uploader, fields: Fields): Either<UserError, UploadedTable> => {
    const texts = readTexts(fields);
    if (isLeft(texts)) return texts;
    const { table, fields: list, nrecords, pkname } = texts.right;

    const rule = allowedTable(tables)(session, table);
    if (isLeft(rule)) return rule;
    const isDefunct = hasOldIdNums(session, table) ? isDefunctColumn : () => false;
    const columns = checkColumns(table, rule.right, isDefunct, list);
    if (isLeft(columns)) return columns;
    const recordCount = checkCount(maxRecords, nrecords);
    if (isLeft(recordCount)) return recordCount;
    const primaryKey = checkPrimaryKey(session, table, columns.right, isDefunct, pkname);
    if (isLeft(primaryKey)) return primaryKey;

    return right({
      table,
      columns: columns.right,
      defunctColumns: columns.right.filter(isDefunct),
      primaryKey: primaryKey.right,
      recordCount: recordCount.right,
    });
  };
